"""消息管理, page by page."""

import pytest
from django.utils import timezone

from membership.tracking import actions
from membership.tracking.models import Delivery
from portal.mailbox import LinesPaginator
from tests.factories import notice
from tests.portal.conftest import deliver, look, titles

pytestmark = pytest.mark.django_db

LIST = "/portal/messages/"


@pytest.mark.parametrize(
    ("number", "first", "length"),
    [("1", 45, 20), ("3", 5, 5), ("0", 5, 5), ("-7", 5, 5), ("9" * 400, 5, 5), ("x", 45, 20), ("%00", 45, 20)],
)
def test_pages_of_twenty_and_numbers_that_lead_nowhere(ours, number, first, length):
    for n in range(1, 46):
        deliver(notice(title=f"第{n}号"))

    shown = titles(look(ours.client, f"{LIST}?page={number}"))
    assert shown[0] == f"第{first}号"
    assert len(shown) == length


def test_the_first_pages_say_only_that_there_are_many(ours, monkeypatch):
    monkeypatch.setattr(LinesPaginator, "ENOUGH", 40)
    monkeypatch.setattr(LinesPaginator, "FIRST_PAGES", ("1",))
    for n in range(1, 46):
        deliver(notice(title=f"第{n}号"))

    def pager(number):
        page = look(ours.client, f"{LIST}?page={number}&category=")
        numbers = [each.text.removeprefix("第 ") for each in page.select(".pager__num")]
        return page.select_one(".pager__total").text, numbers

    assert pager(1) == ("超过 40 条", ["1", "2", "…"])
    assert pager(2) == ("共 45 条", ["1", "2", "3"])
    assert titles(look(ours.client, f"{LIST}?page=3")) == [f"第{n}号" for n in range(5, 0, -1)]


def test_a_number_too_long_to_be_one_leads_to_the_first_page(ours):
    deliver(notice(title="唯一"))
    assert titles(look(ours.client, f"{LIST}?page={'9' * 5000}&category=%00&state=%ff")) == ["唯一"]


def beside(page):
    """The addresses of the messages before and after the one that is open."""
    links = page.select('nav[aria-label="其他消息"] a')
    return {link["rel"][0]: link["href"] for link in links}


def test_each_message_leads_to_its_neighbours_in_time(ours, outsider):
    """Also to those of the same moment; what was recalled or stands with others is passed over."""
    first, gone, second, third = (deliver(notice(title=title, pinned=title == "甲"))[ours.unit] for title in "甲乙丙丁")
    deliver(notice(rules=[{"kind": "unit", "unit": outsider.unit}]))
    Delivery.objects.update(delivered_at=timezone.now())
    actions.recall(gone.notice)
    addresses = {each.pk: f"/portal/messages/{each.pk}/" for each in (first, second, third)}
    assert {pk: beside(look(ours.client, url)) for pk, url in addresses.items()} == {
        first.pk: {"prev": addresses[second.pk]},
        second.pk: {"prev": addresses[third.pk], "next": addresses[first.pk]},
        third.pk: {"next": addresses[second.pk]},
    }


def test_one_message_alone_has_none(ours):
    delivery = deliver(notice())[ours.unit]
    assert beside(look(ours.client, f"/portal/messages/{delivery.pk}/")) == {}
