"""Two of finance at the same moment: one booking, one SMS, one record. With a twin that lacks the guard."""

from datetime import date
from decimal import Decimal
from threading import Barrier

import pytest
from django.db import transaction
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.dues import actions
from membership.dues.actions import desk as desk_verbs
from membership.dues.actions import settling
from membership.dues.actions import statements as statement_verbs
from membership.dues.models import BankEntry, BankStatement, Payment
from membership.dues.statement_columns import Layout
from membership.dues.statements import read
from membership.exceptions import Refusal
from membership.jobs import actions as jobs
from membership.messaging.models import OutboundMessage
from tests.factories import UnitFactory, clerk
from tests.membership.dues.bank import entry, even, row, uploaded
from tests.membership.dues.conftest import place
from tests.races import TOGETHER, at_once

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

TWENTY = 20
FULL = Decimal("2000.00")


def kinds(results):
    return sorted(result.code if isinstance(result, Refusal) else type(result).__name__ for result in results)


@pytest.fixture
def order(ours):
    return place(ours.unit, ours.clerk)


@pytest.fixture
def another(desk):
    unit = UnitFactory(certified=True, joined_on=date(2020, 5, 1))
    return place(unit, clerk(unit))


def test_twenty_accept_one_suggestion(order, desk):
    credit = entry(desk.finance, payer=order.payer_name)
    assert credit.state == "suggested"

    def accept(_number):
        mine = BankEntry.objects.get(pk=credit.pk)
        return actions.accept(mine, by=desk.finance, order=order, yuan=FULL, rest=FULL)

    results = kinds(at_once(TWENTY, accept))
    assert results.count("list") == 1
    assert set(results) <= {"list", "stale", "not_open"}
    assert Payment.objects.count() == 1
    assert AuditEntry.objects.filter(verb="dues.record_payment").count() == 1
    assert OutboundMessage.objects.filter(template="dues_paid").count() == 1
    even()


def test_twenty_confirm_one_statement(order, desk, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    statement = uploaded(desk.finance, row(memo=order.remittance_code), row("5.00"))
    jobs.run_job.call(statement.job_id)
    statement.refresh_from_db()
    results = kinds(
        at_once(
            TWENTY, lambda _n: actions.confirm_statement(BankStatement.objects.get(pk=statement.pk), by=desk.finance)
        )
    )
    assert (results.count("NoneType"), results.count("stale")) == (1, TWENTY - 1)
    statement.refresh_from_db()
    at_once(3, lambda _n: jobs.run_job.call(statement.job_id))
    assert (Payment.objects.count(), BankEntry.objects.count()) == (1, 2)
    assert AuditEntry.objects.filter(verb="dues.record_payment").count() == 1
    assert AuditEntry.objects.filter(verb="dues.book_statement").count() == 1
    even()


def test_same_file_five_times_in_parallel_gives_the_same_sums(order, another, desk):
    rows = [
        row(memo=order.remittance_code, serial="1"),
        row(memo=another.remittance_code),
        row("5.00", serial="2"),
        row("6.00"),
    ]
    # Each in another order of rows: nobody waits in a circle.
    readings = [uploaded(desk.finance, *rows[turn:], *rows[:turn]) for turn in (0, 1, 2, 3, 0)]
    results = at_once(5, lambda n: actions.confirm_statement(readings[n], by=desk.finance))
    assert kinds(results) == ["NoneType"] * 5
    for reading in readings:
        reading.refresh_from_db()
        assert (reading.state, reading.credit_count) == ("booked", 4), reading.refusal
    assert sum(reading.credit_count - reading.known_count for reading in readings) == 4
    assert (BankEntry.objects.count(), Payment.objects.count()) == (4, 2)
    assert even().credits == Decimal("4011.00")


def test_twin_that_looks_for_known_credits_first_is_stopped_by_the_constraint_alone(desk):
    """Both have looked before anybody writes, and nothing passes over what is there: one of them breaks."""
    looked, statements = Barrier(2, timeout=TOGETHER), [uploaded(desk.finance, row(serial="1")) for _ in range(2)]
    layout = Layout.stored(statements[0].header_row, statements[0].columns)
    [credit] = read(statement_verbs._raw_rows(statements[0]), layout).credits

    def take_in_carelessly(number):
        assert settling.known_among([credit]) == set()
        looked.wait()
        verdict, now = settling.verdicts([credit])[credit.row], timezone.now()
        with transaction.atomic():
            fresh = settling._entry(statements[number], credit, verdict, now, desk.finance)
            return BankEntry.objects.bulk_create([fresh])

    assert kinds(at_once(2, take_in_carelessly)) == ["IntegrityError", "list"]


def test_two_assign_one_credit_to_two_orders(order, another, desk):
    credit = entry(desk.finance)

    def assign(number):
        mine = BankEntry.objects.get(pk=credit.pk)
        return actions.assign(mine, [((order, another)[number % 2], FULL)], by=desk.finance, rest=FULL)

    results = kinds(at_once(4, assign))
    assert results.count("list") == 1
    assert Payment.objects.count() == 1
    even()


def test_part_that_two_book_at_once_is_booked_once(order, desk):
    credit = entry(desk.finance)

    def assign(_number):
        mine = BankEntry.objects.get(pk=credit.pk)
        return actions.assign(mine, [(order, Decimal(500))], by=desk.finance, rest=FULL)

    assert kinds(at_once(6, assign)) == ["list"] + ["stale"] * 5
    assert even().booked == Decimal(500)


def test_twin_without_the_guard_books_the_part_twice(order, desk, monkeypatch):
    """What the check of the rest and the conditional UPDATE hold off."""
    monkeypatch.setattr(desk_verbs, "on_desk", lambda entry, rest: BankEntry.objects.with_booked().get(pk=entry.pk))
    monkeypatch.setattr(desk_verbs, "move_entry", lambda fresh, verb, by, **changes: None)
    credit = entry(desk.finance)
    at_once(6, lambda _n: actions.assign(credit, [(order, Decimal(300))], by=desk.finance, rest=FULL))
    assert Payment.objects.count() == 6


def test_discard_and_assign_at_once_leave_one_decision(order, desk):
    credit = entry(desk.finance)

    def decide(number):
        mine = BankEntry.objects.get(pk=credit.pk)
        if number % 2:
            return actions.discard(mine, by=desk.finance, reason="x", rest=FULL)
        return actions.assign(mine, [(order, FULL)], by=desk.finance, rest=FULL)

    results = kinds(at_once(6, decide))
    assert results.count("list") + results.count("NoneType") == 1
    even()


def test_reversal_and_assignment_cross_without_waiting_in_a_circle(order, another, desk):
    credit = entry(desk.finance, "4000.00")
    actions.assign(credit, [(order, FULL)], by=desk.finance, rest=Decimal("4000.00"))

    def cross(number):
        if number % 2:
            return actions.reverse_payments(order, by=desk.colleague, reason="记错单位")
        mine = BankEntry.objects.get(pk=credit.pk)
        return actions.assign(mine, [(another, FULL)], by=desk.finance, rest=FULL)

    results = kinds(at_once(4, cross))
    assert set(results) <= {"NoneType", "list", "stale", "not_open"}
    even()


def test_matching_again_by_many_books_once(order, desk):
    credit = entry(desk.finance, "1500.00", memo=order.remittance_code)
    other = entry(desk.finance, "500.00", payer="他人", serial="9")
    actions.assign(other, [(order, Decimal(500))], by=desk.finance, rest=Decimal(500))
    results = at_once(6, lambda _n: actions.retry_matching(by=desk.finance))
    assert kinds(results) == ["dict"] * 6
    credit.refresh_from_db()
    assert (credit.state, credit.payments.count()) == ("matched", 1)
    even()
