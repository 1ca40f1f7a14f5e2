"""A line of the board: what one unit has read and answered, with the marks that a person looks for."""

from collections import Counter

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from membership.tracking.states import ReceiptOrigin, ReceiptState


def row(delivery, now, may_read_receipts):
    """What a line of the board shows; the answer itself only to those who may read receipts."""
    current = next(iter(delivery.current_receipts), None)
    receipt = current if may_read_receipts else None
    counts = delivery.receipt_state == ReceiptState.SUBMITTED
    return {
        "delivery": delivery,
        "receipt": receipt,
        "branches": "、".join(each.body.short_name for each in delivery.unit.active_in_branches),
        "summary": summary(receipt) if receipt and counts else "",
        "persons": len(receipt.attendees.all()) if receipt and counts else None,
        "is_receipted": counts,
        "overdue": is_overdue(delivery, now),
        "marks": marks(delivery, current, now),
    }


def is_overdue(delivery, now):
    """Whether the unit owes a receipt whose deadline is over."""
    return delivery.is_awaiting_receipt and delivery.deadline is not None and delivery.deadline < now


def marks(delivery, receipt, now):
    """[(kind, words, more)] beside the state of the receipt: overdue, sent back, late, on paper, more time."""
    found = []
    if is_overdue(delivery, now):
        found.append(("late", _("Overdue"), ""))
    if receipt and receipt.sent_back_at and delivery.is_awaiting_receipt:
        found.append(("warn", _("Sent back"), receipt.sent_back_because))
    elif receipt and receipt.is_late:
        found.append(("warn", _("Late"), ""))
    if receipt and receipt.origin == ReceiptOrigin.PAPER and delivery.receipt_state == ReceiptState.SUBMITTED:
        found.append(("info", _("Entered by staff"), str(receipt.submitted_by)))
    if delivery.deadline_override and delivery.is_awaiting_receipt:
        when = date_format(timezone.localtime(delivery.deadline_override), "m-d H:i")
        found.append(("info", _("More time until %(when)s") % {"when": when}, ""))
    return found


def summary(receipt):
    """“Agree 2 · Disagree 1”, how many people come, or that nobody does."""
    opinions = Counter(opinion.label for opinion in receipt.opinions.all())
    if opinions:
        return " · ".join(f"{choice} {number}" for choice, number in opinions.items())
    if receipt.declined_because:
        return _("Does not come")
    attendees = len(receipt.attendees.all())
    return _("%(number)s attendees") % {"number": attendees} if attendees else ""
