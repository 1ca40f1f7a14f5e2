"""Two at the same moment: one decision, one round, one number each. With a twin that lacks the guard."""

from datetime import timedelta
from threading import Barrier

import pytest
from django.db import transaction
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.messaging.models import OutboundMessage
from membership.units import actions
from membership.units.actions import moving, reviews
from membership.units.models import LevelTerm, Membership, ProfileDraft, Review, Unit
from membership.units.states import MembershipState as S
from membership.units.states import ReviewState as R
from tests.factories import UnitFactory, clerk, put_papers_on_file, uscc
from tests.membership.units.conftest import employee, handed_in, level
from tests.races import TOGETHER, at_once

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

several = pytest.mark.parametrize("again", range(2))


def together(*calls):
    """Run the calls in threads that start together; what each gave or raised."""
    return at_once(len(calls), lambda number: calls[number]())


def kinds(results):
    """What came of it: the code of a refusal, else the name of the type."""
    return sorted(result.code if isinstance(result, Refusal) else type(result).__name__ for result in results)


def verbs(membership):
    return sorted(entry.verb for entry in AuditEntry.objects.about(membership))


def fresh(row):
    return type(row).objects.get(pk=row.pk)


@pytest.fixture
def waiting():
    """A round of a unit that has an owner and every paper."""
    unit = put_papers_on_file(UnitFactory(submitted_at=None))
    clerk(unit)
    return handed_in(unit)


def unguarded(monkeypatch):
    """No check after the lock, no condition on the UPDATE: what the page showed is believed."""
    monkeypatch.setattr(moving, "next_state", lambda moves, verb, state: moves[verb][1])
    monkeypatch.setattr(moving, "_save_if_unmoved", lambda row, still_there: row.save())
    monkeypatch.setattr(reviews, "_require_open", lambda review, by: None)
    monkeypatch.setattr(reviews, "_close", lambda review, verb, by, **changes: None)


# --- Two reviewers --------------------------------------------------------------------------------------------------
def decide_at_once(made, *chosen):
    """Each verb by a reviewer of its own."""
    people = [employee("会员审核") for _ in chosen]
    more = {"approve": {"level": level()}, "reject": {"remark": "不属于发展范围"}}
    return at_once(
        len(chosen),
        lambda number: getattr(actions, chosen[number])(fresh(made), by=people[number], **more[chosen[number]]),
    )


@several
@pytest.mark.parametrize("chosen", [("approve", "approve"), ("approve", "reject")])
def test_of_two_decisions_one_stands(waiting, chosen, again):
    results = decide_at_once(waiting, *chosen)

    assert kinds(results) == ["Membership", "already_decided"]
    winner = next(result for result in results if isinstance(result, Membership))
    membership, made = fresh(waiting.membership), fresh(waiting)
    assert (membership.state, membership.decided_by, membership.level) == (
        winner.state,
        winner.decided_by,
        winner.level,
    )
    assert (made.state, made.decided_by) == (
        {S.ACTIVE: R.APPROVED, S.REJECTED: R.REJECTED}[winner.state],
        winner.decided_by,
    )
    assert [entry.after["state"] for entry in AuditEntry.objects.about(membership)] == [winner.state]
    approved = [winner.level_id] if winner.state == S.ACTIVE else []
    assert list(LevelTerm.objects.values_list("level", flat=True)) == approved
    assert OutboundMessage.objects.count() == 1


def test_twin_that_believes_the_page_lets_both_win(waiting, monkeypatch):
    unguarded(monkeypatch)
    assert kinds(decide_at_once(waiting, "approve", "reject")) == ["Membership", "Membership"]
    assert verbs(waiting.membership) == ["units.approve", "units.reject"]
    assert OutboundMessage.objects.count() == 2


@several
@pytest.mark.parametrize("subject", ["change", "leave"])
def test_of_two_decisions_on_a_request_one_stands(subject, again):
    made = handed_in(UnitFactory(), "active", subject=subject)
    results = decide_at_once(made, "approve", "reject")
    assert kinds(results) == ["Membership", "already_decided"]
    assert len(verbs(made.membership)) == 1


@several
def test_of_two_claims_one_has_it(waiting, again):
    first, second = employee("会员审核"), employee("会员审核")
    results = together(
        lambda: actions.claim(fresh(waiting), by=first), lambda: actions.claim(fresh(waiting), by=second)
    )
    assert kinds(results) == ["Review", "claimed"]
    winner = next(result for result in results if isinstance(result, Review))
    assert fresh(waiting).claimed_by == winner.claimed_by
    assert [entry.actor for entry in AuditEntry.objects.filter(verb="units.claim_review")] == [winner.claimed_by]


def test_twin_that_looks_before_it_claims_gives_it_to_both(waiting):
    people = [employee("会员审核"), employee("会员审核")]
    looked = Barrier(2, timeout=TOGETHER)

    def claim_carelessly(number):
        assert fresh(waiting).claimed_by is None
        looked.wait()
        return Review.objects.filter(pk=waiting.pk).update(
            claimed_by=people[number], claimed_until=timezone.now() + timedelta(minutes=30)
        )

    assert at_once(2, claim_carelessly) == [1, 1]


# --- The unit and a reviewer ----------------------------------------------------------------------------------------
@several
@pytest.mark.parametrize("verb", ["approve", "reject"])
def test_either_the_unit_revises_or_the_reviewer_decides(waiting, verb, again):
    owner, reviewer = waiting.membership.unit.seats.get().user, employee("会员审核")
    more = {"approve": {"level": level()}, "reject": {"remark": "不属于发展范围"}}[verb]
    results = together(
        lambda: actions.revise(fresh(waiting.membership), by=owner),
        lambda: getattr(actions, verb)(fresh(waiting), by=reviewer, **more),
    )

    membership, states = fresh(waiting.membership), list(Review.objects.order_by("pk").values_list("state", flat=True))
    if isinstance(results[0], Membership):
        assert results[1].code == "already_decided"
        assert (membership.state, membership.round, states) == (S.PENDING, 2, ["void", "open"])
        assert verbs(membership) == ["units.revise"]
    else:
        assert (results[0].code, type(results[1])) == ("wrong_state", Membership)
        assert (membership.state, membership.round) == (results[1].state, 1)
        assert states == [{"approve": "approved", "reject": "rejected"}[verb]]
        assert verbs(membership) == [f"units.{verb}"]


def test_twin_without_the_round_certifies_what_nobody_has_looked_at(waiting, monkeypatch):
    """The state alone is no guard: after a revision it is pending as before."""
    actions.revise(waiting.membership, by=waiting.membership.unit.seats.get().user)
    monkeypatch.setattr(reviews, "_require_open", lambda review, by: None)
    monkeypatch.setattr(reviews, "_close", lambda review, verb, by, **changes: None)

    actions.approve(waiting, by=employee("会员审核"), level=level())

    assert fresh(waiting.membership).state == S.ACTIVE
    assert list(Review.objects.open().values_list("round", flat=True)) == [2]


@several
def test_either_the_unit_withdraws_or_the_reviewer_opens(waiting, again):
    owner, reviewer = waiting.membership.unit.seats.get().user, employee("会员审核")
    results = together(
        lambda: actions.withdraw(fresh(waiting.membership), by=owner),
        lambda: actions.claim(fresh(waiting), by=reviewer),
    )

    assert kinds(results) in (["Membership", "already_decided"], ["Review", "opened"])
    membership, made = fresh(waiting.membership), fresh(waiting)
    if isinstance(results[0], Membership):
        assert (membership.state, made.state, made.claimed_by) == (S.DRAFT, R.VOID, None)
    else:
        assert (membership.state, made.state, made.claimed_by) == (S.PENDING, R.OPEN, reviewer)


def test_twin_that_looks_before_it_withdraws_takes_it_out_of_the_reviewers_hands(waiting):
    reviewer = employee("会员审核")
    looked = Barrier(2, timeout=TOGETHER)

    def withdraw_carelessly():
        assert fresh(waiting).opened_at is None
        looked.wait()
        return Review.objects.filter(pk=waiting.pk).update(state=R.VOID)

    def claim_carelessly():
        assert fresh(waiting).state == R.OPEN
        looked.wait()
        now = timezone.now()
        return Review.objects.filter(pk=waiting.pk).update(claimed_by=reviewer, claimed_until=now, opened_at=now)

    assert together(withdraw_carelessly, claim_carelessly) == [1, 1]
    assert (fresh(waiting).state, fresh(waiting).claimed_by) == (R.VOID, reviewer)


# --- Units and colleagues -------------------------------------------------------------------------------------------
def rivals():
    units = [put_papers_on_file(UnitFactory(uscc=uscc(7), submitted_at=None)) for _ in range(2)]
    return [(unit.certification, clerk(unit)) for unit in units]


@several
def test_credit_code_goes_to_one_of_two_units(again):
    (first, owner), (second, other_owner) = rivals()
    results = together(lambda: actions.submit(first, by=owner), lambda: actions.submit(second, by=other_owner))
    assert kinds(results) == ["Membership", "uscc_taken"]
    assert Unit.objects.filter(uscc=uscc(7), submitted_at__isnull=False).count() == 1
    assert sorted(Membership.objects.values_list("state", flat=True)) == ["draft", "pending"]
    assert (Review.objects.count(), AuditEntry.objects.filter(verb="units.submit").count()) == (1, 1)


def test_twin_that_looks_for_the_code_first_is_stopped_by_the_constraint_alone():
    units = [membership.unit_id for membership, _owner in rivals()]
    looked = Barrier(2, timeout=TOGETHER)

    def submit_carelessly(number):
        assert not Unit.objects.filter(uscc=uscc(7), submitted_at__isnull=False).exists()
        looked.wait()
        with transaction.atomic():
            return Unit.objects.filter(pk=units[number]).update(submitted_at=timezone.now())

    assert kinds(at_once(2, submit_carelessly)) == ["IntegrityError", "int"]


@pytest.fixture
def colleagues():
    """Two who act for a unit that lacks no paper."""
    unit = put_papers_on_file(UnitFactory(submitted_at=None))
    return unit, [clerk(unit), clerk(unit, duty="agent")]


@several
def test_two_colleagues_submit_once(colleagues, again):
    unit, people = colleagues
    results = at_once(2, lambda number: actions.submit(unit.certification, by=people[number]))
    assert kinds(results) == ["Membership", "wrong_state"]
    assert (unit.certification.round, Review.objects.count()) == (1, 1)
    assert verbs(unit.certification) == ["units.submit"]


def test_twin_that_believes_the_page_hands_in_twice(colleagues, monkeypatch):
    unit, people = colleagues
    unguarded(monkeypatch)
    results = at_once(2, lambda number: actions.submit(unit.certification, by=people[number]))
    assert kinds(results) == ["Membership", "Membership"]
    assert verbs(unit.certification) == ["units.submit", "units.submit"]


@several
def test_two_revisions_leave_one_round_open(colleagues, again):
    unit, people = colleagues
    actions.submit(unit.certification, by=people[0])
    results = at_once(2, lambda number: actions.revise(unit.certification, by=people[number]))
    assert kinds(results) == ["Membership", "Membership"]
    assert list(Review.objects.order_by("round").values_list("round", "state")) == [
        (1, "void"),
        (2, "void"),
        (3, "open"),
    ]


@several
@pytest.mark.parametrize("version", [0, 1])
def test_one_of_two_colleagues_saves_the_draft(colleagues, version, again):
    unit, people = colleagues
    for known in range(version):
        actions.save_draft(unit, by=people[0], version=known, values={})
    results = at_once(
        2, lambda number: actions.save_draft(unit, by=people[number], version=version, values={"by": number})
    )
    assert kinds(results) == ["ProfileDraft", "stale"]
    winner = next(number for number, result in enumerate(results) if isinstance(result, ProfileDraft))
    draft = ProfileDraft.objects.get()
    assert (draft.values, draft.version, draft.saved_by) == ({"by": winner}, version + 1, people[winner])


# --- Member numbers -------------------------------------------------------------------------------------------------
@several
def test_members_approved_at_once_are_numbered_one_after_the_other(again):
    waiting = [handed_in(UnitFactory()) for _ in range(3)]
    reviewers, ordinary = [employee("会员审核") for _ in waiting], level()

    results = at_once(3, lambda number: actions.approve(fresh(waiting[number]), by=reviewers[number], level=ordinary))

    assert sorted(member.member_no for member in results) == ["HY00001", "HY00002", "HY00003"]


def test_twin_that_looks_for_the_next_number_first_gives_it_twice():
    members = [UnitFactory(certified=True).certification for _ in range(2)]
    looked = Barrier(2, timeout=TOGETHER)

    def number_carelessly(number):
        following = actions.next_member_no(members[number].body)
        looked.wait()
        with transaction.atomic():
            return Membership.objects.filter(pk=members[number].pk).update(member_no=following)

    assert kinds(at_once(2, number_carelessly)) == ["IntegrityError", "int"]


# --- Without row locks ----------------------------------------------------------------------------------------------
def test_row_that_moved_after_it_was_read_is_not_overwritten(waiting):
    """The conditional UPDATE alone, as on SQLite, where nothing locks the row."""
    stale = fresh(waiting.membership)
    Membership.objects.filter(pk=stale.pk).update(remark="已由他人处理", state=S.DRAFT)
    stale.state = S.DRAFT

    with pytest.raises(Refusal) as refused:
        moving._save_if_unmoved(stale, Membership.objects.filter(pk=stale.pk, state=S.PENDING))

    assert refused.value.code == "already_decided"
    assert fresh(stale).remark == "已由他人处理"
