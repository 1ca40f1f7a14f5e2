"""What the editor asks of units in a receipt: options, columns, rule, and the warning of a secret ballot."""

import pytest

from cms.models import NoticePage
from membership.tracking.models import Delivery
from tests.cms.conftest import add_url, edit_url, entries, in_days, typed
from tests.factories import notice

pytestmark = pytest.mark.django_db

WARNING = "无记名投票"
TOO_FEW = ["请填写至少两个不同的选项，用“、”分隔。"]


def deliberation(unit, **changes):
    wanted = {"category": "receipt", "receipt_kind": "deliberation", "deadline": typed(in_days(7)), **changes}
    return entries(units=[unit], **{"items": ["章程修订案"], **wanted})


def test_all_that_a_receipt_asks_is_kept(client, editor, unit):
    data = deliberation(
        unit,
        items=[{"title": "会议日期", "options": "5 月 8 日、5 月 9 日", "id": ""}],
        allow_late="on",
        attendee_columns=["gender", "accommodation"],
        max_attendees="3",
        quorum="two_thirds",
        majority="two_thirds_all",
        upload_required=None,
        notify_by_sms="on",
        pinned="on",
    )
    assert client.post(add_url(), data).status_code == 302
    page = NoticePage.objects.get()
    assert (page.allow_late, page.max_attendees, page.upload_required) == (True, 3, False)
    assert page.attendee_columns == ["gender", "accommodation"]
    assert (page.quorum, page.majority) == ("two_thirds", "two_thirds_all")
    assert (page.notify_by_sms, page.pinned) == (True, True)
    assert [key for key, _words in page.agenda_items.get().choices] == ["5 月 8 日", "5 月 9 日"]


def test_a_deliberation_may_be_counted_without_a_rule(client, editor, unit):
    client.post(add_url(), deliberation(unit, quorum="", majority=""))
    page = NoticePage.objects.get()
    assert (page.live, page.quorum, page.majority) == (True, "", "")


def test_an_acknowledgement_needs_neither_deadline_nor_matters(client, editor, unit):
    client.post(add_url(), entries(units=[unit], receipt_kind="acknowledgement"))
    delivery = Delivery.objects.get()
    assert (delivery.receipt_kind, delivery.receipt_state) == ("acknowledgement", "awaiting")


@pytest.mark.parametrize(
    ("options", "sentences"),
    [
        ("只有一个", TOO_FEW),
        ("甲、甲", TOO_FEW),
        ("甲,乙", TOO_FEW),
        (f"甲、{'长' * 51}", ["每个选项最多 50 个字。"]),
        (f"甲、{'长' * 50}", None),
        ("甲、乙、", None),
        ("", None),
    ],
)
def test_own_options_are_two_at_least(client, editor, unit, options, sentences):
    items = [{"title": "会议日期", "options": options, "id": ""}]
    response = client.post(add_url(), deliberation(unit, items=items))
    if sentences is None:
        assert (response.status_code, NoticePage.objects.get().live) == (302, True)
    else:
        assert response.context["form"].formsets["agenda_items"].forms[0].errors == {"options": sentences}
        assert not NoticePage.objects.exists()


@pytest.mark.parametrize(
    ("matter", "is_warned"), [("换届选举办法", True), ("罢免理事", True), ("会费标准", True), ("章程修订案", False)]
)
def test_a_secret_ballot_is_warned_of_and_may_be_published(client, editor, unit, matter, is_warned):
    assert client.post(add_url(), deliberation(unit, items=[matter])).status_code == 302
    page = NoticePage.objects.get()
    html = client.get(edit_url(page)).content.decode()
    shown = html.split("data-secret-ballot=")[1].split(">")[0]
    assert page.live
    assert WARNING in html
    assert ("hidden" not in shown) is is_warned


def test_the_warning_stands_in_an_empty_form_unseen(client, editor):
    html = client.get(add_url()).content.decode()
    assert "hidden" in html.split("data-secret-ballot=")[1].split(">")[0]


def test_the_correction_is_asked_once_units_have_the_notice(client, editor, unit):
    draft = notice(rules=[{"kind": "unit", "unit": unit}])
    assert "correction" not in client.get(edit_url(draft)).context["form"].fields
    draft.save_revision().publish()
    assert "correction" in client.get(edit_url(draft)).context["form"].fields
