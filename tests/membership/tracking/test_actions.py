"""Verbs mark_read and submit_receipt: what they write, and that a refusal writes nothing."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.tracking import actions
from membership.tracking.models import Attendee, Opinion, Receipt
from membership.tracking.states import ReceiptKind, ReceiptState
from membership.units.actions import store_document
from membership.units.states import DocumentKind
from tests.factories import UserFactory, notice
from tests.files import pdf
from tests.membership.tracking.conftest import everything, in_days, sent

pytestmark = pytest.mark.django_db

WANG = {"name": "王五", "position": "总工程师", "mobile": "+8613811138111"}


def refused(code, delivery, **answer):
    """The refusal, once it is certain that it left everything as it was."""
    before = everything()
    with pytest.raises(Refusal) as caught:
        actions.submit_receipt(delivery, **answer)
    assert everything() == before
    assert caught.value.code == code
    return str(caught.value)


# --- mark_read ------------------------------------------------------------------------------------------------------
def test_first_reader_is_kept_and_no_record_written(ours, outsider, meeting, delivery):
    before = AuditEntry.objects.count()

    assert actions.mark_read(delivery, by=ours.colleague) is True
    assert actions.mark_read(sent(meeting, ours.unit), by=ours.clerk) is False

    fresh = sent(meeting, ours.unit)
    assert fresh.read_by == delivery.read_by == ours.colleague
    assert fresh.read_at == delivery.read_at
    assert (fresh.is_unread, fresh.is_awaiting_receipt) == (False, True)
    assert sent(meeting, outsider.unit).is_unread
    assert AuditEntry.objects.count() == before


def test_recalled_notice_is_not_read(ours, meeting, delivery):
    actions.recall(meeting)
    assert actions.mark_read(delivery, by=ours.clerk) is False


def test_staff_who_look_do_not_read_for_the_unit(meeting, delivery):
    assert actions.mark_read(delivery, by=UserFactory(root=True)) is False
    assert sent(meeting, delivery.unit).is_unread


# --- submit_receipt -------------------------------------------------------------------------------------------------
def test_receipt_with_attendees_and_file(ours, outsider, meeting, delivery):
    document = store_document(pdf(), unit=ours.unit, kind=DocumentKind.RECEIPT, by=ours.clerk)

    receipt = actions.submit_receipt(delivery, by=ours.clerk, version=0, document=document, attendees=[WANG])

    fresh = sent(meeting, ours.unit)
    assert (fresh.receipt_state, fresh.receipt_version, fresh.receipted_at) == ("submitted", 1, receipt.submitted_at)
    assert fresh.read_by == ours.clerk
    stored = Receipt.objects.get()
    assert (stored.version, stored.submitted_by, stored.document, stored.superseded_at) == (
        1,
        ours.clerk,
        document,
        None,
    )
    assert list(stored.attendees.values("name", "position", "mobile", "email")) == [WANG | {"email": ""}]
    entry = AuditEntry.objects.filter(verb="tracking.submit_receipt").get()
    assert (entry.actor, entry.unit_id, entry.object_id) == (ours.clerk, ours.unit.pk, str(stored.pk))
    assert (entry.before, entry.after) == ({"version": 0}, {"version": 1, "delivery": delivery.pk})
    assert sent(meeting, outsider.unit).receipt_state == ReceiptState.AWAITING


def test_deliberation_keeps_one_opinion_for_each_matter(ours):
    page = notice(receipt_kind=ReceiptKind.DELIBERATION, deadline=in_days(7), items=["修订章程", "增补理事"])
    actions.deliver(page)
    first, second = page.agenda_items.all()
    given = [
        {"item": first, "choice": "agree", "comment": ""},
        {"item": second, "choice": "disagree", "comment": "人数过多"},
    ]

    receipt = actions.submit_receipt(sent(page, ours.unit), by=ours.clerk, version=0, opinions=given)

    assert list(receipt.opinions.values("item", "choice", "comment")) == [
        {**opinion, "item": opinion["item"].pk} for opinion in given
    ]


def test_revision_supersedes_and_keeps_the_version_before(ours, meeting, delivery):
    first = actions.submit_receipt(delivery, by=ours.clerk, version=0, attendees=[WANG])
    second = actions.submit_receipt(delivery, by=ours.colleague, version=1, attendees=[WANG, WANG | {"name": "赵六"}])

    first.refresh_from_db()
    assert first.superseded_at == second.submitted_at
    assert [a.name for a in first.attendees.all()] == ["王五"]
    assert list(Receipt.objects.current()) == [second]
    assert [(r.version, r.submitted_by) for r in delivery.receipts.all()] == [(1, ours.clerk), (2, ours.colleague)]
    assert sent(meeting, ours.unit).receipt_version == 2
    assert sent(meeting, ours.unit).read_by == ours.clerk
    assert AuditEntry.objects.filter(verb="tracking.submit_receipt").count() == 2


def test_deadline_itself_is_in_time_and_the_moment_after_is_not(ours, meeting, delivery):
    with time_machine.travel(meeting.deadline, tick=False):
        actions.submit_receipt(delivery, by=ours.clerk, version=0)
    with time_machine.travel(meeting.deadline + timedelta(microseconds=1), tick=False):
        words = refused("closed", delivery, by=ours.clerk, version=1)
    assert timezone.localtime(meeting.deadline).strftime("%Y-%m-%d %H:%M") in words


def test_recalled_notice_takes_no_receipt(ours, meeting, delivery):
    actions.recall(meeting)
    refused("recalled", delivery, by=ours.clerk, version=0)


def test_notice_that_asks_nothing_takes_no_receipt(ours):
    page = notice()
    actions.deliver(page)
    refused("no_receipt", sent(page, ours.unit), by=ours.clerk, version=0)


def test_stale_version_is_told_who_was_first(ours, delivery):
    actions.submit_receipt(delivery, by=ours.colleague, version=0)
    words = refused("already_submitted", delivery, by=ours.clerk, version=0)
    assert str(ours.colleague) in words


def test_version_from_the_future_is_out_of_date(ours, delivery):
    refused("stale", delivery, by=ours.clerk, version=3)


@pytest.mark.parametrize("who", ["outsider", "staff", "closed account"])
def test_nobody_answers_for_another_unit(who, ours, outsider, delivery):
    ours.clerk.is_active = False
    person = {"outsider": outsider.clerk, "staff": UserFactory(root=True), "closed account": ours.clerk}[who]
    before = everything()
    with pytest.raises(PermissionDenied):
        actions.submit_receipt(delivery, by=person, version=0)
    assert everything() == before


def test_file_of_another_unit_is_not_handed_in(ours, outsider, delivery):
    document = store_document(pdf(), unit=outsider.unit, kind=DocumentKind.RECEIPT, by=outsider.clerk)
    before = everything()
    with pytest.raises(PermissionDenied):
        actions.submit_receipt(delivery, by=ours.clerk, version=0, document=document)
    assert everything() == before


def test_no_receipt_without_its_record(ours, delivery, broken_audit):
    before = everything()
    with pytest.raises(RuntimeError, match="audit"):
        actions.submit_receipt(delivery, by=ours.clerk, version=0, attendees=[WANG])
    assert everything() == before
    assert (Opinion.objects.count(), Attendee.objects.count()) == (0, 0)
