"""How dues look in the portal: the standing of a unit, the state of an order, and what has happened to one."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from membership.dues.amounts import with_sign
from membership.dues.models import ReissueRequest
from membership.dues.states import EntryState, OrderState, Standing

STANDINGS = {Standing.PAID: "ok", Standing.ENDING: "warn", Standing.OWING: "danger", Standing.NONE: "muted"}
ORDERS = {
    OrderState.AWAITING_PAYMENT: "warn",
    OrderState.AWAITING_CONFIRMATION: "info",
    OrderState.PAID: "ok",
    OrderState.CANCELLED: "muted",
    OrderState.EXPIRED: "muted",
    OrderState.REVERSED: "danger",
}


@dataclass(frozen=True)
class Mark:
    """A label and the colour of its tag."""

    label: str
    css: str


def standing_mark(standing):
    """正常, 即将到期, 已欠费（2025、2026年度）."""
    label = standing.state.label
    if standing.arrears:
        years = _(", ").join(map(str, standing.arrears))
        label = _("%(state)s (%(years)s)") % {"state": label, "years": years}
    return Mark(label, STANDINGS[standing.state])


class OrderView:
    """One order as its unit sees it, loaded `with_received` and `with_invoices`."""

    def __init__(self, order):
        self.order = order

    @property
    def mark(self):
        """待缴费, 待确认, 金额不符, 已缴费, 已开票, 已取消, 已过期, 已冲正."""
        order = self.order
        if order.is_open and order.received:
            return Mark(EntryState.MISMATCH.label, "danger")
        if order.state == OrderState.PAID and self.invoice:
            return Mark(_("Invoiced"), "ok")
        return Mark(order.get_state_display(), ORDERS[order.state])

    @property
    def invoice(self):
        """The invoice that stands, or None."""
        return next(iter(self.order.standing_invoices), None)

    @property
    def awaits_invoice(self):
        return self.order.state == OrderState.PAID and self.invoice is None

    @property
    def shortfall(self):
        """{received, amount, missing} in figures when a part of the money has come; None otherwise."""
        order = self.order
        if not (order.is_open and order.received):
            return None
        facts = {"received": order.received, "amount": order.amount, "missing": order.amount - order.received}
        return {name: with_sign(value) for name, value in facts.items()}


@dataclass(frozen=True)
class Event:
    """Something that happened to an order."""

    at: datetime
    title: str
    words: str = ""


def story(order):
    """What has happened to the order, the latest first, from the rows themselves. Four queries."""
    events = [Event(order.placed_at, _("Order placed"), _("by %(person)s") % {"person": order.placed_by})]
    if order.proof:
        events.append(Event(order.proof.uploaded_at, _("Proof of transfer uploaded"), order.proof.original_name))
    events += _payments(order) + _refunds(order) + _invoices(order)
    if order.closed_at:
        events.append(Event(order.closed_at, order.get_state_display(), order.close_reason))
    return sorted(events, key=lambda event: event.at)[::-1]


def _payments(order):
    payments = list(order.payments.all())
    events = []
    for payment in payments:
        if payment.reverses_id:
            events.append(Event(payment.recorded_at, _("Payment taken back"), with_sign(-payment.amount)))
            continue
        words = _("%(amount)s, arrived on %(day)s") % {
            "amount": with_sign(payment.amount),
            "day": f"{payment.received_on:%Y-%m-%d}",
        }
        events.append(Event(payment.recorded_at, _("Money received"), words))
    if order.state == OrderState.PAID:
        events.append(Event(payments[-1].recorded_at, _("Paid in full"), order.period))
    return events


def _refunds(order):
    events = []
    for refund in order.refunds.all():
        title = _("Refund taken back") if refund.reverses_id else _("Money paid back to you")
        words = _("%(amount)s, on %(day)s, to %(payee)s") % {
            "amount": with_sign(abs(refund.amount)),
            "day": f"{refund.paid_on:%Y-%m-%d}",
            "payee": refund.payee,
        }
        events.append(Event(refund.recorded_at, title, words))
    return events


def _invoices(order):
    events = []
    for invoice in order.invoices.all():
        events.append(Event(invoice.recorded_at, _("Invoice issued"), invoice.number))
        if invoice.voided_at:
            words = f"{invoice.number} {invoice.void_reason}"
            events.append(Event(invoice.voided_at, _("Invoice voided"), words))
    for asked in ReissueRequest.objects.filter(invoice__order=order):
        events.append(Event(asked.asked_at, _("Another invoice asked for"), asked.reason))
        if asked.closed_at:
            events.append(Event(asked.closed_at, _("Request for another invoice closed"), asked.answer))
    return events
