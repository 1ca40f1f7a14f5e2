"""What must hold in the books at any moment; each check names the rows that break it."""

from django.db.models import Count, F, Max, Min, Q
from django.db.models.functions import Substr

from membership.dues.models import BankEntry, DuesOrder, Invoice, NumberSeries, OrderYear, PaidYear
from membership.dues.models.numbers import Series
from membership.dues.states import OPEN, EntryState, OrderState

SHOWN = 20


def broken():
    """Sentences about every invariant that is broken; empty when the books are right."""
    return [f"{sentence}: {', '.join(map(str, rows[:SHOWN]))}" for sentence, rows in _findings() if rows]


def _findings():
    orders = DuesOrder.objects.with_received()
    numbers = orders.order_by("pk").values_list("number", flat=True)
    yield (
        "paid orders whose payments differ from their amount",
        list(numbers.filter(state=OrderState.PAID).exclude(received=F("amount"))),
    )
    yield (
        "open orders with as much money as they need, or more",
        list(numbers.filter(state__in=OPEN, received__gte=F("amount"))),
    )
    yield (
        "orders that hold money and are closed",
        list(
            numbers.filter(state__in=[OrderState.CANCELLED, OrderState.EXPIRED, OrderState.REVERSED]).exclude(
                received=0
            )
        ),
    )
    yield "orders whose years do not add up to their amount or are not contiguous", _uneven_orders()
    yield "paid orders whose years are not paid years", _years_missing()
    unpaid = PaidYear.objects.standing().exclude(order=None).exclude(order__state=OrderState.PAID)
    yield "years that stand though their order is not paid", list(unpaid.values_list("pk", flat=True))
    yield (
        "units with several open orders",
        list(DuesOrder.objects.open().order_by().values_list("unit").annotate(n=Count("pk")).filter(n__gt=1)),
    )
    yield "credits of the bank that are booked beyond their amount, or not as their state says", _uneven_entries()
    standing = Invoice.objects.standing().order_by("pk").values_list("serial", flat=True)
    yield "invoices that stand for another amount than their order", list(standing.exclude(amount=F("order__amount")))
    yield (
        "invoices that stand for orders that were never paid",
        list(standing.exclude(order__state__in=[OrderState.PAID, OrderState.REVERSED])),
    )
    yield "years in which the numbers of invoices have gaps", _years_with_gaps()


def _uneven_orders():
    sums = {}
    for order, year, price in OrderYear.objects.order_by("order", "year").values_list("order", "year", "price"):
        sums.setdefault(order, []).append((year, price))
    wrong = []
    facts = DuesOrder.objects.values_list("pk", "number", "first_year", "years", "amount")
    for key, number, first, years, amount in facts:
        lines = sums.get(key, [])
        if [year for year, _price in lines] != list(range(first, first + years)) or sum(p for _y, p in lines) != amount:
            wrong.append(number)
    return wrong


def _years_missing():
    found = DuesOrder.objects.paid().annotate(
        n=Count("paid_years", filter=Q(paid_years__ended_at=None)),
        least=Min("paid_years__year", filter=Q(paid_years__ended_at=None)),
        most=Max("paid_years__year", filter=Q(paid_years__ended_at=None)),
    )
    right = Q(n=F("years"), least=F("first_year"), most=F("first_year") + F("years") - 1)
    return list(found.exclude(right).values_list("number", flat=True))


def _uneven_entries():
    entries = BankEntry.objects.with_booked()
    wrong = (
        Q(booked__gt=F("amount"))
        | ~Q(state=EntryState.MATCHED) & Q(booked=F("amount"))
        | Q(state=EntryState.MATCHED) & ~Q(booked=F("amount"))
        | Q(state__in=[EntryState.UNMATCHED, EntryState.SUGGESTED]) & ~Q(booked=0)
    )
    return list(entries.filter(wrong).values_list("pk", flat=True))


def _years_with_gaps():
    """Serials are KP2026000001, KP2026000002 and so on, as many as the series has given."""
    by_year = Invoice.objects.order_by().values_list(Substr("serial", 3, 4))
    found = {year: facts for year, *facts in by_year.annotate(Min("serial"), Max("serial"), Count("pk"))}
    given = NumberSeries.objects.filter(series=Series.INVOICE, last__gt=0).values_list("year", "last")
    wanted = {str(year): [f"KP{year}000001", f"KP{year}{last:06d}", last] for year, last in given}
    return sorted(year for year in found.keys() | wanted.keys() if found.get(year) != wanted.get(year))
