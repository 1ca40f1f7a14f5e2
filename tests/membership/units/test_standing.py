"""What becomes of a member: another level, suspended, resumed, ended; who was what on which day."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.jobs.models import Job
from membership.messaging.gateways import memory
from membership.units import actions
from membership.units.models import LevelTerm, Membership, Review
from membership.units.states import DocumentKind
from membership.units.states import MembershipState as S
from tests.factories import document, review
from tests.membership.units.conftest import act, branch, in_state, level, refused_with, snapshot

pytestmark = pytest.mark.django_db
JOINED, ELECTED = date(2012, 3, 6), date(2024, 6, 1)


def texts():
    return [text for _to, text in memory.outbox]


def terms(membership):
    rows = LevelTerm.objects.filter(membership=membership).order_by("pk")
    return list(rows.values_list("level__slug", "since", "until"))


@pytest.fixture
def member(people):
    """An ordinary member of the association since 2012."""
    membership = in_state(people.unit, "active")
    Membership.objects.filter(pk=membership.pk).update(since=JOINED)
    LevelTerm.objects.create(
        membership=membership,
        level=membership.level,
        since=JOINED,
        decided_by=people.reviewer,
        decided_at=timezone.now(),
    )
    return membership


def elect(member, by, since=ELECTED, slug="council", **more):
    return actions.change_level(member, by=by, level=level(slug=slug), since=since, remark="四届二次会员大会", **more)


# --- change_level ---------------------------------------------------------------------------------------------------
def test_new_level_ends_the_term_before_it_and_keeps_its_ground(people, member):
    decision = document(people.unit, DocumentKind.LEVEL_DECISION)

    changed = elect(member, people.secretary_general, document=decision)

    member.refresh_from_db()
    assert (changed.level.slug, member.level.slug, member.since) == ("council", "council", JOINED)
    assert terms(member) == [("ordinary", JOINED, ELECTED), ("council", ELECTED, None)]
    term = LevelTerm.objects.current().get()
    assert (term.document, term.remark, term.decided_by) == (decision, "四届二次会员大会", people.secretary_general)
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor, entry.unit_id) == (
        "units.change_level",
        people.secretary_general,
        people.unit.pk,
    )
    assert entry.before == {"level": level().pk}
    assert entry.after == {"level": level(slug="council").pk, "since": "2024-06-01"}
    assert texts() == ["【会员之家】示范建设的会员等级已调整为大协会理事单位，请登录会员之家查看。"]


@pytest.mark.parametrize(
    ("day", "slugs"),
    [
        (JOINED - timedelta(days=1), []),
        (JOINED, ["ordinary"]),
        (ELECTED - timedelta(days=1), ["ordinary"]),
        (ELECTED, ["council"]),
        (date(2030, 1, 1), ["council"]),
    ],
)
def test_who_was_what_on_that_day(people, member, day, slugs):
    elect(member, people.reviewer)
    assert list(LevelTerm.objects.on(day).values_list("level__slug", flat=True)) == slugs


def test_level_that_begins_on_the_day_of_the_present_one_replaces_it(people, member):
    elect(member, people.reviewer, since=JOINED)
    assert terms(member) == [("ordinary", JOINED, JOINED), ("council", JOINED, None)]
    assert [term.level.slug for term in LevelTerm.objects.on(JOINED)] == ["council"]


def test_level_is_refused_for_days_to_come_and_days_before_the_present_term(people, member):
    tomorrow = timezone.localdate() + timedelta(days=1)
    assert refused_with("in_the_future", lambda: elect(member, people.reviewer, since=tomorrow)) == "日期不能晚于今天。"
    early = JOINED - timedelta(days=1)
    sentence = refused_with("before_term", lambda: elect(member, people.reviewer, since=early))
    assert sentence == "现等级自 2012-03-06 起生效，日期不能早于该日。"


def test_level_is_refused_when_it_is_the_present_one_or_of_another_kind_of_body(people, member):
    refused_with("same_level", lambda: elect(member, people.reviewer, slug="ordinary"))
    refused_with(
        "wrong_level",
        lambda: actions.change_level(
            member, by=people.reviewer, level=level("branch", "council"), since=ELECTED, remark="换届"
        ),
    )


def test_suspended_member_keeps_and_changes_its_level(people, member):
    act("suspend", member, people.reviewer)
    assert elect(member, people.reviewer).state == S.SUSPENDED
    member.refresh_from_db()
    assert (member.state, member.level.slug) == (S.SUSPENDED, "council")


# --- suspend and resume ---------------------------------------------------------------------------------------------
def test_suspension_keeps_level_and_words_and_tells_the_owner(people, member):
    suspended = actions.suspend(member, by=people.reviewer, remark=" 连续两年未缴会费 ")
    assert (suspended.remark, suspended.level.slug, suspended.since) == ("连续两年未缴会费", "ordinary", JOINED)
    assert terms(member) == [("ordinary", JOINED, None)]
    assert texts() == ["【会员之家】示范建设的大协会会员资格已暂停。详情请登录会员之家查看，或致电协会。"]


def test_resumed_member_gets_the_notices_that_are_still_open(people, member):
    act("suspend", member, people.reviewer)
    assert Job.objects.filter(name="tracking.deliver_open_notices").count() == 0

    resumed = actions.resume(member, by=people.reviewer)

    assert (resumed.state, resumed.remark) == (S.ACTIVE, "")
    assert Job.objects.get(name="tracking.deliver_open_notices").arguments == {"unit_id": people.unit.pk}
    assert texts()[1:] == ["【会员之家】示范建设的大协会会员资格已恢复，请登录会员之家查看。"]


def test_resumed_membership_of_a_branch_delivers_nothing(people, member):
    act("resume", in_state(people.unit, "suspended", branch()), people.secretary)
    assert Job.objects.filter(name="tracking.deliver_open_notices").count() == 0


@pytest.mark.parametrize("verb", ["suspend", "leave"])
@pytest.mark.parametrize("remark", ["", " \n"])
def test_member_is_told_why(people, member, verb, remark):
    sentence = refused_with("no_words", lambda: getattr(actions, verb)(member, by=people.reviewer, remark=remark))
    assert sentence == "请填写原因，单位将看到这段文字。"


# --- leave ----------------------------------------------------------------------------------------------------------
def test_leaving_ends_the_term_today_and_keeps_the_history(people, member):
    left = act("leave", member, people.reviewer)
    assert (left.state, left.remark, left.since, left.level.slug) == (S.LEFT, "单位已注销", JOINED, "ordinary")
    assert terms(member) == [("ordinary", JOINED, timezone.localdate())]


def test_who_leaves_the_association_leaves_its_branches_and_each_leaves_a_record(people, member):
    in_state(people.unit, "active", branch("quality"))
    in_state(people.unit, "suspended", branch("safety"))
    in_state(people.unit, "pending", branch("testing"))
    in_state(people.other, "active", branch("quality"))

    act("leave", member, people.reviewer)

    states = {unit: dict(unit.memberships.values_list("body__slug", "state")) for unit in (people.unit, people.other)}
    assert states == {
        people.unit: {"association": "left", "quality": "left", "safety": "left", "testing": "pending"},
        people.other: {"association": "active", "quality": "active"},
    }
    assert [(e.verb, e.unit_id) for e in AuditEntry.objects.all()] == [("units.leave", people.unit.pk)] * 3


def test_who_leaves_a_branch_stays_in_the_association(people, member):
    act("leave", in_state(people.unit, "active", branch()), people.secretary)
    member.refresh_from_db()
    assert (member.state, terms(member)) == (S.ACTIVE, [("ordinary", JOINED, None)])


def test_nothing_of_a_member_that_left_waits_for_a_decision(people, member):
    there = in_state(people.unit, "active", branch())
    mine = [review(member, "change"), review(member, "leave"), review(there, "leave")]
    theirs = review(people.other.certification, "change")

    act("leave", member, people.reviewer)

    assert set(Review.objects.filter(pk__in=[made.pk for made in mine]).values_list("state", flat=True)) == {"void"}
    assert list(Review.objects.open()) == [theirs]


@pytest.mark.parametrize("wrong", ["other unit", "other kind"])
def test_the_ground_is_a_decision_on_this_unit(people, member, wrong):
    kind = DocumentKind.LEVEL_DECISION if wrong == "other unit" else DocumentKind.BUSINESS_LICENSE
    paper = document(people.other if wrong == "other unit" else people.unit, kind)
    before = snapshot()
    with pytest.raises(PermissionDenied):
        elect(member, people.secretary_general, document=paper)
    assert snapshot() == before
