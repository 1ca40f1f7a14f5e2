"""States, kinds and moves of dues: orders, rows of bank statements, invoices, reminders."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class OrderState(TextChoices):
    """已开票 and 金额不符 are no states: they follow from the invoice and from the payments."""

    AWAITING_PAYMENT = "awaiting_payment", _("Awaiting payment")
    AWAITING_CONFIRMATION = "awaiting_confirmation", _("Awaiting confirmation")
    PAID = "paid", _("Dues paid")
    CANCELLED = "cancelled", _("Order cancelled")
    EXPIRED = "expired", _("Order expired")
    REVERSED = "reversed", _("Payment reversed")


S = OrderState
OPEN = (S.AWAITING_PAYMENT, S.AWAITING_CONFIRMATION)
MOVES = {
    "upload_proof": ({S.AWAITING_PAYMENT, S.AWAITING_CONFIRMATION}, S.AWAITING_CONFIRMATION),
    "confirm": ({S.AWAITING_PAYMENT, S.AWAITING_CONFIRMATION}, S.PAID),
    "cancel": ({S.AWAITING_PAYMENT, S.AWAITING_CONFIRMATION}, S.CANCELLED),
    "expire": ({S.AWAITING_PAYMENT}, S.EXPIRED),
    "reverse": ({S.PAID}, S.REVERSED),
}


class InvoiceKind(TextChoices):
    """What a unit may ask for; which of them are offered is a setting."""

    NORMAL = "normal", _("Electronic invoice, ordinary (82)")
    SPECIAL = "special", _("Electronic invoice, special VAT (81)")
    FISCAL = "fiscal", _("Fiscal receipt for membership dues")


# 数电发票: their numbers have twenty digits. A fiscal receipt has a number of its own making.
NUMBERED_BY_TAX_OFFICE = (InvoiceKind.NORMAL, InvoiceKind.SPECIAL)


class Standing(TextChoices):
    """How a unit stands with its dues."""

    PAID = "paid", _("In good order")
    ENDING = "ending", _("Ends soon")
    OWING = "owing", _("In arrears")
    NONE = "none", _("Nothing due")


class StatementState(TextChoices):
    """How far the import of a bank statement is."""

    READING = "reading", _("Being read")
    UNSURE = "unsure", _("Columns to be chosen")
    READ = "read", _("Read, not yet booked")
    BOOKING = "booking", _("Being booked")
    BOOKED = "booked", _("Booked")
    FAILED = "failed", _("Could not be read")


B = StatementState
STATEMENT_MOVES = {
    "doubt": ({B.READING}, B.UNSURE),
    "choose_columns": ({B.UNSURE, B.READ}, B.READING),
    "finish_reading": ({B.READING}, B.READ),
    "give_up_reading": ({B.READING}, B.FAILED),
    "book": ({B.READ}, B.BOOKING),
    "finish_booking": ({B.BOOKING}, B.BOOKED),
    "give_up_booking": ({B.BOOKING}, B.READ),
}


class EntryState(TextChoices):
    """What became of a credit of the bank. A row whose amount cannot be read is faulty and never counts as 0."""

    UNMATCHED = "unmatched", _("Not matched")
    SUGGESTED = "suggested", _("Suggested")
    MISMATCH = "mismatch", _("Amount differs")
    MATCHED = "matched", _("Fully booked")
    DISCARDED = "discarded", _("Set aside")


E = EntryState
# Booking a part leaves an entry on the desk; undoing puts it back there.
ENTRY_MOVES = {
    "suggest": ({E.UNMATCHED, E.MISMATCH}, E.SUGGESTED),
    "mark_mismatch": ({E.UNMATCHED, E.SUGGESTED}, E.MISMATCH),
    "book_part": ({E.UNMATCHED, E.SUGGESTED, E.MISMATCH}, E.MISMATCH),
    "book_all": ({E.UNMATCHED, E.SUGGESTED, E.MISMATCH}, E.MATCHED),
    "discard": ({E.UNMATCHED, E.SUGGESTED, E.MISMATCH}, E.DISCARDED),
    "undo": ({E.MATCHED, E.DISCARDED, E.MISMATCH}, E.UNMATCHED),
}
ON_DESK = (E.UNMATCHED, E.SUGGESTED, E.MISMATCH)


class PaymentOrigin(TextChoices):
    """How a payment came into the books."""

    HAND = "hand", _("Entered by hand")
    STATEMENT = "statement", _("Bank statement")


class DuesEvent(TextChoices):
    """What a reminder rule counts its days from."""

    BEFORE_YEAR_END = "before_year_end", _("Days before 31 December, next year not paid")
    IN_ARREARS = "in_arrears", _("Days after 1 January, this year not paid")
