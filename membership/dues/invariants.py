"""What must hold in the books at any moment; each check names the rows that break it."""

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q
from django.db.models.functions import Round, Substr

from membership.dues.models import (
    BankEntry,
    DuesOrder,
    DuesWaiver,
    Invoice,
    NumberSeries,
    OrderYear,
    PaidYear,
    Payment,
    Refund,
)
from membership.dues.models.numbers import Series
from membership.dues.models.sums import NIL, sum_of
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
    yield "credits of the bank in a state whose sums do not add up", _uneven_balance()
    yield "refunds of payments beyond what was taken back", _uneven_refunds()
    yield "counter-entries of refunds over another amount", _uneven_counter_entries()
    yield "waived years that stand otherwise than their waiver", _uneven_waivers()
    yield "open orders for a year that is waived", _waived_and_ordered()
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
    settled = Q(state__in=[EntryState.MATCHED, EntryState.REFUNDED])
    entries = BankEntry.objects.with_booked().annotate(gone=Round(F("booked") + F("refunded"), precision=2))
    wrong = (
        Q(gone__gt=F("amount"))
        | Q(booked__lt=0)
        | Q(refunded__lt=0)
        | ~settled & Q(gone=F("amount"))
        | settled & ~Q(gone=F("amount"))
        | Q(state=EntryState.MATCHED, booked=0)
        | Q(state=EntryState.REFUNDED, refunded=0)
        | Q(state__in=[EntryState.UNMATCHED, EntryState.SUGGESTED]) & ~Q(gone=0)
    )
    return list(entries.filter(wrong).values_list("pk", flat=True))


def _uneven_balance():
    """In = booked + on the desk + set aside + refunded, to the fen."""
    balance = BankEntry.objects.all().balance()
    return [] if balance.is_even else [balance]


def _uneven_refunds():
    """Of a payment no more goes back than was taken back of it."""
    found = Payment.objects.exclude(refunds=None).annotate(back=sum_of("refunds__amount"))
    standing = found.exclude(back=0).filter(reversal=None)
    beyond = found.filter(Q(back__gt=F("amount")) | Q(back__lt=0))
    return sorted({*standing.values_list("pk", flat=True), *beyond.values_list("pk", flat=True)})


def _uneven_counter_entries():
    rows = Refund.objects.exclude(reverses=None).values_list("pk", "amount", "reverses__amount")
    return [pk for pk, amount, taken_back in rows if amount + taken_back != NIL]


def _uneven_waivers():
    ended, standing = Q(ended_at__isnull=False), Q(ended_at=None)
    years = PaidYear.objects.waived()
    wrong = years.filter(ended & Q(waiver__ended_at=None) | standing & Q(waiver__ended_at__isnull=False))
    empty = DuesWaiver.objects.filter(paid_years=None)
    return [*wrong.values_list("pk", flat=True), *empty.values_list("pk", flat=True)]


def _waived_and_ordered():
    waived = PaidYear.objects.standing().waived().filter(unit=OuterRef("order__unit"), year=OuterRef("year"))
    lines = OrderYear.objects.filter(Exists(waived), order__state__in=OPEN)
    return sorted(set(lines.values_list("order__number", flat=True)))


def _years_with_gaps():
    """Serials are KP2026000001, KP2026000002 and so on, as many as the series has given."""
    by_year = Invoice.objects.order_by().values_list(Substr("serial", 3, 4))
    found = {year: facts for year, *facts in by_year.annotate(Min("serial"), Max("serial"), Count("pk"))}
    given = NumberSeries.objects.filter(series=Series.INVOICE, last__gt=0).values_list("year", "last")
    wanted = {str(year): [f"KP{year}000001", f"KP{year}{last:06d}", last] for year, last in given}
    return sorted(year for year in found.keys() | wanted.keys() if found.get(year) != wanted.get(year))
