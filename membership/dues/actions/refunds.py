"""Verbs of money that goes back: the one door for refunds, as payments.py is for what comes in."""

from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from membership.audit.actions import record
from membership.dues import permissions
from membership.dues.actions.desk import lock_orders, move_entry, on_desk
from membership.dues.actions.payments import put_back
from membership.dues.models import Payment, Refund
from membership.dues.states import Ground
from membership.exceptions import Refusal
from membership.private_files import kept
from membership.units import uploads
from membership.units.actions import tell_owner, unless_taken
from membership.units.permissions import require


@dataclass(frozen=True)
class Transfer:
    """How money went back: so many yuan on a day, to whom, why, and what proves it (an upload or None)."""

    amount: Decimal
    paid_on: date
    payee: str
    reason: str
    account: str = ""
    document: File | None = None


def refund_credit(entry, transfer, *, by, rest, order=None):
    """Record that what no order took of a credit of the bank was paid back, or a part of it; returns the Refund.

    `rest` is what the person was shown as left. With an `order` the refund stands in its history and its unit is told.
    Raises Refusal for more than is left, a day before the money came, without words, and when somebody else has dealt
    with the credit since; ValidationError for the document.
    """
    require(permissions.may_manage_orders(by))
    refund = _drawn(transfer, by, entry=entry, order=order)
    with _proven(refund, transfer.document), transaction.atomic():
        lock_orders([order.pk] if order else [])
        fresh = on_desk(entry, rest)
        _require_sound(transfer, rest, fresh.booked_on)
        whole = transfer.amount == rest
        verb, ground = ("refund_all", Ground.REFUNDED) if whole else ("refund_part", Ground.PART_REFUNDED)
        move_entry(fresh, verb, by=by, suggestion=None, ground=ground)
        _write(refund, by)
    entry.refresh_from_db()
    return refund


def refund_payment(payment, transfer, *, by, left):
    """Record that a payment entered by hand and taken back was paid back, or a part of it; returns the Refund.

    `left` is what the person was shown. Raises Refusal as above, and for a payment that stands or came by a statement:
    that money lies on the desk.
    """
    require(permissions.may_manage_orders(by))
    refund = _drawn(transfer, by, payment=payment, order=payment.order)
    with _proven(refund, transfer.document), transaction.atomic():
        lock_orders([payment.order_id])
        _require_sound(transfer, _left_of(payment, left), payment.received_on)
        _write(refund, by)
    return refund


def take_back_refund(refund, *, by, reason):
    """A counter-entry for a refund that was recorded by mistake; what it came from is there again.

    Raises Refusal without words, and for one that is a counter-entry or has one.
    """
    require(permissions.may_manage_orders(by))
    reason, now = reason.strip()[:200], timezone.now()
    if not reason:
        raise Refusal(_("Say why the refund is taken back."), code="no_words")
    taken = unless_taken(_("This refund has been taken back already."), code="stale")
    with taken, transaction.atomic():
        lock_orders([refund.order_id] if refund.order_id else [])
        fresh = Refund.objects.standing().filter(pk=refund.pk).first()
        if fresh is None:
            raise Refusal(_("This refund has been taken back already."), code="stale")
        counter = Refund.objects.create(
            entry_id=fresh.entry_id,
            payment_id=fresh.payment_id,
            order_id=fresh.order_id,
            amount=-fresh.amount,
            paid_on=fresh.paid_on,
            payee=fresh.payee,
            account=fresh.account,
            reason=reason,
            reverses=fresh,
            recorded_at=now,
            recorded_by=by,
        )
        if fresh.entry_id:
            put_back([fresh.entry_id], now, by)
        _record("dues.take_back_refund", counter, by)
    return counter


def _left_of(payment, left):
    """What may still be given back of this payment, if it is as the person saw it."""
    fresh = Payment.objects.refundable().filter(pk=payment.pk).first()
    if fresh is None:
        raise Refusal(_("Only a payment entered by hand and taken back can be refunded here."), code="not_taken_back")
    now_left = fresh.amount - fresh.refunds.total()
    if now_left != left:
        raise Refusal(_("A colleague has just recorded a refund. Check what is left."), code="stale")
    return now_left


def _require_sound(transfer, left, came_on):
    if not transfer.reason.strip() or not transfer.payee.strip():
        raise Refusal(_("Say to whom the money went, and why."), code="no_words")
    if not 0 < transfer.amount <= left:
        raise Refusal(
            _("%(left)s yuan are there to be given back: refund no more than that, and something.") % {"left": left},
            code="too_much",
        )
    if transfer.paid_on < came_on:
        raise Refusal(
            _("The money came on %(day)s: it cannot have gone back before.") % {"day": f"{came_on:%Y-%m-%d}"},
            code="too_early",
        )


def _drawn(transfer, by, **source):
    return Refund(
        amount=transfer.amount,
        paid_on=transfer.paid_on,
        payee=transfer.payee.strip()[:100],
        account=transfer.account.strip()[:50],
        reason=transfer.reason.strip()[:200],
        recorded_at=timezone.now(),
        recorded_by=by,
        **source,
    )


def _proven(refund, document):
    """Around the writing: the document is stored, and gone again if nothing was written."""
    if document is None:
        return nullcontext()
    refund.document_name = uploads.inspect(document, uploads.SCANS).name
    return kept(refund.document, refund.document_name, document)


def _write(refund, by):
    refund.save(force_insert=True)
    _record("dues.refund", refund, by)
    if refund.order:
        day = f"{refund.paid_on:%Y-%m-%d}"
        tell_owner(refund.order.unit, "dues_refunded", by=by, amount=str(refund.amount), date=day)


def _record(verb, refund, by):
    subject = refund.order or refund.entry
    unit = refund.order.unit_id if refund.order else None
    after = {"amount": str(refund.amount)}
    record(verb, subject, by=by, unit_id=unit, after=after, in_history=bool(refund.order))
