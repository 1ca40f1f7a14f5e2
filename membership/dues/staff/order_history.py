"""What happened to an order: its milestones in words, and the acts on record for those who may read them."""

from django.db.models import Q
from django.utils.translation import gettext as _

from membership.audit.models import AuditEntry
from membership.dues.amounts import in_figures
from membership.units.staff.tabs import verb_in_words


def steps_of(order, payments, refunds=()):
    """[(moment, title, words)], the earliest first: ordered, proven, paid in parts, taken back, closed.

    `order` is loaded with proof and closed_by; `payments` and `refunds` with recorded_by, payments
    the newest first.
    """
    steps = [(order.placed_at, _("Ordered"), f"{in_figures(order.amount)} · {order.placed_by}")]
    if order.proof:
        steps.append((order.proof.uploaded_at, _("Proof of transfer uploaded"), order.proof.original_name))
    for payment in reversed(payments):
        title = _("Counter-entry") if payment.reverses_id else _("Money arrived")
        steps.append((payment.recorded_at, title, f"{in_figures(payment.amount)} · {payment.recorded_by}"))
    for refund in refunds:
        title = _("Refund taken back") if refund.reverses_id else _("Refunded")
        words = f"{in_figures(refund.amount)} · {refund.payee} · {refund.recorded_by}"
        steps.append((refund.recorded_at, title, words))
    if order.closed_at:
        who = order.closed_by or _("Automatic")
        words = f"{who}: {order.close_reason}" if order.close_reason else str(who)
        steps.append((order.closed_at, order.get_state_display(), words))
    return sorted(steps, key=lambda step: step[0])


def log_of(order, user):
    """[(entry, act)] of the trail about this order; without the right to all of it, what one did oneself."""
    entries = AuditEntry.objects.filter(object_type=order._meta.label_lower, object_id=str(order.pk))
    if not user.has_perm("audit.view_auditentry"):
        entries = entries.filter(Q(actor=user))
    return [(entry, verb_in_words(entry.verb)) for entry in entries.select_related("actor").order_by("-pk")]
