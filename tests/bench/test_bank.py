"""A bank statement of five thousand rows against ten thousand open orders (P10): reading with preview, and booking."""

import time
from decimal import Decimal

import pytest
from django.db import connection

from membership.dues import actions
from membership.dues.codes import ALPHABET, PREFIX, check_character
from membership.dues.models import BankEntry, DuesOrder, OrderYear
from membership.jobs import actions as jobs
from membership.units.models import Level, Unit
from tests.bench.conftest import UNITS, keep, note
from tests.membership.dues.bank import even, row, sheet
from tests.membership.units.conftest import employee

pytestmark = pytest.mark.django_db

ROWS = UNITS // 2
FEW = ROWS // 10
_queries = {}


def code(number):
    """The code of the order with this number; all differ."""
    body = ""
    for _place in range(6):
        number, digit = divmod(number, len(ALPHABET))
        body += ALPHABET[digit]
    return f"{PREFIX}{body}{check_character(body)}"


@pytest.fixture
def orders(register):
    """An open order of each of ten thousand units."""
    finance, level = employee("财务"), Level.objects.get(body_kind="association", slug="ordinary")
    made = [
        DuesOrder(
            number=f"DD{number:010d}",
            unit=unit,
            level=level,
            first_year=2026,
            years=1,
            amount=2000,
            remittance_code=code(number),
            pay_by="2026-12-31",
            placed_by=finance,
            payer_name=unit.name,
        )
        for number, unit in enumerate(Unit.objects.order_by("pk"))
    ]
    DuesOrder.objects.bulk_create(made, batch_size=1_000)
    lines = [OrderYear(order=order, year=2026, price=2000) for order in made]
    OrderYear.objects.bulk_create(lines, batch_size=1_000)
    return finance, made


@pytest.mark.parametrize("number_of_rows", [FEW, ROWS])
def test_five_thousand_rows_against_ten_thousand_orders(number_of_rows, orders, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}  # telling the units is other work
    finance, made = orders
    rows = []
    for number, order in enumerate(made[:number_of_rows]):
        kind = number % 5
        memo = f"会费 {order.remittance_code}" if kind < 3 else "会费"
        amount = "1999.99" if kind == 2 else "2000.00"
        payer = order.payer_name if kind != 4 else f"付款人{number}"
        rows.append(row(amount, memo=memo, payer=payer, serial=f"T{number}", account=f"62{number:015d}"))
    asked = []
    file, start = sheet(*rows), time.perf_counter()
    with connection.execute_wrapper(lambda execute, *query: asked.append(1) or execute(*query)):
        statement = actions.upload_statement(file, by=finance)
        jobs.run_job.call(statement.job_id)
        read = time.perf_counter()
        statement.refresh_from_db()
        actions.confirm_statement(statement, by=finance)
        jobs.run_job.call(statement.job_id)
    booked = time.perf_counter()
    assert {state.value: number for state, number in statement.entries.counts().items()} == {
        "matched": 2 * number_of_rows // 5,
        "mismatch": number_of_rows // 5,
        "suggested": number_of_rows // 5,
        "unmatched": number_of_rows // 5,
        "discarded": 0,
        "refunded": 0,
    }
    assert (even().credits, BankEntry.objects.count()) == (
        2000 * number_of_rows - number_of_rows // 5 * Decimal("0.01"),
        number_of_rows,
    )
    name = f"statement of {number_of_rows} rows against {len(made)} open orders"
    note(f"{name}: upload, reading, preview", [1000 * (read - start)])
    note(f"{name}: booking in one pass", [1000 * (booked - read)])
    _queries[number_of_rows] = len(asked)
    if number_of_rows == ROWS:
        keep(bank_s=booked - start, bank_queries=len(asked))
        keep(bank_queries_by_row=(len(asked) - _queries[FEW]) / (ROWS - FEW))
