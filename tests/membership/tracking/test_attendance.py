"""Who came to a meeting: the verb, what was seen meanwhile, two at the same moment, and how a unit is counted."""

from datetime import timedelta
from threading import Barrier

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.tracking import actions
from membership.tracking.models import Attendee, Delivery, Receipt
from membership.tracking.states import ReceiptKind
from tests.cms.conftest import staff
from tests.factories import UnitFactory, clerk, notice
from tests.membership.tracking.conftest import everything, in_days, sent
from tests.races import TOGETHER, at_once

WANG = {"name": "王五", "position": "经理", "mobile": "+8613900000000"}


@pytest.fixture
def editor(db):
    return staff("编辑")


@pytest.fixture
def persons(ours, outsider, meeting):
    """王五 of our unit and 赵六 of the other one."""
    actions.submit_receipt(sent(meeting, ours.unit), by=ours.clerk, version=0, attendees=[WANG])
    zhao = WANG | {"name": "赵六"}
    actions.submit_receipt(sent(meeting, outsider.unit), by=outsider.clerk, version=0, attendees=[zhao])
    return list(Attendee.objects.order_by("pk"))


def attended():
    return list(Attendee.objects.order_by("pk").values_list("attended", flat=True))


def test_entries_are_made_changed_and_taken_back(meeting, persons, editor):
    wang, zhao = (person.pk for person in persons)
    assert actions.record_attendance(meeting, by=editor, attended=[wang], absent=[zhao]) == 2
    assert attended() == [True, False]
    assert actions.record_attendance(meeting, by=editor, attended=[wang, zhao]) == 1
    assert attended() == [True, True]
    assert actions.record_attendance(meeting, by=editor, attended=[wang, zhao]) == 0
    assert actions.record_attendance(meeting, by=editor, unknown=[wang]) == 1
    assert attended() == [None, True]
    changes = (
        AuditEntry.objects.filter(verb="tracking.record_attendance").order_by("pk").values_list("after", flat=True)
    )
    assert list(changes) == [{"changed": 2}, {"changed": 1}, {"changed": 1}]


def test_whoever_stands_otherwise_than_was_seen_is_left(meeting, persons, editor):
    wang, zhao = (person.pk for person in persons)
    actions.record_attendance(meeting, by=editor, attended=[wang])
    seen = {wang: None, zhao: None}
    assert actions.record_attendance(meeting, by=editor, absent=[wang, zhao], seen=seen) == 1
    assert attended() == [True, False]
    assert actions.record_attendance(meeting, by=editor, unknown=[wang, zhao], seen={wang: True, zhao: False}) == 2
    assert attended() == [None, None]


@pytest.mark.parametrize("group", ["会员审核", "分会秘书", "财务", "秘书长", "member"])
def test_others_record_nothing(meeting, persons, ours, group):
    person = ours.clerk if group == "member" else staff(group)
    before = everything()
    with pytest.raises(PermissionDenied):
        actions.record_attendance(meeting, by=person, attended=[persons[0].pk])
    assert everything() == before


def test_a_failing_trail_takes_the_entries_along(meeting, persons, editor, broken_audit):
    before = everything()
    with pytest.raises(RuntimeError):
        actions.record_attendance(meeting, by=editor, attended=[persons[0].pk])
    assert everything() == before


@pytest.mark.parametrize("days", [0, 1])
def test_persons_are_erased_when_the_days_are_over(meeting, persons, editor, days):
    """The meeting has no date of its own: its deadline counts. One day before, nothing happens."""
    actions.record_attendance(meeting, by=editor, attended=[persons[0].pk])
    over = meeting.deadline + timedelta(days=180)
    assert actions.erase_attendees(over + timedelta(days=days, seconds=-1)) == (2 if days else 0)
    names = list(Attendee.objects.order_by("pk").values_list("name", "mobile", "attended"))
    erased = [("—", "", True), ("—", "", None)]
    known = [("王五", WANG["mobile"], True), ("赵六", WANG["mobile"], None)]
    assert names == (erased if days else known)
    assert Attendee.objects.of_meeting(meeting).counts() == {"announced": 2, "came": 1, "absent": 0, "open": 1}
    before = everything()
    assert actions.record_attendance(meeting, by=editor, absent=[person.pk for person in persons]) == (0 if days else 2)
    assert (everything() == before) == bool(days)


def test_how_a_unit_has_read_and_answered(ours, outsider):
    """In time, late, missed and still open; what was recalled and what others got is not counted."""
    now = timezone.now()

    def asked(deadline, **fields):
        page = notice(receipt_kind=ReceiptKind.ATTENDANCE, deadline=deadline, allow_late=True, **fields)
        actions.deliver(page)
        return page

    pages = [asked(in_days(5)), asked(in_days(-1)), asked(in_days(-1)), asked(in_days(5)), asked(in_days(-2))]
    for page in pages[:2]:
        actions.submit_receipt(sent(page, ours.unit), by=ours.clerk, version=0)
    actions.submit_receipt(sent(pages[2], outsider.unit), by=outsider.clerk, version=0)
    actions.recall(pages[4])
    actions.deliver(notice())
    of_unit = Delivery.objects.filter(unit=ours.unit)
    assert of_unit.punctuality(now) == {"sent": 5, "read": 2, "asked": 4, "missed": 1, "in_time": 1, "late": 1}
    assert Receipt.objects.filter(is_late=True).count() == 2


class TestTwoAtOnce:
    pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

    @pytest.fixture
    def person(self):
        unit = UnitFactory(certified=True)
        actions.deliver(notice(receipt_kind=ReceiptKind.ATTENDANCE, deadline=in_days(7)))
        actions.submit_receipt(Delivery.objects.get(), by=clerk(unit), version=0, attendees=[WANG])
        return Attendee.objects.get()

    def test_one_of_two_who_saw_the_same_is_kept(self, person):
        colleagues = [staff("编辑"), staff("编辑")]
        page = Delivery.objects.get().notice

        def note(number):
            entries = {("attended", "absent")[number]: [person.pk]}
            return actions.record_attendance(page, by=colleagues[number], seen={person.pk: None}, **entries)

        results = at_once(2, note)
        assert sorted(results) == [0, 1]
        person.refresh_from_db()
        winner = results.index(1)
        assert (person.attended, person.attendance_by) == (winner == 0, colleagues[winner])
        assert AuditEntry.objects.filter(verb="tracking.record_attendance").count() == 1

    def test_twin_that_looks_and_then_saves_loses_one(self, person):
        looked = Barrier(2, timeout=TOGETHER)

        def note_carelessly(number):
            fresh = Attendee.objects.get(pk=person.pk)
            looked.wait()
            if fresh.attended is not None:
                return 0
            fresh.attended = number == 0
            fresh.save()
            return 1

        assert at_once(2, note_carelessly) == [1, 1]
