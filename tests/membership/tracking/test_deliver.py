"""Verbs deliver, deliver_open_notices and recall, and the jobs that call them."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone

from cms.models import NoticeCategory
from membership.audit.models import AuditEntry
from membership.jobs import actions as jobs
from membership.jobs.models import Job
from membership.jobs.states import JobState
from membership.tracking import actions, tasks
from membership.tracking.models import Delivery
from membership.tracking.states import AudienceKind, ReceiptKind, ReceiptState
from membership.units.models import Body
from tests.factories import MembershipFactory, UnitFactory, UserFactory, clerk, notice
from tests.membership.tracking.conftest import everything, in_days, sent

pytestmark = pytest.mark.django_db


def entries(verb):
    return list(AuditEntry.objects.filter(verb=f"tracking.{verb}").order_by("pk"))


def units_of(page):
    return sorted(Delivery.objects.filter(notice=page).values_list("unit_id", flat=True))


def nobody(unit):
    """Rules that the unit alone would meet, if it were not left out."""
    return [{"kind": AudienceKind.UNIT, "unit": unit}, {"kind": AudienceKind.EXCLUDE, "unit": unit}]


# --- deliver --------------------------------------------------------------------------------------------------------
def test_deliver_freezes_the_audience_with_one_record():
    member, _draft = UnitFactory(certified=True), UnitFactory()
    editor = UserFactory(staff=True)
    page = notice(receipt_kind=ReceiptKind.ATTENDANCE, deadline=in_days(1))

    assert actions.deliver(page, by=editor) == 1

    row = Delivery.objects.values().get()
    assert abs((timezone.now() - row.pop("delivered_at")).total_seconds()) < 60
    assert row == {
        "id": row["id"],
        "notice_id": page.pk,
        "unit_id": member.pk,
        "category_id": page.category_id,
        "read_at": None,
        "read_by_id": None,
        "receipt_kind": "attendance",
        "receipt_state": "awaiting",
        "pinned": False,
        "receipt_version": 0,
        "receipted_at": None,
        "deadline_override": None,
        "left_at": None,
        "recalled_at": None,
    }
    [entry] = entries("deliver")
    assert (entry.actor, entry.object_type, entry.object_id, entry.after) == (
        editor,
        "cms.noticepage",
        str(page.pk),
        {"units": 1, "restored": 0},
    )


def test_deliver_again_changes_nothing_and_records_nothing():
    UnitFactory(certified=True)
    page = notice()
    actions.deliver(page)
    before = everything()

    assert actions.deliver(page) == 0
    assert everything() == before


@pytest.mark.parametrize("units", [1, 50])
def test_deliver_is_a_constant_number_of_queries(units, django_assert_num_queries):
    for _ in range(units):
        UnitFactory(certified=True)
    page = notice()
    ContentType.objects.get_for_model(page)
    with django_assert_num_queries(11):
        assert actions.deliver(page) == units


def test_publishing_again_adds_newcomers_and_removes_nobody():
    first, second = UnitFactory(certified=True), UnitFactory(certified=True)
    page = notice(rules=[{"kind": AudienceKind.UNIT, "unit": first}])
    actions.deliver(page)
    rule = page.audience_rules.get()
    rule.unit = second
    page.audience_rules = [rule]
    page.save()

    assert actions.deliver(page) == 1
    assert units_of(page) == [first.pk, second.pk]


def test_a_unit_that_left_keeps_what_it_was_sent():
    unit = UnitFactory(certified=True)
    page = notice()
    actions.deliver(page)
    unit.memberships.update(state="left")

    assert actions.deliver(page) == 0
    assert units_of(page) == [unit.pk]


@pytest.mark.parametrize("with_rules", [False, True])
def test_an_audience_that_reaches_nobody_delivers_nothing(with_rules):
    unit = UnitFactory(certified=True)
    page = notice(rules=nobody(unit)[1:] if not with_rules else nobody(unit))

    assert actions.deliver(page) == 0
    assert (units_of(page), entries("deliver")) == ([], [])


def test_deliver_keeps_category_and_kind_in_step_and_answers_as_they_are(ours, outsider, meeting):
    actions.submit_receipt(sent(meeting, ours.unit), by=ours.clerk, version=0)
    meeting.receipt_kind = ReceiptKind.NONE
    meeting.category = NoticeCategory.objects.get(slug="notice")

    actions.deliver(meeting)

    answered, unanswered = sent(meeting, ours.unit), sent(meeting, outsider.unit)
    assert (answered.receipt_kind, answered.receipt_state) == (ReceiptKind.ATTENDANCE, ReceiptState.SUBMITTED)
    assert (unanswered.receipt_kind, unanswered.receipt_state) == (ReceiptKind.NONE, ReceiptState.NONE)
    assert answered.category == unanswered.category == meeting.category

    meeting.receipt_kind = ReceiptKind.DELIBERATION
    actions.deliver(meeting)
    unanswered.refresh_from_db()
    assert (unanswered.receipt_kind, unanswered.receipt_state) == (ReceiptKind.DELIBERATION, ReceiptState.AWAITING)


def test_deliver_leaves_other_notices_alone(ours):
    other = notice()
    actions.deliver(other)
    actions.recall(other)
    actions.deliver(notice())

    assert sent(other, ours.unit).recalled_at is not None


# --- newcomers ------------------------------------------------------------------------------------------------------
def test_newcomer_gets_the_notices_that_are_still_open_and_meant_for_it(ours):
    rules_without = [{"kind": AudienceKind.ALL}]
    quality = Body.objects.get(slug="quality")
    open_ones = [
        notice(),
        notice(receipt_kind=ReceiptKind.ATTENDANCE, deadline=in_days(1)),
        notice(rules=[{"kind": AudienceKind.BODY, "body": quality}]),
    ]
    others = [
        notice(live=False),
        notice(receipt_kind=ReceiptKind.ATTENDANCE, deadline=in_days(-1)),
        notice(deliver_to_newcomers=False, rules=rules_without),
        notice(rules=[{"kind": AudienceKind.BODY, "body": Body.objects.get(slug="testing")}]),
        notice(rules=[{"kind": AudienceKind.EXCLUDE, "unit": ours.unit}]),
    ]
    for page in [*open_ones, *others]:
        if page.live:
            actions.deliver(page)
    unit = UnitFactory(certified=True)
    MembershipFactory(unit=unit, body=quality, active=True)
    before = len(entries("deliver"))

    assert actions.deliver_open_notices(unit) == 3
    assert sorted(unit.deliveries.values_list("notice_id", flat=True)) == [page.pk for page in open_ones]
    assert [(e.unit_id, e.object_id) for e in entries("deliver")[before:]] == [
        (unit.pk, str(page.pk)) for page in open_ones
    ]

    everything_before = everything()
    assert actions.deliver_open_notices(unit) == 0
    assert everything() == everything_before


def test_newcomer_does_not_bring_the_notice_to_others(ours):
    page = notice()
    newcomer = UnitFactory(certified=True)

    assert actions.deliver_open_notices(newcomer) == 1
    assert units_of(page) == [newcomer.pk]


def test_uncertified_unit_is_no_newcomer():
    notice()
    assert actions.deliver_open_notices(UnitFactory()) == 0


# --- recall ---------------------------------------------------------------------------------------------------------
def test_recall_takes_the_notice_from_lists_and_badges(ours, outsider, meeting):
    other = notice()
    actions.deliver(other)

    assert actions.recall(meeting, by=(editor := UserFactory(staff=True))) == 2

    mine = Delivery.objects.for_user(ours.clerk)
    assert [d.notice_id for d in mine.for_list()] == [other.pk]
    assert mine.unread_by_category() == {other.category_id: 1}
    assert list(mine.awaiting_receipt()) == []
    [entry] = entries("recall")
    assert (entry.actor, entry.object_id, entry.after) == (editor, str(meeting.pk), {"units": 2})

    before = everything()
    assert actions.recall(meeting) == 0
    assert everything() == before


def test_publishing_again_takes_the_recall_back_and_says_so(ours, meeting, delivery):
    actions.mark_read(delivery, by=ours.clerk)
    actions.recall(meeting)

    assert actions.deliver(meeting) == 0

    delivery.refresh_from_db()
    assert (delivery.recalled_at, delivery.read_by, delivery.receipt_state) == (None, ours.clerk, "awaiting")
    assert entries("deliver")[-1].after == {"units": 0, "restored": 2}


# --- a record that cannot be written undoes the act -----------------------------------------------------------------
def test_nothing_is_delivered_without_its_record(broken_audit):
    unit = UnitFactory(certified=True)
    page = notice()
    for act in (lambda: actions.deliver(page), lambda: actions.deliver_open_notices(unit)):
        with pytest.raises(RuntimeError, match="audit"):
            act()
        assert Delivery.objects.count() == 0


def test_nothing_is_recalled_without_its_record(meeting, broken_audit):
    before = everything()
    with pytest.raises(RuntimeError, match="audit"):
        actions.recall(meeting)
    assert everything() == before


def test_no_recall_is_taken_back_without_its_record(meeting, request):
    actions.recall(meeting)
    before = everything()
    request.getfixturevalue("broken_audit")
    with pytest.raises(RuntimeError, match="audit"):
        actions.deliver(meeting)
    assert everything() == before


# --- jobs -----------------------------------------------------------------------------------------------------------
def test_job_delivers_in_the_name_of_the_editor():
    unit, editor, page = UnitFactory(certified=True), UserFactory(staff=True), notice()

    job = jobs.enqueue("tracking.deliver", notice_id=page.pk, user_id=editor.pk)

    assert (Job.objects.get(pk=job.pk).state, units_of(page)) == (JobState.SUCCEEDED, [unit.pk])
    assert entries("deliver")[0].actor == editor


def test_job_leaves_alone_what_was_unpublished_meanwhile():
    UnitFactory(certified=True)
    page = notice(live=False)

    job = jobs.enqueue("tracking.deliver", notice_id=page.pk)

    assert (Job.objects.get(pk=job.pk).state, units_of(page)) == (JobState.SUCCEEDED, [])


def test_job_for_an_audience_of_nobody_succeeds():
    unit = UnitFactory(certified=True)
    page = notice(rules=nobody(unit)[1:])
    given = [
        jobs.enqueue("tracking.deliver", notice_id=page.pk),
        jobs.enqueue("tracking.deliver_open_notices", unit_id=unit.pk),
    ]
    assert [Job.objects.get(pk=job.pk).state for job in given] == [JobState.SUCCEEDED] * 2


def test_job_for_newcomers():
    page, unit = notice(), UnitFactory(certified=True)
    jobs.enqueue("tracking.deliver_open_notices", unit_id=unit.pk)
    assert units_of(page) == [unit.pk]


def test_sweeper_delivers_what_was_lost_and_nothing_else(ours):
    lost, draft, done, republished = notice(), notice(live=False), notice(), notice()
    actions.deliver(done)
    actions.deliver(republished)
    actions.recall(republished)
    UnitFactory(certified=True)  # certified after `done` went out: not for the sweeper to add
    nowhere = notice()
    nowhere.audience_rules.all().delete()

    tasks.complete_deliveries()

    assert units_of(draft) == units_of(nowhere) == []
    assert len(units_of(lost)) == 2
    assert units_of(done) == [ours.unit.pk]
    assert Delivery.objects.recalled().count() == 0
    before = everything()
    tasks.complete_deliveries()
    assert everything() == before


def test_sweeper_leaves_a_recalled_notice_recalled(ours):
    page = notice(live=False)
    actions.deliver(page)
    actions.recall(page)

    tasks.complete_deliveries()

    assert sent(page, ours.unit).recalled_at is not None


def test_clerk_of_the_outsider_is_no_reader_of_ours(ours, outsider, delivery):
    assert actions.mark_read(delivery, by=outsider.clerk) is False
    assert actions.mark_read(delivery, by=clerk(UnitFactory())) is False
    delivery.refresh_from_db()
    assert (delivery.read_at, delivery.read_by) == (None, None)


@pytest.mark.parametrize("is_pinned", [True, False])
def test_deliveries_follow_when_a_notice_is_pinned_or_no_longer(is_pinned):
    UnitFactory(certified=True)
    page, other = notice(pinned=not is_pinned), notice(pinned=not is_pinned)
    for each in (page, other):
        actions.deliver(each)
    page.pinned = is_pinned
    page.save()
    assert actions.deliver(page) == 0
    pinned = dict(Delivery.objects.values_list("notice", "pinned"))
    assert pinned == {page.pk: is_pinned, other.pk: not is_pinned}
