"""Twenty at once: one payment, one message, one record; one reminder. With twins that lack the guard."""

from datetime import date, datetime
from decimal import Decimal
from threading import Barrier

import pytest
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.dues import actions, invariants
from membership.dues.actions import payments, reminders
from membership.dues.models import DuesOrder, DuesReminder, DuesReminderRule, Payment
from membership.exceptions import Refusal
from membership.messaging.models import OutboundMessage
from tests.factories import UnitFactory, clerk
from tests.membership.dues.conftest import place, years_of
from tests.membership.units.conftest import employee
from tests.races import TOGETHER, at_once
from tests.worker import work

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

MANY = 20
NOVEMBER = datetime(2026, 11, 5, 12, tzinfo=timezone.get_fixed_timezone(480))


def kinds(results):
    """What came of it: the code of a refusal, else what was returned, or the name of the exception."""
    told = [result.code if isinstance(result, Refusal) else result for result in results]
    return sorted(type(item).__name__ if isinstance(item, Exception) else str(item) for item in told)


@pytest.fixture
def order(ours):
    return place(ours.unit, ours.clerk)


def confirm_at_once(order, amount, **shown):
    people = [employee("财务") for _ in range(MANY)]
    day = date(2026, 6, 1)

    def confirm(number):
        fresh = DuesOrder.objects.get(pk=order.pk)
        return actions.record_payment(fresh, by=people[number], amount=amount, received_on=day, **shown)

    return at_once(MANY, confirm)


def test_of_twenty_that_confirm_the_whole_one_books(order, ours):
    results = confirm_at_once(order, Decimal(2000))
    assert kinds(results) == ["True"] + ["not_open"] * (MANY - 1)
    work()
    assert (Payment.objects.count(), years_of(ours.unit)) == (1, [timezone.localdate().year])
    assert OutboundMessage.objects.filter(template="dues_paid").count() == 1
    assert AuditEntry.objects.filter(verb="dues.record_payment").count() == 1
    assert invariants.broken() == []


def test_of_twenty_that_book_the_same_part_one_books(order, ours):
    results = confirm_at_once(order, Decimal(50), received=Decimal(0))
    assert kinds(results) == ["False"] + ["stale"] * (MANY - 1)
    assert list(Payment.objects.values_list("amount", flat=True)) == [50]
    assert AuditEntry.objects.filter(verb="dues.record_payment").count() == 1


def test_twin_that_does_not_ask_what_was_shown_books_every_part(order, monkeypatch):
    monkeypatch.setattr(payments, "_require_unchanged", lambda order, received: None)
    results = confirm_at_once(order, Decimal(50), received=Decimal(0))
    assert kinds(results) == ["False"] * MANY
    assert Payment.objects.count() == MANY


def test_twin_that_looks_and_then_inserts_books_twice(order):
    """Without lock and conditional UPDATE everybody sees an open order, and the books are wrong."""
    person, looked = employee("财务"), Barrier(5, timeout=TOGETHER)

    def confirm_carelessly(number):
        fresh = DuesOrder.objects.get(pk=order.pk)
        assert fresh.is_open
        looked.wait()
        facts = {"amount": fresh.amount, "received_on": date(2026, 6, 1), "origin": "hand", "recorded_by": person}
        return Payment.objects.create(order=fresh, **facts).amount

    assert at_once(5, confirm_carelessly) == [2000] * 5
    assert invariants.broken() != []


def test_confirming_and_cancelling_at_once(order, desk):
    calls = [
        lambda: actions.record_payment(
            DuesOrder.objects.get(pk=order.pk), by=desk.finance, amount=Decimal(2000), received_on=date(2026, 6, 1)
        ),
        lambda: actions.cancel_order(DuesOrder.objects.get(pk=order.pk), by=desk.colleague, reason="重复"),
    ]
    at_once(2, lambda number: calls[number]())
    order.refresh_from_db()
    paid = order.state == "paid"
    assert (order.state in {"paid", "cancelled"}, Payment.objects.count()) == (True, int(paid))
    assert invariants.broken() == []


def test_twin_that_looks_for_money_before_it_cancels_leaves_money_on_a_cancelled_order(order, desk):
    """Without the lock of the order both have seen that they may."""
    looked = Barrier(2, timeout=TOGETHER)

    def cancel_carelessly():
        assert not order.payments.exists()
        looked.wait()
        closed = {"closed_at": timezone.now(), "closed_by": desk.colleague, "close_reason": "重复"}
        return DuesOrder.objects.filter(pk=order.pk).update(state="cancelled", **closed)

    def confirm_carelessly():
        assert DuesOrder.objects.get(pk=order.pk).is_open
        looked.wait()
        facts = {"amount": order.amount, "received_on": date(2026, 6, 1), "origin": "hand"}
        return Payment.objects.create(order=order, recorded_by=desk.finance, **facts).amount

    calls = [cancel_carelessly, confirm_carelessly]
    assert at_once(2, lambda number: calls[number]()) == [1, 2000]
    assert invariants.broken() != []


@pytest.fixture
def owing(desk):
    unit = UnitFactory(name="欠费建设", certified=True, joined_on=date(2020, 5, 1))
    clerk(unit)
    DuesReminderRule.objects.exclude(event="before_year_end", days=60).delete()
    return unit


def remind_at_once():
    return at_once(2, lambda number: sum(actions.remind_by_rules(NOVEMBER).values()))


def test_of_two_schedulers_one_reminds(owing):
    assert sorted(remind_at_once()) == [0, 1]
    assert OutboundMessage.objects.filter(template="dues_arrears").count() == 1
    assert DuesReminder.objects.count() == AuditEntry.objects.filter(verb="dues.remind_by_rule").count() == 1


def test_twin_whose_row_names_no_rule_reminds_twice(owing, monkeypatch):
    """The constraint does not know rows without a rule, and nobody asks whether the unit was reminded today."""
    looked = Barrier(2, timeout=TOGETHER)

    def written(reminding, rule, now):
        return DuesReminder.objects.create(unit=reminding.unit, year=reminding.year, sent_at=now)

    def chosen(rule, now):
        rows = list(due_by(rule, now))
        looked.wait()
        return iter(rows)

    due_by = reminders.due_by
    monkeypatch.setattr(reminders, "due_by", chosen)
    monkeypatch.setattr(reminders, "_written", written)
    monkeypatch.setattr(reminders, "_sent_today", lambda now: DuesReminder.objects.none())
    assert remind_at_once() == [1, 1]
    assert OutboundMessage.objects.filter(template="dues_arrears").count() == 2
