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


class YearDues(TextChoices):
    """Whether the dues year that runs has been paid."""

    PAID = "paid", _("This year’s dues paid")
    UNPAID = "unpaid", _("This year’s dues not paid")


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
    REFUNDED = "refunded", _("Refunded")


E = EntryState
# Booking or refunding a part leaves an entry on the desk; undoing puts it back there, as a part while an order or a
# refund still has some of it.
ENTRY_MOVES = {
    "suggest": ({E.UNMATCHED, E.SUGGESTED, E.MISMATCH}, E.SUGGESTED),
    "mark_mismatch": ({E.UNMATCHED, E.SUGGESTED, E.MISMATCH}, E.MISMATCH),
    "unmatch": ({E.UNMATCHED, E.SUGGESTED, E.MISMATCH}, E.UNMATCHED),
    "book_part": ({E.UNMATCHED, E.SUGGESTED, E.MISMATCH}, E.MISMATCH),
    "book_all": ({E.UNMATCHED, E.SUGGESTED, E.MISMATCH}, E.MATCHED),
    "discard": ({E.UNMATCHED, E.SUGGESTED, E.MISMATCH}, E.DISCARDED),
    "refund_part": ({E.UNMATCHED, E.SUGGESTED, E.MISMATCH}, E.MISMATCH),
    "refund_all": ({E.UNMATCHED, E.SUGGESTED, E.MISMATCH}, E.REFUNDED),
    "undo": ({E.MATCHED, E.DISCARDED, E.REFUNDED, E.MISMATCH}, E.UNMATCHED),
    "undo_part": ({E.MATCHED, E.DISCARDED, E.REFUNDED, E.MISMATCH}, E.MISMATCH),
}
ON_DESK = (E.UNMATCHED, E.SUGGESTED, E.MISMATCH)


class Ground(TextChoices):
    """Why a credit of the bank is where it is; what a person reads beside it."""

    CODE = "code", _("Remittance code and amount are those of the order")
    CODE_AMOUNT = "code_amount", _("The code names the order, but the amount differs from what it lacks")
    NAME = "name", _("The payer and the amount fit this one open order")
    ACCOUNT = "account", _("The unit has paid from this account before, and the amount fits its open order")
    SEVERAL_CODES = "several_codes", _("The note names several orders: divide the money among them")
    SEVERAL_ORDERS = "several_orders", _("Payer and amount fit several open orders")
    ALSO_SUGGESTED = "also_suggested", _("Another transfer is suggested for the same order already: perhaps paid twice")
    ORDER_PAID = "order_paid", _("The code is that of an order that is paid: perhaps paid twice")
    ORDER_CANCELLED = "order_cancelled", _("The code is that of a cancelled order")
    ORDER_EXPIRED = "order_expired", _("The code is that of an expired order")
    ORDER_REVERSED = "order_reversed", _("The code is that of an order whose payment was taken back")
    YEAR_PAID = "year_paid", _("A year of this order has been paid otherwise")
    NAME_AMOUNT = "name_amount", _("The payer has an open order, but its amount is another one")
    CODE_UNKNOWN = "code_unknown", _("The code in the note belongs to no order")
    NOTHING = "nothing", _("Neither code nor payer and amount fit an open order")
    BY_HAND = "by_hand", _("Assigned by a person")
    PART = "part", _("A part is booked; the rest waits here")
    PART_REFUNDED = "part_refunded", _("A part has been refunded; the rest waits here")
    REFUNDED = "refunded", _("What no order took has been refunded")
    TAKEN_BACK = "taken_back", _("The payment was taken back")
    BACK_ON_DESK = "back_on_desk", _("Taken up again after it had been set aside")


class PaymentOrigin(TextChoices):
    """How a payment came into the books."""

    HAND = "hand", _("Entered by hand")
    STATEMENT = "statement", _("Bank statement")


class DuesEvent(TextChoices):
    """What a reminder rule counts its days from."""

    BEFORE_YEAR_END = "before_year_end", _("Days before 31 December, next year not paid")
    IN_ARREARS = "in_arrears", _("Days after 1 January, this year not paid")
