"""Every verb in every state: the row moves exactly where the table says, and stays elsewhere."""

from itertools import product

import pytest
from django.utils import timezone

from membership.exceptions import Refusal
from membership.jobs import states as jobs
from membership.jobs.models import Job
from membership.messaging import states as messaging
from membership.messaging.models import OutboundMessage
from membership.moves import move_rows, next_state
from membership.tracking import actions as tracking_actions
from membership.tracking import states as tracking
from membership.tracking.models import Delivery
from tests.factories import UnitFactory, notice

pytestmark = pytest.mark.django_db
IS_SENT = ("settle", "confirm_arrival")


def cases(states, moves):
    return [pytest.param(verb, state, id=f"{verb}-{state}") for verb, state in product(moves, states)]


def job_in(state):
    ended = state in (jobs.JobState.SUCCEEDED, jobs.JobState.FAILED)
    return Job.objects.create(name="x", state=state, finished_at=timezone.now() if ended else None)


def message_in(state):
    is_sent = state == messaging.MessageState.SENT
    return OutboundMessage.objects.create(
        channel="sms", template="x", recipient="x", state=state, sent_at=timezone.now() if is_sent else None
    )


def delivery_in(state):
    kind = tracking.ReceiptKind.NONE if state == tracking.ReceiptState.NONE else tracking.ReceiptKind.ATTENDANCE
    UnitFactory(certified=True)
    tracking_actions.deliver(notice(receipt_kind=kind))
    row = Delivery.objects.get()
    if state == tracking.ReceiptState.SUBMITTED:
        Delivery.objects.update(receipt_state=state, receipt_version=1, receipted_at=timezone.now())
        row.refresh_from_db()
    return row


def check(moves, verb, row, field="state", **changes):
    """Moves the row and returns whether that agrees with the table; a row beside it is never touched."""
    sources, target = moves[verb]
    state = type(next(iter(sources)))(getattr(row, field))
    expected = target if state in sources else state

    moved = move_rows(type(row).objects.filter(pk=row.pk), moves, verb, field=field, **changes)

    row.refresh_from_db()
    assert (moved, getattr(row, field)) == (int(state in sources), expected)
    if state in sources:
        assert next_state(moves, verb, state) == target
    else:
        with pytest.raises(Refusal) as refusal:
            next_state(moves, verb, state)
        assert refusal.value.code == "wrong_state"


ENDS = {"finish", "fail", "try_again"}


@pytest.mark.parametrize(("verb", "state"), cases(jobs.JobState, jobs.MOVES))
def test_jobs(verb, state):
    other = job_in(state)
    ended = (
        {"finished_at": {"finish": timezone.now(), "fail": timezone.now(), "try_again": None}[verb]}
        if verb in ENDS
        else {}
    )
    check(jobs.MOVES, verb, job_in(state), **ended)
    other.refresh_from_db()
    assert other.state == state


@pytest.mark.parametrize(("verb", "state"), cases(messaging.MessageState, messaging.MOVES))
def test_messages(verb, state):
    other = message_in(state)
    check(messaging.MOVES, verb, message_in(state), **({"sent_at": timezone.now()} if verb in IS_SENT else {}))
    other.refresh_from_db()
    assert other.state == state


@pytest.mark.parametrize(("verb", "state"), cases(tracking.ReceiptState, tracking.MOVES))
def test_receipts(verb, state):
    kind = {"drop_receipt": "none", "ask_receipt": "attendance"}.get(verb)
    changes = {"receipt_kind": kind} if kind else {"receipt_version": 2, "receipted_at": timezone.now()}
    changes = {"receipted_at": None} if verb == "send_back_receipt" else changes
    check(tracking.MOVES, verb, delivery_in(state), field="receipt_state", **changes)
