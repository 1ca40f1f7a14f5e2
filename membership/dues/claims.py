"""What is read from the books before credits are matched: the open orders, those that a note names, known accounts."""

from django.db.models import Exists, OuterRef, Sum

from membership.dues.codes import codes_in
from membership.dues.matching import Claim, Money, match, name_key
from membership.dues.models import BankEntry, DuesOrder, OrderYear, PaidYear, Payment
from membership.dues.states import OPEN, EntryState

FACTS = ("pk", "number", "remittance_code", "state", "amount", "unit_id", "unit__name", "payer_name")


def verdicts(credits, *, lock=False):
    """{key: Verdict} of these credits (rows of a file or BankEntries, told apart by `row` or pk).

    A constant number of queries. With `lock`, inside a transaction, the open orders that a note names stay as they are
    until its end, so that what is to be booked can be booked.
    """
    money = [_money(credit) for credit in credits]
    codes = {code for credit in money for code in codes_in(credit.memo)}
    if lock:
        named = DuesOrder.objects.select_for_update().filter(remittance_code__in=codes).order_by("pk")
        list(named.values_list("pk"))
    mine = [credit.pk for credit in credits if isinstance(credit, BankEntry)]
    others = BankEntry.objects.filter(state=EntryState.SUGGESTED).exclude(pk__in=mine)
    suggested = others.values_list("suggestion_id", flat=True)
    accounts = {credit.payer_account for credit in money} - {""}
    return match(money, _claims(codes), payers=_payers(accounts), suggested=suggested)


def _money(credit):
    key = credit.pk if isinstance(credit, BankEntry) else credit.row
    return Money(key, credit.amount, credit.payer_name, credit.payer_account, credit.memo)


def _claims(codes):
    open_orders = DuesOrder.objects.open()
    received = dict(
        Payment.objects.filter(order__state__in=OPEN).order_by().values_list("order").annotate(Sum("amount"))
    )
    paid = PaidYear.objects.standing().filter(unit=OuterRef("order__unit"), year=OuterRef("year"))
    clashing = OrderYear.objects.order_by().filter(Exists(paid), order__state__in=OPEN)
    year_paid = set(clashing.values_list("order", flat=True))
    closed = DuesOrder.objects.filter(remittance_code__in=codes).exclude(state__in=OPEN)
    rows = [*open_orders.order_by().values_list(*FACTS), *closed.order_by().values_list(*FACTS)]
    return [
        Claim(
            pk=pk,
            number=number,
            code=code,
            state=state,
            missing=amount - received.get(pk, 0),
            unit_id=unit,
            names=frozenset({name_key(name), name_key(payer)} - {""}),
            year_paid=pk in year_paid,
        )
        for pk, number, code, state, amount, unit, name, payer in rows
    ]


def _payers(accounts):
    """{account: {unit ids}} of money that stands in the books."""
    known = Payment.objects.standing().filter(entry__payer_account__in=accounts).order_by()
    payers = {}
    for account, unit in known.values_list("entry__payer_account", "order__unit_id").distinct():
        payers.setdefault(account, set()).add(unit)
    return payers
