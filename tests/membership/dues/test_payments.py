"""The books: payments, the years that they pay, counter-entries."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from membership.audit.models import AuditEntry
from membership.dues import actions, invariants
from membership.dues.models import DuesOrder, Invoice, InvoiceFile, NumberSeries, PaidYear, Payment
from membership.dues.standing import Account
from membership.jobs.models import Job
from membership.messaging.models import OutboundMessage
from tests.membership.dues.conftest import issue, pay, place, refused_with, years_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-06-01T12:00:00+08:00", tick=False) as traveller:
        yield traveller


def test_a_payment_pays_the_order_and_its_years_and_tells_the_unit_once(ours, desk, django_capture_on_commit_callbacks):
    order = place(ours.unit, ours.clerk, years=3)
    with django_capture_on_commit_callbacks(execute=True):
        assert pay(order, desk.finance, payer_name="示范建设集团")
    assert (order.state, order.paid_on) == ("paid", date(2026, 6, 1))
    assert years_of(ours.unit) == [2026, 2027, 2028]
    assert Account(ours.unit).standing.paid_through == date(2028, 12, 31)
    entry = AuditEntry.objects.get(verb="dues.record_payment")
    assert (entry.actor, entry.unit_id, entry.after) == (
        desk.finance,
        ours.unit.pk,
        {"amount": "6000.00", "paid": True},
    )
    message = OutboundMessage.objects.get(template="dues_paid")
    assert message.recipient == str(ours.clerk.phone)
    assert message.variables == {"unit": ours.unit.name, "amount": "6000.00", "date": "2028-12-31"}
    actions.tell_paid(order)
    assert OutboundMessage.objects.filter(template="dues_paid").count() == 1
    assert invariants.broken() == []


def test_parts_add_up_and_no_more_than_the_order_is_booked(ours, desk):
    order = place(ours.unit, ours.clerk)
    assert not pay(order, desk.finance, Decimal("1999.99"), date(2026, 6, 1))
    assert (order.state, years_of(ours.unit)) == ("awaiting_payment", [])
    said = refused_with("too_much", lambda: pay(order, desk.finance, Decimal("0.02")))
    assert "0.01" in said
    assert pay(order, desk.finance, Decimal("0.01"), date(2026, 6, 3))
    assert (order.state, order.paid_on, years_of(ours.unit)) == ("paid", date(2026, 6, 3), [2026])
    assert invariants.broken() == []


@pytest.mark.parametrize("amount", ["0", "-5", "2000.01"])
def test_amounts_that_are_refused(ours, desk, amount):
    order = place(ours.unit, ours.clerk)
    booking = {"by": desk.finance, "amount": Decimal(amount), "received_on": date(2026, 6, 1)}
    refused_with("too_much", lambda: actions.record_payment(order, **booking))


def test_only_finance_and_administrators_keep_the_books(ours, desk):
    order = place(ours.unit, ours.clerk)
    for person in (ours.clerk, desk.secretary_general, desk.reviewer, desk.editor):
        for call in (
            lambda by=person: pay(order, by),
            lambda by=person: actions.reverse_payments(order, by=by, reason="x"),
            lambda by=person: actions.enter_paid_years(ours.unit, [2026], by=by, note="x"),
        ):
            with pytest.raises(PermissionDenied):
                call()
    assert not Payment.objects.exists()
    assert pay(order, desk.administrator)


def test_a_paid_order_takes_no_more_money(ours, desk):
    order = place(ours.unit, ours.clerk)
    pay(order, desk.finance)
    refused_with("not_open", lambda: pay(order, desk.colleague))


def test_a_reversal_is_a_counter_entry_that_gives_the_years_back(ours, outsider, desk):
    order, other = place(ours.unit, ours.clerk, years=2), place(outsider.unit, outsider.clerk)
    pay(order, desk.finance, Decimal(1000))
    pay(order, desk.finance, Decimal(3000))
    pay(other, desk.finance)
    refused_with("no_words", lambda: actions.reverse_payments(order, by=desk.finance, reason="  "))
    actions.reverse_payments(order, by=desk.colleague, reason="银行退汇")
    assert (order.state, order.close_reason) == ("reversed", "银行退汇")
    assert sorted(order.payments.values_list("amount", flat=True)) == [-3000, -1000, 1000, 3000]
    assert (years_of(ours.unit), years_of(outsider.unit)) == ([], [2026])
    assert list(PaidYear.objects.filter(unit=ours.unit).values_list("year", "ended_because")) == [
        (2026, "银行退汇"),
        (2027, "银行退汇"),
    ]
    refused_with("stale", lambda: actions.reverse_payments(order, by=desk.finance, reason="再次"))
    pay(place(ours.unit, ours.clerk), desk.finance)
    assert (years_of(ours.unit), invariants.broken()) == ([2026], [])


def test_years_of_before_this_system_count_and_can_be_taken_back(ours, desk):
    rows = actions.enter_paid_years(ours.unit, [2027, 2026], by=desk.finance, note="2025年线下缴纳")
    assert years_of(ours.unit) == [2026, 2027]
    assert Account(ours.unit).standing.paid_through == date(2027, 12, 31)
    refused_with("year_paid", lambda: actions.enter_paid_years(ours.unit, [2027], by=desk.finance, note="x"))
    refused_with("no_words", lambda: actions.enter_paid_years(ours.unit, [2028], by=desk.finance, note=" "))
    actions.take_back_paid_year(rows[1], by=desk.finance, reason="登记有误")
    assert years_of(ours.unit) == [2026]
    paid = place(ours.unit, ours.clerk)
    pay(paid, desk.finance)
    refused_with(
        "stale", lambda: actions.take_back_paid_year(paid.paid_years.get(), by=desk.finance, reason="登记有误")
    )
    assert invariants.broken() == []


def test_a_year_paid_otherwise_stops_the_booking(ours, desk):
    order = place(ours.unit, ours.clerk)
    actions.enter_paid_years(ours.unit, [2026], by=desk.finance, note="线下")
    refused_with("year_paid", lambda: pay(order, desk.finance))


@pytest.mark.parametrize(
    ("paid", "through"),
    [
        ([], None),
        ([2024], date(2024, 12, 31)),
        ([2026], date(2026, 12, 31)),
        ([2025, 2026, 2027], date(2027, 12, 31)),
        ([2026, 2028], date(2026, 12, 31)),
        ([2024, 2028], date(2028, 12, 31)),
    ],
)
def test_paid_through_is_the_end_of_the_run_that_holds_this_year(ours, desk, paid, through):
    if paid:
        actions.enter_paid_years(ours.unit, paid, by=desk.finance, note="旧系统")
    assert Account(ours.unit).standing.paid_through == through


def test_every_broken_book_is_named(ours, outsider, desk):
    order = place(ours.unit, ours.clerk)
    pay(order, desk.finance)
    assert invariants.broken() == []
    DuesOrder.objects.filter(pk=order.pk).update(amount=2001)
    assert [line.split(":")[0] for line in invariants.broken()] == [
        "paid orders whose payments differ from their amount",
        "orders whose years do not add up to their amount or are not contiguous",
    ]
    DuesOrder.objects.filter(pk=order.pk).update(amount=2000, state="awaiting_payment", paid_on=None)
    assert [line.split(":")[0] for line in invariants.broken()] == [
        "open orders with as much money as they need, or more",
        "years that stand though their order is not paid",
    ]
    DuesOrder.objects.filter(pk=order.pk).update(state="paid", paid_on=date(2026, 6, 1), years=2)
    assert "paid orders whose years are not paid years: DD2026000001" in invariants.broken()


def test_broken_invoices_are_named(ours, outsider, desk):
    order, other = place(ours.unit, ours.clerk), place(outsider.unit, outsider.clerk)
    pay(order, desk.finance)
    invoice = issue(order, desk.finance)
    assert invariants.broken() == []
    Invoice.objects.update(amount=1)
    assert invariants.broken() == ["invoices that stand for another amount than their order: KP2026000001"]
    Invoice.objects.update(amount=order.amount, order=other)
    assert invariants.broken() == ["invoices that stand for orders that were never paid: KP2026000001"]
    Invoice.objects.update(order=order, serial="KP2026000002")
    assert invariants.broken() == ["years in which the numbers of invoices have gaps: 2026"]
    Invoice.objects.update(serial="KP2026000001")
    actions.reverse_payments(order, by=desk.finance, reason="银行退汇")
    assert invariants.broken() == []  # it stands until it is voided at the tax office
    NumberSeries.objects.filter(series="KP").update(last=2)
    assert invariants.broken() == ["years in which the numbers of invoices have gaps: 2026"]
    InvoiceFile.objects.filter(invoice=invoice).delete()
    Invoice.objects.all().delete()
    assert invariants.broken() == ["years in which the numbers of invoices have gaps: 2026"]


def test_parts_of_a_fen_do_not_hide_that_an_order_is_paid(ours, outsider, desk):
    """0.10 and 0.20 are not 0.30 for SQLite until they are rounded."""
    order = place(ours.unit, ours.clerk)
    for amount in ("0.10", "0.20", "1999.70"):
        pay(order, desk.finance, Decimal(amount))
    assert (order.state, invariants.broken()) == ("paid", [])
    part = place(outsider.unit, outsider.clerk)
    pay(part, desk.finance, Decimal("0.10"))
    pay(part, desk.finance, Decimal("0.20"))
    found = DuesOrder.objects.with_received().filter(received=Decimal("0.30"))
    assert (list(found), list(DuesOrder.objects.part_paid())) == ([part], [part])
    actions.reverse_payments(part, by=desk.finance, reason="退汇")
    assert not DuesOrder.objects.with_received().filter(state="reversed").exclude(received=0).exists()


def test_no_payment_without_its_record(ours, desk, monkeypatch):
    order = place(ours.unit, ours.clerk)

    def breaks(*args, **kwargs):
        raise RuntimeError("the audit trail cannot be written")

    monkeypatch.setattr(AuditEntry.objects, "bulk_create", breaks)
    with pytest.raises(RuntimeError):
        pay(order, desk.finance)
    order.refresh_from_db()
    assert (order.state, Payment.objects.count(), Job.objects.filter(name="dues.tell_paid").count()) == (
        "awaiting_payment",
        0,
        0,
    )
