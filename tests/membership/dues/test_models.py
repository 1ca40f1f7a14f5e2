"""What the database itself refuses, and who sees which rows."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from membership.dues import actions
from membership.dues.models import (
    BankEntry,
    BankStatement,
    DuesOrder,
    DuesRate,
    DuesReminder,
    DuesReminderRule,
    DuesStandard,
    DuesWaiver,
    Invoice,
    NumberSeries,
    OrderYear,
    PaidYear,
    Payment,
    Refund,
    ReissueRequest,
)
from membership.dues.models.numbers import Series
from tests.membership.dues.conftest import pay, place

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(ours):
    return place(ours.unit, ours.clerk, years=2)


@pytest.fixture
def statement(desk):
    return BankStatement.objects.create(original_name="流水.csv", sha256="0" * 64, file="x", created_by=desk.finance)


@pytest.fixture
def entry(statement):
    facts = {"row": 1, "booked_on": date(2026, 6, 1), "amount": Decimal(2000)}
    return BankEntry.objects.create(statement=statement, fingerprint="a", **facts)


@pytest.fixture
def payment(order, desk):
    pay(order, desk.finance, Decimal(1000))
    return order.payments.get()


@pytest.fixture
def invoice(order, desk):
    facts = {"kind": "normal", "issued_on": date(2026, 6, 2), "title": "示范", "recorded_by": desk.finance}
    return Invoice.objects.create(serial="KP2026000001", order=order, number="1" * 20, amount=order.amount, **facts)


def again(row, **changes):
    """The row once more, with these changes."""
    row.pk = None
    row._state.adding = True
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(force_insert=True)


# constraint: what breaks it, given the fixtures by name
BREAKS = {
    "dues_order_one_open": lambda f: again(f("order"), number="X", remittance_code="X"),
    "dues_order_years": lambda f: DuesOrder.objects.filter(pk=f("order").pk).update(years=4),
    "dues_order_amount_positive": lambda f: DuesOrder.objects.filter(pk=f("order").pk).update(amount=0),
    "dues_order_paid_has_day": lambda f: DuesOrder.objects.filter(pk=f("order").pk).update(state="paid"),
    "dues_order_closed_has_time": lambda f: DuesOrder.objects.filter(pk=f("order").pk).update(state="expired"),
    "order_year_once": lambda f: OrderYear.objects.create(order=f("order"), year=2026, price=1),
    "order_year_price_positive": lambda f: OrderYear.objects.create(order=f("order"), year=2030, price=0),
    "dues_standard_one_a_year": lambda f: again(f("desk").standard),
    "dues_standard_withdrawn_paired": lambda f: DuesStandard.objects.update(withdrawn_at=timezone.now()),
    "dues_standard_has_resolution": lambda f: DuesStandard.objects.filter(pk=f("desk").standard.pk).update(
        resolution=""
    ),
    "dues_rate_once_per_level": lambda f: again(f("desk").standard.rates.first()),
    "dues_rate_positive": lambda f: DuesRate.objects.filter(standard=f("desk").standard).update(amount=0),
    "number_series_once_a_year": lambda f: again(f("order") and NumberSeries.objects.get()),
    "payment_or_counter_entry": lambda f: Payment.objects.filter(pk=f("payment").pk).update(amount=-5),
    "payment_origin_paired": lambda f: Payment.objects.filter(pk=f("payment").pk).update(origin="statement"),
    "paid_year_once": lambda f: [again(paid_year(f)) for _ in range(2)],
    "paid_year_has_ground": lambda f: again(paid_year(f), note="", year=2040),
    "paid_year_ended_with_reason": lambda f: again(paid_year(f), ended_at=timezone.now()),
    "paid_year_waived_is_free": lambda f: again(paid_year(f), waived=5, year=2040),
    "refund_or_counter_entry": lambda f: refund(f, amount=-5),
    "refund_of_one_source": lambda f: refund(f, entry=None),
    "refund_has_payee_and_reason": lambda f: refund(f, payee=""),
    "dues_waiver_has_resolution": lambda f: waiver(f, resolution=""),
    "dues_waiver_has_reason": lambda f: waiver(f, reason=""),
    "dues_waiver_ended_paired": lambda f: waiver(f, ended_at=timezone.now()),
    "paid_year_price": lambda f: again(paid_year(f), price=-1, year=2040),
    "bank_statement_booked_has_time": lambda f: BankStatement.objects.filter(pk=f("statement").pk).update(
        state="booked"
    ),
    "bank_entry_is_credit": lambda f: BankEntry.objects.filter(pk=f("entry").pk).update(amount=0),
    "bank_entry_discarded_with_reason": lambda f: BankEntry.objects.filter(pk=f("entry").pk).update(state="discarded"),
    "bank_entry_suggests_an_order": lambda f: BankEntry.objects.filter(pk=f("entry").pk).update(state="suggested"),
    "invoice_one_standing": lambda f: again(f("invoice"), serial="KP2", number="2" * 20),
    "invoice_number_standing": lambda f: again(f("invoice"), serial="KP2", order=others(f)),
    "invoice_amount_positive": lambda f: Invoice.objects.filter(pk=f("invoice").pk).update(amount=0),
    "invoice_voided_with_reason": lambda f: Invoice.objects.filter(pk=f("invoice").pk).update(voided_at=timezone.now()),
    "reissue_one_open": lambda f: [
        ReissueRequest.objects.create(invoice=f("invoice"), reason="抬头有误", asked_by=f("ours").clerk)
        for _ in range(2)
    ],
    "dues_rule_once": lambda f: again(DuesReminderRule.objects.first()),
    "dues_reminder_once": lambda f: [
        DuesReminder.objects.create(unit=f("ours").unit, year=2026, rule=DuesReminderRule.objects.first())
        for _ in range(2)
    ],
}


def others(f):
    """The order of another unit."""
    return place(f("outsider").unit, f("outsider").clerk)


def refund(f, **changes):
    facts = {"entry": f("entry"), "amount": 5, "payee": "示范", "reason": "多缴", "recorded_by": f("desk").finance}
    return Refund.objects.create(paid_on=date(2026, 6, 2), **facts | changes)


def waiver(f, **changes):
    facts = {
        "unit": f("ours").unit,
        "title": "决议",
        "resolution": "x",
        "reason": "受灾",
        "granted_by": f("desk").finance,
    }
    return DuesWaiver.objects.create(decided_on=date(2026, 6, 2), **facts | changes)


def asked(f):
    return ReissueRequest.objects.create(invoice=f("invoice"), reason="抬头有误", asked_by=f("ours").clerk)


def paid_year(f):
    rows = actions.enter_paid_years(f("ours").unit, [2035], by=f("desk").finance, note="旧系统")
    return rows[0]


@pytest.mark.parametrize("name", list(BREAKS))
def test_the_database_refuses(name, request, desk):
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        BREAKS[name](request.getfixturevalue)
    if connection.vendor == "postgresql":
        assert name in str(refused.value)


def test_every_constraint_of_the_room_is_named_here():
    models = (BankEntry, BankStatement, DuesOrder, DuesRate, DuesReminder, DuesReminderRule, DuesStandard)
    models += (Invoice, NumberSeries, OrderYear, PaidYear, Payment, ReissueRequest, Refund, DuesWaiver)
    assert {c.name for model in models for c in model._meta.constraints} == set(BREAKS)


READERS = {"finance": True, "administrator": True, "secretary_general": True, "reviewer": False, "editor": False}


def test_everyone_sees_what_is_theirs(order, ours, outsider, desk, entry, invoice):
    pay(order, desk.finance, Decimal(500))
    actions.enter_paid_years(ours.unit, [2035], by=desk.finance, note="旧系统")
    request = ReissueRequest.objects.create(invoice=invoice, reason="抬头有误", asked_by=ours.clerk)
    expected = {
        DuesOrder: order,
        Payment: order.payments.get(),
        PaidYear: PaidYear.objects.get(),
        Invoice: invoice,
        ReissueRequest: request,
    }
    for model, row in expected.items():
        assert list(model.objects.for_user(ours.clerk)) == [row]
        for nobody in (outsider.clerk, AnonymousUser()):
            assert list(model.objects.for_user(nobody)) == []
        for name, sees in READERS.items():
            assert list(model.objects.for_user(getattr(desk, name))) == ([row] if sees else []), (model, name)
    for model, row in {BankEntry: entry, BankStatement: entry.statement}.items():
        for nobody in (ours.clerk, outsider.clerk, AnonymousUser()):
            assert list(model.objects.for_user(nobody)) == []
        for name, sees in READERS.items():
            assert list(model.objects.for_user(getattr(desk, name))) == ([row] if sees else []), (model, name)


def test_numbers_begin_anew_every_year_and_leave_no_gap():
    numbers = NumberSeries.objects
    assert [numbers.next(Series.INVOICE, 2026) for _ in range(2)] == ["KP2026000001", "KP2026000002"]
    assert numbers.next(Series.INVOICE, 2027) == "KP2027000001"
    assert numbers.next(Series.ORDER, 2026, many=3) == ["DD2026000001", "DD2026000002", "DD2026000003"]
    with transaction.atomic():
        numbers.next(Series.INVOICE, 2026)
        transaction.set_rollback(True)
    assert numbers.next(Series.INVOICE, 2026) == "KP2026000003"
