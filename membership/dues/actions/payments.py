"""Verbs of the books: payments, the years that they pay, counter-entries, what was paid before this system."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from membership.audit.actions import record, record_many
from membership.dues import permissions
from membership.dues.calendar import dues_year, paid_through
from membership.dues.models import BankEntry, DuesOrder, PaidYear, Payment
from membership.dues.states import ENTRY_MOVES, MOVES, Ground, OrderState, PaymentOrigin
from membership.exceptions import Refusal
from membership.jobs.actions import enqueue
from membership.moves import move_rows
from membership.units.actions import tell_owner, unless_taken
from membership.units.models import Membership
from membership.units.permissions import require

BATCH = 500


@dataclass(frozen=True)
class Booking:
    """So much money for this order, from a row of the bank or by hand."""

    order_id: int
    amount: Decimal
    received_on: date
    payer_name: str = ""
    note: str = ""
    entry: BankEntry | None = None


def record_payment(order, *, by, amount, received_on, payer_name="", note="", received=None):
    """Confirm by hand that money has come for an order; with the last fen the order is paid.

    `received` is what the person was shown as booked already. Raises Refusal for an order that is not open, for more
    than it still lacks, and when something has been booked since the person looked.
    """
    require(permissions.may_manage_orders(by))
    with transaction.atomic():
        if received is not None:
            _require_unchanged(order, received)
        paid = book([Booking(order.pk, amount, received_on, payer_name.strip(), note.strip())], by=by)
    order.refresh_from_db()
    return bool(paid)


def _require_unchanged(order, received):
    fresh = DuesOrder.objects.select_for_update().get(pk=order.pk)
    if fresh.is_open and fresh.payments.total() != received:
        raise Refusal(
            _("Something has been booked for this order since you opened the page. Check what it still lacks."),
            code="stale",
        )


def book(bookings, *, by):
    """Book money for orders, all or nothing; returns the ids of the orders that are paid by it.

    Inside a transaction of the caller, who has asked for permission. A constant number of queries for any number of
    bookings. Raises Refusal when an order is not open any more, lacks less than is booked, or holds a year that was
    paid otherwise.
    """
    now, by_order = timezone.now(), {}
    for booking in bookings:
        by_order.setdefault(booking.order_id, []).append(booking)
    orders = _open_orders(by_order)
    received = dict(
        Payment.objects.filter(order__in=list(by_order)).order_by().values_list("order").annotate(Sum("amount"))
    )
    full = []
    for key, parts in by_order.items():
        order, sums = orders[key], sum((part.amount for part in parts), received.get(key, Decimal(0)))
        if min(part.amount for part in parts) <= 0 or sums > order.amount:
            raise Refusal(
                _("Order %(number)s lacks %(missing)s yuan: book no more than that.")
                % {"number": order.number, "missing": order.amount - received.get(key, Decimal(0))},
                code="too_much",
            )
        if sums == order.amount:
            full.append(order)
    Payment.objects.bulk_create([_payment(part, now, by) for part in bookings], batch_size=BATCH)
    _confirm(full, by_order, now, by)
    after = {
        key: {"amount": str(sum(part.amount for part in parts)), "paid": orders[key] in full}
        for key, parts in by_order.items()
    }
    record_many(
        "dues.record_payment",
        [(orders[key], orders[key].unit_id, {"state": orders[key].state}, after[key]) for key in by_order],
        by=by,
    )
    if full:
        enqueue("dues.tell_paid", by=by, order_ids=[order.pk for order in full])
    return [order.pk for order in full]


def _open_orders(keys):
    rows = DuesOrder.objects.select_for_update(of=("self",)).filter(pk__in=sorted(keys)).order_by("pk")
    orders = {order.pk: order for order in rows.prefetch_related("lines")}
    closed = next((order for order in orders.values() if not order.is_open), None)
    if closed or len(orders) != len(keys):
        raise Refusal(
            _("Order %(number)s is not open: %(state)s.")
            % {"number": closed or "", "state": closed.get_state_display() if closed else ""},
            code="not_open",
        )
    return orders


def _payment(booking, now, by):
    return Payment(
        order_id=booking.order_id,
        amount=booking.amount,
        received_on=booking.received_on,
        payer_name=booking.payer_name[:100],
        note=booking.note[:200],
        origin=PaymentOrigin.STATEMENT if booking.entry else PaymentOrigin.HAND,
        entry=booking.entry,
        recorded_at=now,
        recorded_by=by,
    )


def _confirm(orders, by_order, now, by):
    """Orders whose money is complete are paid, on the day of its last part, and so are their years."""

    def day(order):
        return max(part.received_on for part in by_order[order.pk])

    for paid_on, group in groupby(sorted(orders, key=day), key=day):
        keys = [order.pk for order in group]
        if move_rows(DuesOrder.objects.filter(pk__in=keys), MOVES, "confirm", paid_on=paid_on) != len(keys):
            raise Refusal(_("Somebody else has just dealt with this order. Reload the page."), code="stale")
    years = [
        PaidYear(
            unit_id=order.unit_id,
            year=line.year,
            level_id=order.level_id,
            price=line.price,
            order=order,
            recorded_at=now,
            recorded_by=by,
        )
        for order in orders
        for line in order.lines.all()
    ]
    with unless_taken(_("One of these years has been paid otherwise. Cancel the order."), code="year_paid"):
        PaidYear.objects.bulk_create(years, batch_size=BATCH)


def tell_paid(order):
    """The unit learns that its money has come and how far it is paid; once, whatever happens to the job."""
    with transaction.atomic():
        rows = DuesOrder.objects.paid().filter(pk=order.pk, told_at=None)
        if not rows.update(told_at=timezone.now()):
            return
        years = PaidYear.objects.standing().filter(unit=order.unit).values_list("year", flat=True)
        through = paid_through(set(years), dues_year(timezone.now()))
        tell_owner(order.unit, "dues_paid", by=None, amount=str(order.amount), date=f"{through:%Y-%m-%d}")


def reverse_payments(order, *, by, reason):
    """冲正: a counter-entry for all the money of an order; a paid order gives its years back and is reversed.

    What came by a statement lies on the desk again. Raises Refusal without words, and when nothing is booked.
    """
    require(permissions.may_manage_orders(by))
    reason, now = reason.strip(), timezone.now()
    if not reason:
        raise Refusal(_("Say why the payment is taken back."), code="no_words")
    with transaction.atomic():
        fresh = DuesOrder.objects.select_for_update().get(pk=order.pk)
        payments = list(fresh.payments.standing())
        if not payments:
            raise Refusal(_("No payment stands for this order: there is nothing to take back."), code="stale")
        Payment.objects.bulk_create(_counter_entry(payment, now, by, reason) for payment in payments)
        if fresh.state == OrderState.PAID:
            closed = {"closed_at": now, "closed_by": by, "close_reason": reason}
            if not move_rows(DuesOrder.objects.filter(pk=order.pk), MOVES, "reverse", **closed):
                raise Refusal(_("Somebody else has just dealt with this order. Reload the page."), code="stale")
            fresh.paid_years.standing().update(ended_at=now, ended_because=reason)
        put_back([payment.entry_id for payment in payments if payment.entry_id], now, by)
        total = sum(payment.amount for payment in payments)
        record(
            "dues.reverse",
            fresh,
            by=by,
            unit_id=fresh.unit_id,
            before={"state": fresh.state},
            after={"amount": str(-total)},
        )
        order.refresh_from_db()
        if order.state == OrderState.REVERSED:
            tell_owner(order.unit, "dues_reversed", by=by, number=order.number)


def put_back(keys, now, by):
    """Credits of the bank lie on the desk again: whole, or in part while an order or a refund has some of them."""
    entries = BankEntry.objects.filter(pk__in=keys)
    parts = [entry.pk for entry in entries.with_booked() if entry.booked or entry.refunded]
    changes = {"suggestion": None, "ground": Ground.TAKEN_BACK, "decided_by": by, "decided_at": now, "reason": ""}
    move_rows(entries.filter(pk__in=parts), ENTRY_MOVES, "undo_part", **changes)
    move_rows(entries.exclude(pk__in=parts), ENTRY_MOVES, "undo", **changes)


def _counter_entry(payment, now, by, reason):
    return Payment(
        order_id=payment.order_id,
        amount=-payment.amount,
        received_on=payment.received_on,
        payer_name=payment.payer_name,
        note=reason[:200],
        origin=payment.origin,
        entry_id=payment.entry_id,
        reverses=payment,
        recorded_at=now,
        recorded_by=by,
    )


def enter_paid_years(unit, years, *, by, note):
    """Years that the unit paid before this system; no money is booked. Returns the rows.

    Raises Refusal without a ground, for a unit without a level, and for a year that is paid already.
    """
    require(permissions.may_manage_orders(by))
    level = Membership.objects.certifications().filter(unit=unit).values_list("level", flat=True).first()
    if not note.strip() or not years:
        raise Refusal(_("Say which years and on what ground."), code="no_words")
    if level is None:
        raise Refusal(_("The unit has no level in the association yet."), code="no_level")
    rows = [
        PaidYear(unit=unit, year=year, level_id=level, price=0, note=note.strip()[:200], recorded_by=by)
        for year in sorted(set(years))
    ]
    taken = unless_taken(_("One of these years has been paid already."), code="year_paid")
    with taken, transaction.atomic():
        PaidYear.objects.bulk_create(rows)
        record("dues.enter_paid_years", unit, by=by, unit_id=unit.pk, after={"years": [row.year for row in rows]})
    return rows


def take_back_paid_year(paid_year, *, by, reason):
    """Undo a year that was entered by hand. Raises Refusal without words, and for one of an order or a waiver."""
    require(permissions.may_manage_orders(by))
    if not reason.strip():
        raise Refusal(_("Say why the year is taken back."), code="no_words")
    with transaction.atomic():
        rows = PaidYear.objects.standing().filter(pk=paid_year.pk, order=None, waiver=None)
        if not rows.update(ended_at=timezone.now(), ended_because=reason.strip()[:200]):
            raise Refusal(_("This year was paid by an order, or has been taken back already."), code="stale")
        record(
            "dues.take_back_paid_year",
            paid_year.unit,
            by=by,
            unit_id=paid_year.unit_id,
            before={"year": paid_year.year},
        )
