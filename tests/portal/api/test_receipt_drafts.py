"""Drafts of receipts for programs, and everything marked as read."""

import pytest

from membership.tracking.models import Delivery, Receipt, ReceiptDraft
from tests.factories import clerk, notice
from tests.portal.api.conftest import API, errors_of, logged_in, problem_of, send
from tests.portal.conftest import LI, deliberation, deliver, look, meeting

pytestmark = pytest.mark.django_db


def save(person, delivery, version=0, **entries):
    path = f"/messages/{delivery.pk}/receipt/draft"
    return send(person.client, "put", path, {"version": version, "receipt_version": 0, **entries})


def read(person, delivery):
    return person.client.get(f"{API}/messages/{delivery.pk}/receipt/draft")


def test_what_was_typed_is_there_again_on_the_page_too(ours):
    page = deliberation()
    delivery, item = deliver(page)[ours.unit], page.agenda_items.first()
    assert problem_of(read(ours, delivery)) == (404, "not_found")
    said = [{"item": item.pk, "choice": "disagree", "comment": "还没写完"}]
    told = save(ours, delivery, opinions=said).json()
    assert (told["version"], told["saved_by"]) == (1, "李四")
    assert said[0] in read(ours, delivery).json()["opinions"]
    shown = look(ours.client, f"/portal/messages/{delivery.pk}/")
    assert shown.select_one(f"[name=comment_{item.pk}]").text.strip() == "还没写完"
    assert Receipt.objects.count() == 0


def test_persons_with_anything_in_their_columns(ours):
    delivery = deliver(meeting())[ours.unit]
    person = LI | {"mobile": "还不知道"}
    told = save(ours, delivery, attendees=[person], declined_because="").json()
    assert [(each["name"], each["mobile"]) for each in told["attendees"]] == [("李四", "还不知道")]


def test_a_colleague_who_was_quicker_is_not_overwritten(ours):
    delivery = deliver(deliberation())[ours.unit]
    save(ours, delivery)
    other = logged_in(clerk(ours.unit, duty="agent"))
    assert problem_of(save(other, delivery)) == (409, "stale")
    assert save(other, delivery, version=1).json()["version"] == 2


def test_no_draft_where_nothing_can_be_returned(ours, outsider):
    delivery = deliver(deliberation())[ours.unit]
    assert problem_of(save(outsider, delivery)) == (404, "not_found")
    assert problem_of(read(outsider, delivery)) == (404, "not_found")
    stale = send(ours.client, "put", f"/messages/{delivery.pk}/receipt/draft", {"version": 0, "receipt_version": 3})
    assert problem_of(stale) == (409, "stale")
    Delivery.objects.update(recalled_at=delivery.delivered_at)
    assert problem_of(save(ours, delivery))[0] == 409
    assert ReceiptDraft.objects.count() == 0


def test_all_marked_as_read_but_what_wants_a_receipt(ours, outsider):
    deliver(notice())
    deliver(notice(category="activity"))
    deliver(deliberation())
    answer = send(ours.client, "post", "/messages/read", {"category": "notice"})
    assert answer.json() == {"marked": 1}
    assert send(ours.client, "post", "/messages/read", {}).json() == {"marked": 1}
    assert Delivery.objects.filter(unit=ours.unit, read_at=None).count() == 1
    assert Delivery.objects.filter(unit=outsider.unit, read_at=None).count() == 3
    assert set(errors_of(send(ours.client, "post", "/messages/read", {"category": "nothing"}))) == {"category"}
