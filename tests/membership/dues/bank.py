"""Bank statements as the tests upload them, and what came of them."""

import csv
import io
from datetime import date
from decimal import Decimal

from membership.dues import actions, invariants
from membership.dues.matching import Claim
from membership.dues.models import BankEntry, BankStatement, Payment
from membership.dues.models.sums import to_fen
from membership.jobs import actions as jobs
from tests.files import upload, workbook

HEAD = ["交易日期", "流水号", "对方户名", "对方账号", "摘要", "收入金额", "支出金额"]
DAY = date(2026, 6, 1)


def row(amount="2000.00", memo="", payer="某公司", *, serial="", account="", day="2026-06-01", debit=""):
    """One row below HEAD."""
    return [day, serial, payer, account, memo, amount, debit]


def table(*rows, head=HEAD, encoding="utf-8", name="流水.csv"):
    """A CSV upload."""
    text = io.StringIO()
    csv.writer(text).writerows([head, *rows])
    return upload(name, text.getvalue().encode(encoding))


def sheet(*rows, head=HEAD):
    """The same as XLSX, values as they are."""
    return workbook([head, *rows], name="流水.xlsx")


def uploaded(by, *rows, file=None):
    """The statement, read by its job."""
    return actions.upload_statement(file or table(*rows), by=by)


def booked(by, *rows, file=None):
    """The statement, read, confirmed and booked."""
    statement = uploaded(by, *rows, file=file)
    actions.confirm_statement(statement, by=by)
    assert statement.state == "booked", statement.refusal
    return statement


def entry(by, *args, **kwargs):
    """The entry of a statement of one row."""
    return booked(by, row(*args, **kwargs)).entries.get()


def faults(statement):
    """{row number: what is wrong}"""
    return {fault["row"]: fault["problem"] for fault in statement.faulty_rows}


def states(statement):
    """[(state, ground)] in the order of the file."""
    return list(statement.entries.order_by("row").values_list("state", "ground"))


def even():
    """The sums of the desk agree to the fen, and no book is broken."""
    balance = BankEntry.objects.all().balance()
    assert balance.is_even
    assert balance.booked == to_fen(Payment.objects.exclude(entry=None).total())
    assert invariants.broken() == []
    return balance


def claim(pk=1, code="HF7K3M9Q5", **facts):
    """An open order of 2,000 yuan, for the pure function."""
    values = {
        "number": f"DD{pk}",
        "state": "awaiting_payment",
        "missing": Decimal("2000.00"),
        "unit_id": pk,
        "names": frozenset({f"单位{pk}"}),
    }
    return Claim(pk=pk, code=code, **(values | facts))


def run_again(statement):
    """What another worker does that was told of the same job."""
    jobs.run_job.call(statement.job_id)


def newest():
    return BankStatement.objects.order_by("-created_at").first()
