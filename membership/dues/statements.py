"""Rows of a bank's table as credits: only money that came in, exact to the fen, each with its fingerprint."""

import hashlib
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from membership import spreadsheets
from membership.dues.amounts import parse
from membership.dues.statement_columns import BLANK, HEAD_WITHIN, Column, day_of, direction, plain, text_of

MAX_ROWS = 5_000  # below the titles
MAX_RAW_ROWS = MAX_ROWS + HEAD_WITHIN
NIL = Decimal(0)
SUMS = re.compile(
    r"(本[页月年期日]|当[页日月]|交易|借方|贷方)?(合计|总计|小计|累计|总额|总笔数|总金额)|总(收入|支出|笔数|金额)|(期初|期末|上期|本期|昨日)余额|承前页|过次页"
)
RENMINBI = {"人民币", "人民币元", "cny", "rmb", "156", "01", "1", "001", "10", "元"}
SHOWN_CELLS, SHOWN_LETTERS = 8, 60


@dataclass(frozen=True)
class Credit:
    """Money that came in, as the bank wrote it."""

    row: int
    booked_on: date
    amount: Decimal
    serial_no: str
    payer_name: str
    payer_account: str
    memo: str
    fingerprint: str


@dataclass
class Reading:
    """What a file says: credits, how many debits were left aside, and the rows that stopped, each with its problem."""

    credits: list = field(default_factory=list)
    debits: int = 0
    faulty: list = field(default_factory=list)

    def __len__(self):
        """All rows that are transactions."""
        return len(self.credits) + self.debits + len(self.faulty)

    @property
    def total(self):
        return sum((credit.amount for credit in self.credits), NIL)


class Fault(Exception):
    """A row that cannot be taken in; the message is for the person who compares it with the file."""


def read(rows, layout):
    """The Reading of raw rows, (number, {column: value}), by this Layout.

    Sums, repeated titles, footers and blank rows are passed over. Raises ValidationError for more than 5,000 rows.
    """
    titles = next((cells for number, cells in rows if number == layout.header_row), {})
    title = plain(titles.get(layout.columns[Column.DATE]))
    reading, seen, first = Reading(), Counter(), {}
    for number, cells in rows:
        if number <= layout.header_row:
            continue
        try:
            facts = _understood(cells, layout.columns, title)
            if facts is None:
                continue
            if facts:
                reading.credits.append(_credit(number, facts, seen, first))
            else:
                reading.debits += 1
        except Fault as fault:
            reading.faulty.append({"row": number, "problem": str(fault), "texts": _shown(cells)})
        if len(reading) > MAX_ROWS:
            sentence = _("The file has more than %(limit)s rows. Divide it into several files.")
            raise ValidationError(sentence, code="too_many_rows", params={"limit": MAX_ROWS})
    return reading


def _credit(number, facts, seen, first):
    fingerprint = _fingerprint(facts, seen)
    if fingerprint in first:
        raise Fault(_("The same transfer stands in row %(row)s: it is counted once.") % {"row": first[fingerprint]})
    first[fingerprint] = number
    return Credit(row=number, fingerprint=fingerprint, **facts)


def _understood(cells, columns, title):
    """The facts of a credit, {} for a debit, None for a row that is no transaction. Raises Fault.

    `title` is that of the dates: banks print it anew at the head of every page.
    """
    texts = {column: text_of(cells.get(columns.get(column))) for column in Column if column != Column.MEMO}
    has_amount = any(texts[column] not in BLANK for column in (Column.CREDIT, Column.DEBIT, Column.AMOUNT))
    is_sum = any(SUMS.match(text_of(value)) for value in cells.values())
    day, problem = _day(cells.get(columns[Column.DATE]))
    if day is None and (is_sum or not has_amount or (title and plain(texts[Column.DATE]) == title)):
        return None
    if is_sum and not has_amount:
        return None
    if day is None:
        raise Fault(problem or _("The day is missing."))
    amount = _credit_of(cells, columns, texts)
    if amount is None:
        return {}
    if texts[Column.CURRENCY] not in BLANK and not _is_renminbi(texts[Column.CURRENCY]):
        raise Fault(_("The currency is “%(text)s”, not yuan.") % {"text": texts[Column.CURRENCY][:20]})
    return {
        "booked_on": day,
        "amount": amount,
        "serial_no": _digits(cells.get(columns.get(Column.SERIAL)))[:80],
        "payer_name": "" if texts[Column.PAYER] in BLANK else texts[Column.PAYER][:150],
        "payer_account": _digits(cells.get(columns.get(Column.ACCOUNT)))[:50],
        "memo": _memo(cells, columns),
    }


def _day(value):
    try:
        return day_of(value), ""
    except ValidationError as failure:
        return None, " ".join(failure.messages)


def _credit_of(cells, columns, texts):
    """The yuan that came in, None for a debit. Raises Fault for whatever is doubtful: it never becomes 0."""
    if Column.CREDIT in columns:
        came, went = (_money(cells, columns, column) for column in (Column.CREDIT, Column.DEBIT))
        if came and went:
            raise Fault(_("The row has a credit and a debit."))
        amount, is_credit = (came, True) if came or went is None else (went, False)
    else:
        amount, is_credit = _money(cells, columns, Column.AMOUNT), None
        if Column.FLAG in columns:
            is_credit = direction(texts[Column.FLAG])
            if is_credit is None:
                raise Fault(_("“%(text)s” says neither credit nor debit.") % {"text": texts[Column.FLAG][:20]})
    if amount is None:
        raise Fault(_("The amount is missing."))
    if amount == 0:
        raise Fault(_("The amount is 0: there is nothing to book."))
    if is_credit is None:
        return amount if amount > 0 else None
    return _one_way(amount, is_credit, Column.FLAG in columns)


def _one_way(amount, is_credit, has_flag):
    if is_credit and amount < 0:
        raise Fault(_("A negative credit: the bank took money back. If it has been booked, take the payment back."))
    if not is_credit and amount < 0 and not has_flag:
        raise Fault(_("A negative debit: money that went out came back. It is not booked as dues."))
    return amount if is_credit else None


def _money(cells, columns, column):
    value = cells.get(columns.get(column))
    try:
        text = spreadsheets.as_text(value)
    except ValidationError as failure:
        raise Fault(" ".join(failure.messages)) from failure
    if text_of(text) in BLANK:
        return None
    amount = parse(text)
    if amount is None:
        raise Fault(_("“%(text)s” is no amount.") % {"text": text_of(text)[:30]})
    return amount


def _is_renminbi(text):
    words = re.split(r"[-/()]", unicodedata.normalize("NFKC", text).lower())
    return any(word.strip() in RENMINBI for word in words)


def _memo(cells, columns):
    texts = (text_of(cells.get(number)) for number in columns.get(Column.MEMO, []))
    return " ".join(dict.fromkeys(text for text in texts if text not in BLANK))[:300]


def _digits(value):
    """A number of many digits, or nothing when a spreadsheet program has lost some of them."""
    try:
        text = re.sub(r"\s", "", text_of(spreadsheets.as_text(value)))
    except ValidationError:
        return ""
    return "" if text in BLANK else text


def _fingerprint(facts, seen):
    """What tells a transfer from every other one, in whatever file it comes.

    Serial numbers of banks begin anew each day and cover whole batches, so day, amount and payer belong to it. Without
    one, note and account do, and of several alike the how-manieth it is in the file.
    """
    payer = re.sub(r"\s", "", unicodedata.normalize("NFKC", facts["payer_name"])).lower()
    known = [facts["booked_on"].isoformat(), f"{facts['amount']:.2f}", payer]
    if facts["serial_no"]:
        known = ["serial", facts["serial_no"], *known]
    else:
        known = ["like", *known, facts["payer_account"], facts["memo"]]
        seen[tuple(known)] += 1
        known.append(str(seen[tuple(known)]))
    return hashlib.sha256("\x1f".join(known).encode()).hexdigest()


def _shown(cells):
    texts = (text_of(value)[:SHOWN_LETTERS] or "?" for _column, value in sorted(cells.items()))
    return list(texts)[:SHOWN_CELLS]
