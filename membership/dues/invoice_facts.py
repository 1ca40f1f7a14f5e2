"""What a file of an invoice says about itself: by its name, and by its content where it is XML."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from membership import plain_xml

ORDER = re.compile(r"DD[0-9]{10}(?![0-9])")
TAX_OFFICE = re.compile(r"(?<![0-9])[0-9]{20}(?![0-9])")
FISCAL = re.compile(r"(?<![0-9])[0-9]{10}(?![0-9])")
MOMENT = re.compile(r"(?<![0-9])(20[0-9]{6})[0-9]{6}(?![0-9])")  # as the tax office ends its names: 20260601120000
DIGITS_MAX = 10  # before the point; what the books can hold
# Tags of an electronic invoice, then of a fiscal receipt.
NUMBERS = ("InvoiceNumber", "EIid", "EInvoiceNumber", "EInvoiceID")
BUYERS = ("BuyerName", "PayerPartyName")
AMOUNTS = ("TotalTax-includedAmount", "TotalAmount")
DAYS = ("IssueTime", "IssueDate", "RequestTime")


@dataclass(frozen=True)
class Facts:
    """What is known; empty or None where nothing is said. `amount` is in yuan, `order` the number of an order of ours.

    `fiscal` are ten digits that would be the number if it is a fiscal receipt.
    """

    order: str = ""
    number: str = ""
    fiscal: str = ""
    buyer: str = ""
    amount: Decimal | None = None
    day: date | None = None


def facts_of_name(name):
    """By the name of the file: order, number, day."""
    plain = unicodedata.normalize("NFKC", name).upper()
    order = _first(ORDER, plain)
    rest = plain.replace(order, " ") if order else plain
    moment = MOMENT.search(rest)
    return Facts(
        order=order,
        number=_first(TAX_OFFICE, rest),
        fiscal=_first(FISCAL, rest),
        day=_day(moment[1]) if moment else None,
    )


def facts_of_xml(content):
    """By the XML of an invoice; nothing when it cannot be read."""
    try:
        texts = plain_xml.texts_of(content)
    except plain_xml.NotPlain:
        return Facts()
    return Facts(
        number=_text(texts, NUMBERS),
        buyer=_text(texts, BUYERS),
        amount=_yuan(_text(texts, AMOUNTS)),
        day=_day(_text(texts, DAYS)),
    )


def same_name(one, other):
    """Whether two titles are the same but for width, case, blanks and the kind of brackets."""

    def bare(text):
        return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).casefold()

    return bare(one) == bare(other)


def _first(pattern, text):
    found = pattern.search(text)
    return found[0] if found else ""


def _text(texts, tags):
    return next((texts[tag] for tag in tags if texts.get(tag)), "")


def _yuan(text):
    try:
        amount = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and amount.adjusted() < DIGITS_MAX else None


def _day(text):
    digits = re.sub(r"[^0-9]", "", text)[:8]
    try:
        return datetime.strptime(digits, "%Y%m%d").date()  # noqa: DTZ007 - a day without an hour
    except ValueError:
        return None
