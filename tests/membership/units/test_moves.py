"""Every verb from every state of a membership and of a review, and who may do it."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.units import actions
from membership.units.states import MOVES, REVIEW_MOVES
from membership.units.states import MembershipState as S
from membership.units.states import ReviewState as R
from tests.factories import put_papers_on_file, review
from tests.membership.units.conftest import (
    BY_UNIT,
    PEOPLE,
    act,
    branch,
    handed_in,
    in_state,
    level,
    snapshot,
)

pytestmark = pytest.mark.django_db
PLACES = {"association": None, "quality": "quality"}


def waiting(people, state, where, **fields):
    """A membership in that state with an open review, of a unit that lacks no paper."""
    put_papers_on_file(people.unit)
    return handed_in(people.unit, state, branch(where) if PLACES[where] else None, **fields)


# --- Moves of a membership ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("state", S.values)
@pytest.mark.parametrize("verb", MOVES)
def test_every_verb_in_every_state(people, verb, state, where):
    membership = waiting(people, state, where).membership
    by = people.owner if verb in BY_UNIT else people.reviewer
    sources, target = MOVES[verb]
    before = snapshot()

    if state in sources:
        assert act(verb, membership, by).state == target
        membership.refresh_from_db()
        assert membership.state == target
        entry = AuditEntry.objects.about(membership).get()
        assert (entry.verb, entry.actor, entry.unit_id) == (f"units.{verb}", by, people.unit.pk)
        assert entry.before == {"state": state}
        rounds = 2 if verb in {"submit", "revise"} else 1
        assert entry.after == {"state": target, "level": membership.level_id, "round": rounds}
        assert recorded_since(before) == [entry.verb]
    else:
        with pytest.raises(Refusal) as refused:
            act(verb, membership, by)
        assert refused.value.code == "wrong_state"
        assert str(refused.value) == f"当前状态为“{S(state).label}”，不能进行此操作。请刷新页面后查看可进行的操作。"
        assert snapshot() == before


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("state", S.values)
def test_level_changes_while_the_membership_stands(people, state, where):
    membership = waiting(people, state, where).membership
    change = {"level": level(membership.body.kind, "council"), "since": timezone.localdate(), "remark": "换届"}
    before = snapshot()

    if state in {S.ACTIVE, S.SUSPENDED}:
        assert actions.change_level(membership, by=people.reviewer, **change).level == change["level"]
        assert recorded_since(before) == ["units.change_level"]
    else:
        with pytest.raises(Refusal) as refused:
            actions.change_level(membership, by=people.reviewer, **change)
        assert (refused.value.code, str(refused.value)) == ("wrong_state", "仅会员可以设定等级。")
        assert snapshot() == before


def recorded_since(before):
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True)[before["AuditEntry"] :])


def test_table_of_moves_has_no_other_verbs():
    assert sorted(MOVES) == sorted(
        ["submit", "revise", "withdraw", "send_back", "reject", "approve", "suspend", "resume", "leave"]
    )


# --- Moves of a review ----------------------------------------------------------------------------------------------
SUBJECTS = {"application": "pending", "change": "active", "leave": "active"}
RECORDED = {
    **{(verb, "application"): f"units.{verb}" for verb in ("approve", "send_back", "reject")},
    ("approve", "leave"): "units.leave",
    ("void", "application"): "units.withdraw",
    ("void", "change"): "units.withdraw_change",
    ("void", "leave"): "units.withdraw_leave",
}


def decide(verb, made, people):
    """The verb of REVIEW_MOVES; what a unit takes back is void."""
    if verb != "void":
        return act(verb, made.membership, people.reviewer)
    if made.subject == "application":
        return actions.withdraw(made.membership, by=people.owner)
    return actions.withdraw_request(made, by=people.owner)


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("state", R.values)
@pytest.mark.parametrize("verb", REVIEW_MOVES)
def test_every_decision_in_every_state_of_a_review(people, verb, state, subject):
    made = waiting(people, SUBJECTS[subject], "association", subject=subject, review_state=state)
    sources, target = REVIEW_MOVES[verb]
    before = snapshot()

    if state in sources:
        decide(verb, made, people)
        made.refresh_from_db()
        decider = None if verb == "void" else people.reviewer
        assert (made.state, made.decided_by, made.decided_at is None) == (target, decider, verb == "void")
        assert recorded_since(before) == [RECORDED.get((verb, subject), f"units.{verb}_{subject}")]
    else:
        with pytest.raises(Refusal) as refused:
            decide(verb, made, people)
        gone = "opened" if (verb, subject) == ("void", "application") else "already_decided"
        assert refused.value.code == gone
        assert snapshot() == before


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("verb", ["approve", "send_back", "reject"])
def test_decision_on_a_round_that_was_replaced_is_refused(people, verb, subject):
    """The page was made before the unit handed in something newer, which waits on."""
    stale = waiting(people, SUBJECTS[subject], "association", subject=subject, review_state="void")
    newer = review(stale.membership, subject)
    before = snapshot()
    more = {"approve": {"level": level()}}.get(verb, {"remark": "请补充营业执照"})

    with pytest.raises(Refusal) as refused:
        getattr(actions, verb)(stale, by=people.reviewer, **more)

    assert refused.value.code == "already_decided"
    assert str(refused.value) == "该单位已修改或撤回这份申请，请打开最新一次提交。"
    assert snapshot() == before
    newer.refresh_from_db()
    assert newer.state == R.OPEN


# --- Who ------------------------------------------------------------------------------------------------------------
UNIT = {"owner", "agent"}
REVIEWERS = {"reviewer", "administrator", "root"}
MAY_REVIEW = {"association": REVIEWERS, "quality": REVIEWERS | {"secretary"}}
FROM = {"suspend": "active", "resume": "suspended", "leave": "suspended", "submit": "draft"}


def allowed(people, call):
    """The names of those who are not refused by permission; what each did is undone, and the denied did nothing."""
    found, before = set(), snapshot()
    for who in PEOPLE.split():
        savepoint = transaction.savepoint()
        try:
            call(getattr(people, who))
            found.add(who)
        except PermissionDenied:
            assert snapshot() == before
        finally:
            transaction.savepoint_rollback(savepoint)
    return found


@pytest.mark.parametrize("where", PLACES)
@pytest.mark.parametrize("verb", MOVES)
def test_who_may_move_a_membership(people, verb, where):
    membership = waiting(people, FROM.get(verb, "pending"), where).membership
    expected = UNIT if verb in BY_UNIT else MAY_REVIEW[where]
    assert allowed(people, lambda who: act(verb, membership, who)) == expected


@pytest.mark.parametrize("where", PLACES)
def test_who_may_open_judge_note_and_hand_on(people, where):
    made = waiting(people, "pending", where)
    calls = {
        "claim": lambda who: actions.claim(made, by=who),
        "judge": lambda who: actions.judge(made, by=who, verdicts={}),
        "add_note": lambda who: actions.add_note(made, by=who, text="已电话核实"),
        "assign": lambda who: actions.assign(made, by=who, to=people.reviewer),
    }
    assert {verb: allowed(people, call) for verb, call in calls.items()} == dict.fromkeys(calls, MAY_REVIEW[where])


@pytest.mark.parametrize(
    ("where", "subject"), [("association", "change"), ("association", "leave"), ("quality", "leave")]
)
def test_who_may_decide_on_requests(people, where, subject):
    made = waiting(people, "active", where, subject=subject)
    for verb in ("approve", "send_back", "reject"):
        assert allowed(people, lambda who, verb=verb: act(verb, made.membership, who)) == MAY_REVIEW[where]
    may_withdraw = {"owner"} if subject == "leave" else UNIT
    assert allowed(people, lambda who: actions.withdraw_request(made, by=who)) == may_withdraw


@pytest.mark.parametrize("where", PLACES)
def test_who_may_change_a_level(people, where):
    membership = waiting(people, "active", where).membership
    other = level(membership.body.kind, "council")
    may = allowed(
        people,
        lambda who: actions.change_level(membership, by=who, level=other, since=membership.since, remark="换届"),
    )
    assert may == REVIEWERS | {"secretary_general"}


def test_who_may_ask_for_changes_and_for_the_end(people):
    membership = waiting(people, "active", "association").membership
    assert allowed(people, lambda who: actions.update_contact(people.unit, by=who, qq="10000")) == UNIT
    assert allowed(people, lambda who: actions.request_leave(membership, by=who, remark="改行")) == {"owner"}
    assert allowed(people, lambda who: actions.save_draft(people.unit, by=who, version=0, values={})) == UNIT


@pytest.mark.parametrize("verb", MOVES)
def test_whoever_has_been_switched_off_does_nothing(people, verb):
    membership = waiting(people, FROM.get(verb, "pending"), "quality").membership
    for who in PEOPLE.split():
        getattr(people, who).is_active = False
        getattr(people, who).save()
    assert allowed(people, lambda who: act(verb, membership, who)) == set()


def test_member_is_no_reviewer_whatever_rights_the_account_was_given(people):
    people.owner.groups.add(*people.reviewer.groups.all(), *people.secretary_general.groups.all())
    made = waiting(people, "pending", "association")
    standing = in_state(people.other, "active")
    before = snapshot()
    for call in (
        lambda: act("approve", made.membership, people.owner),
        lambda: act("suspend", standing, people.owner),
        lambda: actions.claim(made, by=people.owner),
        lambda: actions.change_level(
            standing, by=people.owner, level=level(slug="council"), since=standing.since, remark="换届"
        ),
    ):
        with pytest.raises(PermissionDenied):
            call()
    assert snapshot() == before
