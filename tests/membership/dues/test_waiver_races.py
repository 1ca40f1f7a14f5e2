"""Refunds and waivers at once: money goes back once, a year is waived or ordered but not both. With careless twins."""

from datetime import date
from decimal import Decimal

import pytest

from membership.audit.models import AuditEntry
from membership.dues import actions, invariants
from membership.dues.actions import refunds, waivers
from membership.dues.models import BankEntry, DuesOrder, DuesWaiver, Payment, Refund
from membership.dues.standing import Account
from membership.exceptions import Refusal
from membership.messaging.models import OutboundMessage
from tests.membership.dues.bank import entry
from tests.membership.dues.conftest import back, pay, place, waive
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

MANY = 10


def codes(results):
    """What came of it: the code of a refusal, else the name of the row's class or of the exception."""
    return sorted(result.code if isinstance(result, Refusal) else type(result).__name__ for result in results)


def refund_the_payment_at_once(desk, payment):
    day = date(2027, 1, 1)
    return at_once(
        MANY,
        lambda number: actions.refund_payment(
            Payment.objects.get(pk=payment.pk), back(2000, paid_on=day), by=desk.finance, left=Decimal(2000)
        ),
    )


@pytest.fixture
def taken_back(ours, desk):
    order = place(ours.unit, ours.clerk)
    pay(order, desk.finance)
    actions.reverse_payments(order, by=desk.finance, reason="退会")
    return order.payments.get(amount__gt=0)


def test_of_ten_that_refund_a_payment_one_does(taken_back, desk):
    results = refund_the_payment_at_once(desk, taken_back)
    assert codes(results) == ["Refund"] + ["stale"] * (MANY - 1)
    assert (Refund.objects.total(), AuditEntry.objects.filter(verb="dues.refund").count()) == (2000, 1)
    assert OutboundMessage.objects.filter(template="dues_refunded").count() == 1
    assert invariants.broken() == []


def test_twin_that_trusts_what_was_shown_gives_the_money_back_ten_times(taken_back, desk, monkeypatch):
    monkeypatch.setattr(refunds, "_left_of", lambda payment, left: left)
    assert codes(refund_the_payment_at_once(desk, taken_back)) == ["Refund"] * MANY
    assert invariants.broken() != []


def test_of_ten_that_refund_a_credit_one_does(desk):
    credit = entry(desk.finance, "2000.00", "会费", "某公司")
    results = at_once(
        MANY,
        lambda number: actions.refund_credit(
            BankEntry.objects.get(pk=credit.pk),
            back(1000, paid_on=date(2027, 1, 1)),
            by=desk.finance,
            rest=Decimal(2000),
        ),
    )
    assert codes(results) == ["Refund"] + ["stale"] * (MANY - 1)
    assert (BankEntry.objects.with_booked().get().rest, invariants.broken()) == (1000, [])


def waive_at_once(ours, desk, year):
    return at_once(5, lambda number: waive(ours.unit, desk.finance, year))


def test_of_five_that_waive_a_year_one_does(ours, desk):
    year = Account(ours.unit).standing.this_year
    assert codes(waive_at_once(ours, desk, year)) == ["DuesWaiver"] + ["year_paid"] * 4
    assert (DuesWaiver.objects.count(), invariants.broken()) == (1, [])
    assert AuditEntry.objects.filter(verb="dues.grant_waiver").count() == 1


def waive_and_order_at_once(ours, desk):
    year = Account(ours.unit).standing.this_year
    calls = [lambda: waive(ours.unit, desk.finance, year), lambda: place(ours.unit, ours.clerk)]
    at_once(2, lambda number: calls[number]())
    return DuesOrder.objects.filter(first_year=year).count(), DuesWaiver.objects.count()


def test_a_year_is_waived_or_ordered_but_not_both(ours, desk):
    assert waive_and_order_at_once(ours, desk) in [(1, 0), (0, 1)]
    assert invariants.broken() == []


def test_twin_that_does_not_look_for_the_open_order_waives_what_is_ordered(ours, desk, monkeypatch):
    monkeypatch.setattr(waivers, "_require_no_open_order", lambda account, years: None)
    order = place(ours.unit, ours.clerk)
    waive(ours.unit, desk.finance, order.first_year)
    assert invariants.broken() == [f"open orders for a year that is waived: {order.number}"]
