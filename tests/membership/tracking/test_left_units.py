"""A unit that leaves keeps its history and leaves the counts: numbers, reminders, tables, whom a meeting expects."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.jobs import actions as jobs
from membership.tracking import actions, bundles, sheets
from membership.tracking.actions.reminders import concerned_by
from membership.tracking.models import Attendee, Delivery, Receipt, Reminder, ReminderRule
from membership.tracking.states import Occasion, ReceiptKind
from membership.units import actions as units
from membership.units.actions import store_document
from membership.units.states import DocumentKind, MembershipState
from tests.factories import UnitFactory, clerk, notice
from tests.files import pdf
from tests.membership.tracking.conftest import in_days, sent
from tests.membership.units.conftest import employee

pytestmark = pytest.mark.django_db
WANG = {"name": "王五", "position": "经理", "mobile": "+8613900000000"}
EVERYBODY = {"sent": 2, "read": 2, "asked": 2, "receipted": 2, "overdue": 0}
HALF = {"sent": 1, "read": 1, "asked": 1, "receipted": 1, "overdue": 0}


def leaves(who):
    certification = who.unit.memberships.get(body__kind="association")
    return units.leave(certification, by=employee("会员审核"), remark="注销")


def comes_back(who):
    """As when it has applied once more and was approved."""
    who.unit.memberships.filter(body__kind="association").update(state=MembershipState.ACTIVE)
    return actions.deliver_open_notices(who.unit)


@pytest.fixture
def answered(meeting, ours, outsider):
    """Both units send 王五 to the meeting, with a file each."""
    for who in (ours, outsider):
        document = store_document(pdf(f"{who.unit.pk}.pdf"), unit=who.unit, kind=DocumentKind.RECEIPT, by=who.clerk)
        answer = {"document": document, "attendees": [WANG]}
        actions.submit_receipt(sent(meeting, who.unit), by=who.clerk, version=0, **answer)
    return meeting


def numbers(page):
    """The same from every way of counting."""
    now, rows = timezone.now(), Delivery.objects.filter(notice=page)
    counts, lists, curve = rows.counts_of_board(now)
    assert counts == rows.counts(now) == Delivery.objects.counts_by_notice(now)[page.pk]
    assert lists == rows.counts_by_list(now)
    assert (lists["receipted"], curve[-1][1:]) == (counts["receipted"], (counts["read"], counts["receipted"]))
    return counts


def tables(page):
    return [len(list(sheet.rows)) for sheet in sheets.of_receipts(page)]


def test_it_leaves_the_numbers_and_keeps_its_rows(answered, ours, outsider):
    assert numbers(answered) == EVERYBODY
    rows = list(Delivery.objects.order_by("pk").values("pk", "unit", "read_at", "read_by", "receipt_state"))

    leaves(outsider)

    assert numbers(answered) == HALF
    assert list(Delivery.objects.order_by("pk").values(*rows[0])) == rows
    assert Receipt.objects.count() == 2
    assert AuditEntry.objects.filter(verb="tracking.submit_receipt", unit_id=outsider.unit.pk).exists()
    assert Delivery.objects.filter(unit=outsider.unit).punctuality(timezone.now())["in_time"] == 1

    assert comes_back(outsider) == 0
    assert numbers(answered) == EVERYBODY


def test_a_suspension_and_a_job_that_comes_too_late_change_no_number(answered, outsider, ours):
    units.suspend(outsider.unit.memberships.get(body__kind="association"), by=employee("会员审核"), remark="核实信息")
    jobs.enqueue("tracking.leave_counts", unit_id=ours.unit.pk)  # late, of one that is a member again
    assert numbers(answered) == EVERYBODY


def test_it_leaves_tables_files_and_the_meeting(answered, ours, outsider):
    persons = Attendee.objects.of_meeting(answered)
    assert (tables(answered), persons.counts()["announced"]) == ([2, 2, 0], 2)

    leaves(outsider)

    assert tables(answered) == [1, 1, 0]
    assert [person.receipt.delivery.unit for person in persons.by_unit()] == [ours.unit]
    file, lost = bundles.bundle(answered, by=employee("编辑"))
    with file:
        assert (file.read().count(b"PK\x01\x02"), lost) == (1, [])


def test_who_was_there_was_there(answered, outsider):
    person = Attendee.objects.get(receipt__delivery__unit=outsider.unit)
    actions.record_attendance(answered, by=employee("编辑"), attended=[person.pk])
    leaves(outsider)
    assert Attendee.objects.of_meeting(answered).counts() == {"announced": 2, "came": 1, "absent": 0, "open": 1}


def test_nobody_reminds_it_or_gives_it_more_time(meeting, ours, outsider):
    ReminderRule.objects.all().delete()
    rule = ReminderRule.objects.create(event="before_deadline", days=3)
    noon = timezone.localtime(meeting.deadline).replace(hour=12) - timedelta(days=2)
    leaves(outsider)
    with time_machine.travel(noon, tick=False):
        for occasion in (Occasion.UNREAD, Occasion.AWAITING):
            assert [each.unit for each in concerned_by(meeting, occasion)] == [ours.unit]
        assert [each.unit for each in actions.due_by(rule, noon)] == [ours.unit]
        actions.announce(meeting)
        assert set(Reminder.objects.values_list("delivery__unit", flat=True)) == {ours.unit.pk}
        assert actions.extend_deadline(meeting, by=employee("编辑"), until=in_days(30)) == 1


def test_an_overdue_receipt_is_not_missed_from_who_has_left(ours):
    gone = UnitFactory(certified=True)
    clerk(gone)
    page = notice(receipt_kind=ReceiptKind.ATTENDANCE, deadline=in_days(-1))
    actions.deliver(page)
    assert numbers(page)["overdue"] == 2
    units.leave(gone.memberships.get(), by=employee("会员审核"), remark="注销")
    assert numbers(page)["overdue"] == 1
