"""Invoices at the same moment: one stands, and our own numbers leave no gap. With twins that lack the guard."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.dues import actions
from membership.dues.models import DuesOrder, Invoice, NumberSeries, ReissueRequest
from membership.dues.models.numbers import NumberSeriesQuerySet, Series
from membership.exceptions import Refusal
from membership.messaging.models import OutboundMessage
from membership.units.models import Document, Level
from tests.factories import UnitFactory, clerk
from tests.membership.dues.conftest import billing
from tests.membership.units.conftest import employee
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

TOGETHER = 20


def paid_order(number):
    """A paid order, written as it lies in the database."""
    unit = UnitFactory(certified=True)
    person = clerk(unit)
    facts = billing(unit, email="")
    return DuesOrder.objects.create(
        number=f"DD2026{number:06d}",
        unit=unit,
        state="paid",
        level=Level.objects.filter(body_kind="association").first(),
        first_year=2026,
        years=1,
        amount=Decimal(2000),
        remittance_code=f"HF{number:07d}",
        pay_by=date(2026, 6, 1),
        placed_by=person,
        paid_on=date(2026, 6, 1),
        **facts,
    )


def document(order, by):
    stored = Document(unit=order.unit, kind="invoice", original_name="a.ofd", size=1, mime="application/ofd")
    stored.uploaded_by = by
    stored.file.save("a", ContentFile(b"a"), save=False)
    stored.save()
    return stored


def number(n):
    return f"2651{n:016d}"


def enter(order, by, n, files):
    today = timezone.localdate()
    order = DuesOrder.objects.get(pk=order.pk)
    return actions.issue_invoice(order, by=by, number=number(n), issued_on=today, kind="normal", files=files)


def serials():
    return sorted(int(serial[6:]) for serial in Invoice.objects.values_list("serial", flat=True))


def one_by_one(count, verb):
    """As `at_once`, but each alone."""
    return [at_once(1, lambda _number, n=n: verb(n))[0] for n in range(count)]


def every_third_fails(orders, by, run=at_once):
    """Each thread enters an invoice of its own order; every third is rolled back after its number was drawn."""
    files = [[document(order, by)] for order in orders]

    def verb(n):
        with transaction.atomic():
            made = enter(orders[n], by, n, files[n])
            if n % 3 == 0:
                raise RuntimeError("rolled back")
        return made

    return run(len(orders), verb)


@pytest.fixture
def finance():
    return employee("财务")


def test_own_numbers_leave_no_gap_among_twenty_of_whom_some_fail(finance):
    results = every_third_fails([paid_order(n) for n in range(TOGETHER)], finance)
    made = [result for result in results if isinstance(result, Invoice)]
    assert sorted({type(result).__name__ for result in results}) == ["Invoice", "RuntimeError"]
    assert serials() == list(range(1, len(made) + 1)) == list(range(1, 14))
    assert AuditEntry.objects.filter(verb="dues.issue_invoice").count() == len(made)
    assert OutboundMessage.objects.filter(template="invoice_issued").count() == len(made)
    assert NumberSeries.objects.get(series=Series.INVOICE).last == len(made)


def test_twin_that_counts_outside_the_transaction_leaves_gaps(finance, monkeypatch):
    drawn = iter(range(1, 1000))

    def careless(self, series, year, many=1):
        return f"{Series(series)}{year}{next(drawn):06d}"

    monkeypatch.setattr(NumberSeriesQuerySet, "next", careless)
    every_third_fails([paid_order(n) for n in range(6)], finance, run=one_by_one)
    assert serials() == [2, 3, 5, 6]


def test_of_many_who_enter_the_invoice_of_one_order_one_wins(finance):
    order = paid_order(1)
    files = [[document(order, finance)] for _ in range(6)]
    results = at_once(6, lambda n: enter(order, finance, n, files[n]))
    codes = sorted(r.code if isinstance(r, Refusal) else type(r).__name__ for r in results)
    assert codes == ["Invoice", *["has_invoice"] * 5]
    assert (serials(), OutboundMessage.objects.count()) == ([1], 1)
    assert AuditEntry.objects.filter(verb="dues.issue_invoice").count() == 1


def test_one_number_goes_to_one_of_two_orders(finance):
    orders = [paid_order(n) for n in range(2)]
    files = [[document(order, finance)] for order in orders]
    results = at_once(2, lambda n: enter(orders[n], finance, 7, files[n]))
    assert sorted(r.code if isinstance(r, Refusal) else type(r).__name__ for r in results) == ["Invoice", "taken"]
    assert serials() == [1]


def test_of_two_who_void_and_replace_one_wins(finance):
    order = paid_order(1)
    invoice = enter(order, finance, 1, [document(order, finance)])
    spare = [document(order, finance)]
    facts = {"number": number(2), "issued_on": timezone.localdate(), "kind": "normal", "files": spare}

    def verb(n):
        fresh = Invoice.objects.get(pk=invoice.pk)
        if n:
            return actions.replace_invoice(fresh, by=finance, reason="换", red_number="", **facts)
        return actions.void_invoice(fresh, by=finance, reason="废")

    results = at_once(2, verb)
    assert sorted(r.code for r in results if isinstance(r, Refusal)) == ["stale"]
    assert Invoice.objects.filter(voided_at=None).count() == sum(isinstance(r, Invoice) for r in results)
    verbs = ["dues.void_invoice", "dues.replace_invoice"]
    assert AuditEntry.objects.filter(verb__in=verbs).count() == 1


def test_a_unit_that_asks_twice_at_once_has_asked_once(finance):
    order = paid_order(1)
    invoice = enter(order, finance, 1, [document(order, finance)])
    person = order.placed_by
    results = at_once(
        4, lambda n: actions.request_reissue(Invoice.objects.get(pk=invoice.pk), by=person, reason=f"{n}")
    )
    assert sorted(r.code if isinstance(r, Refusal) else type(r).__name__ for r in results) == [
        "ReissueRequest",
        *["open_request"] * 3,
    ]
    assert ReissueRequest.objects.count() == 1
