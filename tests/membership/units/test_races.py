"""Two reviewers decide at the same moment: one decision stands, whatever the database."""

from threading import Barrier, Thread

import pytest
from django.db import connection

from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.units import actions
from membership.units.actions import register
from membership.units.models import Membership
from membership.units.states import MembershipState as S
from tests.factories import UnitFactory
from tests.membership.units.conftest import employee, in_state, level

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

ROUNDS = 3


def at_once(*calls):
    """Run the calls in threads that start together; returns what each gave or raised."""
    barrier, results = Barrier(len(calls)), [None] * len(calls)

    def run(number, call):
        try:
            barrier.wait(timeout=10)
            results[number] = call()
        except Refusal as refusal:
            results[number] = refusal
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def decide_at_once():
    """One approves while the other rejects; returns (membership as it stands, results)."""
    membership = in_state(UnitFactory(), "pending")
    first, second = employee("会员审核"), employee("会员审核")
    ordinary = level()
    results = at_once(
        lambda: actions.approve(Membership.objects.get(pk=membership.pk), by=first, level=ordinary),
        lambda: actions.reject(Membership.objects.get(pk=membership.pk), by=second, remark="不属于发展范围"),
    )
    return Membership.objects.get(pk=membership.pk), results


@pytest.mark.parametrize("_round", range(ROUNDS))
def test_of_two_decisions_one_stands(_round):
    membership, results = decide_at_once()

    winners = [result for result in results if isinstance(result, Membership)]
    refusals = [result for result in results if isinstance(result, Refusal)]
    assert (len(winners), len(refusals)) == (1, 1)
    assert (membership.state, membership.decided_by) == (winners[0].state, winners[0].decided_by)
    assert [entry.after["state"] for entry in AuditEntry.objects.about(membership)] == [membership.state]


def test_twin_whose_check_was_made_before_the_lock_lets_both_win(monkeypatch):
    """Both pages showed a pending application; without the check and the condition inside, both decisions are saved."""
    monkeypatch.setattr(register, "next_state", lambda moves, verb, state: moves[verb][1])
    monkeypatch.setattr(register, "_save_if_unmoved", lambda fresh, still_there: fresh.save())

    membership, results = decide_at_once()

    assert [type(result) for result in results] == [Membership, Membership]
    assert sorted(e.verb for e in AuditEntry.objects.about(membership)) == ["units.approve", "units.reject"]


def test_row_that_moved_after_it_was_read_is_not_overwritten():
    """The conditional UPDATE alone, as on SQLite, where nothing locks the row."""
    membership = in_state(UnitFactory(), "pending")
    stale = Membership.objects.get(pk=membership.pk)
    Membership.objects.filter(pk=membership.pk).update(remark="已由他人处理", state=S.DRAFT)
    stale.state = S.DRAFT

    with pytest.raises(Refusal) as refused:
        register._save_if_unmoved(stale, Membership.objects.filter(pk=stale.pk, state=S.PENDING))

    assert refused.value.code == "already_decided"
    membership.refresh_from_db()
    assert membership.remark == "已由他人处理"
