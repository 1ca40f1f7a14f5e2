"""The desk: what a person decides about a credit, and what stays as it was when it may not be."""

import random
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied

from membership.audit.models import AuditEntry
from membership.dues import actions
from membership.dues.models import BankEntry, DuesOrder, Payment, Refund
from membership.dues.states import EntryState
from membership.exceptions import Refusal
from tests.factories import UnitFactory, clerk
from tests.membership.dues.bank import DAY, booked, entry, even, row
from tests.membership.dues.conftest import back, pay, place, refused_with, snapshot, years_of

pytestmark = pytest.mark.django_db
TWO_THOUSAND = Decimal("2000.00")


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-06-01T12:00:00+08:00", tick=False) as traveller:
        yield traveller


def left(credit):
    return BankEntry.objects.with_booked().get(pk=credit.pk).rest


def assign(credit, by, *parts):
    """[(order, yuan)] for what is left of the credit."""
    return actions.assign(credit, [(order, Decimal(yuan)) for order, yuan in parts], by=by, rest=left(credit))


# --- Accept and assign ----------------------------------------------------------------------------------------------
def test_suggestion_is_accepted_with_one_record(ours, desk):
    order = place(ours.unit, ours.clerk)
    credit = entry(desk.finance, payer=order.payer_name)
    assert (credit.state, credit.suggestion) == ("suggested", order)
    records = AuditEntry.objects.count()
    actions.accept(credit, by=desk.finance, order=order, yuan=TWO_THOUSAND, rest=TWO_THOUSAND)
    assert (credit.state, credit.ground, credit.decided_by) == ("matched", "by_hand", desk.finance)
    assert (years_of(ours.unit), AuditEntry.objects.count()) == ([2026], records + 1)
    assert Payment.objects.get().entry == credit
    even()


def test_suggestion_that_has_changed_is_not_accepted(ours, outsider, desk):
    order, other = place(ours.unit, ours.clerk), place(outsider.unit, outsider.clerk)
    credit = entry(desk.finance, payer=order.payer_name)
    accept = {"by": desk.finance, "yuan": TWO_THOUSAND, "rest": TWO_THOUSAND}
    refused_with("stale", lambda: actions.accept(credit, order=other, **accept))
    pay(order, desk.colleague, Decimal(1))
    refused_with("too_much", lambda: actions.accept(credit, order=order, **accept))
    pay(order, desk.colleague, Decimal(1999))
    refused_with("not_open", lambda: actions.accept(credit, order=order, **accept))
    even()


def test_transfer_without_any_likeness_is_assigned_by_hand(ours, desk):
    order = place(ours.unit, ours.clerk)
    credit = entry(desk.finance, payer="某总公司")
    assert assign(credit, desk.finance, (order, 2000)) == [order.pk]
    assert (credit.state, years_of(ours.unit)) == ("matched", [2026])
    even()


def test_one_transfer_pays_two_orders(ours, outsider, desk):
    order, other = place(ours.unit, ours.clerk), place(outsider.unit, outsider.clerk)
    credit = entry(desk.finance, "4000.00", memo=f"{order.remittance_code} {other.remittance_code}")
    assert (credit.state, credit.ground) == ("unmatched", "several_codes")
    assign(credit, desk.finance, (order, 2000), (other, 2000))
    assert (credit.state, years_of(ours.unit), years_of(outsider.unit)) == ("matched", [2026], [2026])
    even()


def test_part_payment_leaves_the_order_open_and_the_second_part_pays_it(ours, desk):
    order = place(ours.unit, ours.clerk)
    first = entry(desk.finance, "800.00", memo=order.remittance_code)
    assert first.state == "mismatch"
    assign(first, desk.finance, (order, 800))
    order.refresh_from_db()
    assert (first.state, order.state) == ("matched", "awaiting_payment")
    second = entry(desk.finance, "1200.00", memo=order.remittance_code, day="2026-06-05")
    order.refresh_from_db()
    assert (second.state, order.state, order.paid_on) == ("matched", "paid", date(2026, 6, 5))
    even()


def test_over_payment_leaves_the_rest_until_it_is_set_aside_with_a_reason(ours, desk):
    order = place(ours.unit, ours.clerk)
    credit = entry(desk.finance, "2500.00", memo=order.remittance_code)
    refused_with("too_much", lambda: assign(credit, desk.finance, (order, 2500)))
    assign(credit, desk.finance, (order, 2000))
    assert (credit.state, credit.ground, left(credit)) == ("mismatch", "part", Decimal("500.00"))
    refused_with("no_words", lambda: actions.discard(credit, by=desk.finance, reason=" ", rest=Decimal(500)))
    actions.discard(credit, by=desk.finance, reason="多付退款", rest=Decimal(500))
    assert (credit.state, credit.reason) == ("discarded", "多付退款")
    balance = even()
    assert (balance.booked, balance.on_desk, balance.discarded) == (TWO_THOUSAND, Decimal(0), Decimal(500))


@pytest.mark.parametrize("yuan", ["2000.01", "0", "-1"])
def test_amounts_that_cannot_be_assigned(ours, desk, yuan):
    order = place(ours.unit, ours.clerk, years=2)
    credit = entry(desk.finance)
    refused_with(
        "too_much_of_entry" if Decimal(yuan) > 0 else "too_much", lambda: assign(credit, desk.finance, (order, yuan))
    )
    refused_with("too_much_of_entry", lambda: assign(credit, desk.finance))


def test_sight_that_is_out_of_date_decides_nothing(ours, outsider, desk):
    order, other = place(ours.unit, ours.clerk), place(outsider.unit, outsider.clerk)
    credit = entry(desk.finance)
    seen = BankEntry.objects.get(pk=credit.pk)
    assign(credit, desk.finance, (order, 500))
    stale = {"by": desk.colleague, "rest": TWO_THOUSAND}
    refused_with("stale", lambda: actions.assign(seen, [(other, TWO_THOUSAND)], **stale))
    refused_with("stale", lambda: actions.discard(seen, reason="x", **stale))
    actions.discard(credit, by=desk.finance, reason="x", rest=Decimal(1500))
    refused_with("stale", lambda: actions.assign(seen, [(other, Decimal(1))], by=desk.colleague, rest=Decimal(1500)))
    even()


def test_order_that_is_over_takes_no_money(ours, desk):
    order = place(ours.unit, ours.clerk)
    actions.cancel_order(order, by=ours.clerk)
    credit = entry(desk.finance)
    refused_with("not_open", lambda: assign(credit, desk.finance, (order, 2000)))


# --- Back -----------------------------------------------------------------------------------------------------------
def test_what_was_set_aside_comes_back_whole_or_in_part(ours, desk):
    order = place(ours.unit, ours.clerk)
    whole, part = entry(desk.finance, serial="1"), entry(desk.finance, "2500.00", serial="2")
    refused_with("stale", lambda: actions.restore(whole, by=desk.finance))
    actions.discard(whole, by=desk.finance, reason="利息", rest=TWO_THOUSAND)
    assign(part, desk.finance, (order, 2000))
    actions.discard(part, by=desk.finance, reason="多付退款", rest=Decimal(500))
    for credit in (whole, part):
        actions.restore(credit, by=desk.colleague)
    assert [(c.state, c.ground, c.reason) for c in (whole, part)] == [
        ("unmatched", "back_on_desk", ""),
        ("mismatch", "part", ""),
    ]
    assert even().on_desk == Decimal("2500.00")


def test_reversal_puts_the_credit_back_on_the_desk(ours, desk):
    order = place(ours.unit, ours.clerk)
    credit = entry(desk.finance, memo=order.remittance_code)
    actions.reverse_payments(order, by=desk.finance, reason="记错单位")
    credit.refresh_from_db()
    assert (credit.state, credit.ground, years_of(ours.unit)) == ("unmatched", "taken_back", [])
    assert even().on_desk == TWO_THOUSAND
    assign(credit, desk.finance, (place(ours.unit, ours.clerk), 2000))
    assert years_of(ours.unit) == [2026]
    even()


def test_reversal_of_one_of_two_orders_leaves_the_other_booked(ours, outsider, desk):
    order, other = place(ours.unit, ours.clerk), place(outsider.unit, outsider.clerk)
    credit = entry(desk.finance, "4000.00")
    assign(credit, desk.finance, (order, 2000), (other, 2000))
    actions.reverse_payments(order, by=desk.finance, reason="记错单位")
    credit.refresh_from_db()
    assert (credit.state, left(credit), years_of(outsider.unit)) == ("mismatch", TWO_THOUSAND, [2026])
    even()
    actions.reverse_payments(other, by=desk.finance, reason="记错单位")
    credit.refresh_from_db()
    assert (credit.state, left(credit)) == ("unmatched", Decimal(4000))
    even()


def test_reversal_after_the_rest_was_set_aside_brings_all_of_it_back(ours, desk):
    order = place(ours.unit, ours.clerk)
    credit = entry(desk.finance, "2500.00")
    assign(credit, desk.finance, (order, 2000))
    actions.discard(credit, by=desk.finance, reason="多付退款", rest=Decimal(500))
    actions.reverse_payments(order, by=desk.finance, reason="记错单位")
    credit.refresh_from_db()
    assert (credit.state, credit.reason, left(credit)) == ("unmatched", "", Decimal(2500))
    even()


# --- Again ----------------------------------------------------------------------------------------------------------
def test_matching_again_books_and_suggests_what_was_ordered_since(ours, outsider, desk):
    money = entry(desk.finance, payer=outsider.unit.name)
    assert money.ground == "nothing"
    order = place(ours.unit, ours.clerk)
    waiting = entry(desk.finance, memo=order.remittance_code, amount="1500.00", serial="2")
    part = entry(desk.finance, "2500.00", serial="3")
    place(outsider.unit, outsider.clerk)
    assign(part, desk.finance, (order, 500))
    came = actions.retry_matching(by=desk.finance)
    assert (came[EntryState.MATCHED], came[EntryState.SUGGESTED]) == (1, 1)
    for credit in (money, waiting, part):
        credit.refresh_from_db()
    assert [c.state for c in (money, waiting, part)] == ["suggested", "matched", "mismatch"]
    assert AuditEntry.objects.filter(verb="dues.retry_matching").count() == 2
    before = snapshot()
    assert not any(actions.retry_matching(by=desk.finance).values())
    assert snapshot() == before
    even()


def test_matching_again_withdraws_a_suggestion_whose_order_is_gone(ours, desk):
    order = place(ours.unit, ours.clerk)
    credit = entry(desk.finance, payer=order.payer_name)
    actions.cancel_order(order, by=ours.clerk)
    actions.retry_matching(by=desk.finance)
    credit.refresh_from_db()
    assert (credit.state, credit.ground, credit.suggestion) == ("unmatched", "nothing", None)


# --- Who ------------------------------------------------------------------------------------------------------------
def test_only_finance_and_administrators_decide(ours, desk):
    order = place(ours.unit, ours.clerk)
    credit, gone = entry(desk.finance, payer=order.payer_name), entry(desk.finance, "5.00")
    actions.discard(gone, by=desk.finance, reason="x", rest=Decimal(5))
    before = snapshot()
    seen = {"rest": TWO_THOUSAND}
    for person in (desk.secretary_general, desk.reviewer, desk.editor, ours.clerk):
        for call in (
            lambda by=person: actions.assign(credit, [(order, TWO_THOUSAND)], by=by, **seen),
            lambda by=person: actions.accept(credit, by=by, order=order, yuan=TWO_THOUSAND, **seen),
            lambda by=person: actions.discard(credit, by=by, reason="x", **seen),
            lambda by=person: actions.restore(gone, by=by),
            lambda by=person: actions.comment_on(credit, "x", by=by, shown=""),
            lambda by=person: actions.retry_matching(by=by),
        ):
            with pytest.raises(PermissionDenied):
                call()
    assert snapshot() == before


# --- Comments -------------------------------------------------------------------------------------------------------
def test_a_comment_takes_the_place_of_the_one_that_was_seen(ours, desk):
    credit = entry(desk.finance)
    actions.comment_on(credit, " 已致电，总公司代付 ", by=desk.finance, shown="")
    assert (credit.comment, credit.state) == ("已致电，总公司代付", "unmatched")
    record = AuditEntry.objects.get(verb="dues.comment_on_entry")
    assert (record.actor, record.object_id, record.after) == (desk.finance, str(credit.pk), {"letters": 9})
    refused_with("stale", lambda: actions.comment_on(credit, "另有说法", by=desk.colleague, shown=""))
    before = snapshot()
    actions.comment_on(credit, "已致电，总公司代付", by=desk.colleague, shown="已致电，总公司代付")
    assert snapshot() == before
    actions.comment_on(credit, "", by=desk.colleague, shown="已致电，总公司代付")
    assert BankEntry.objects.get().comment == ""


def test_a_comment_decides_nothing_and_stays_when_something_is_decided(ours, desk):
    order = place(ours.unit, ours.clerk)
    credit = entry(desk.finance, payer=order.payer_name)
    actions.comment_on(credit, "待核对", by=desk.colleague, shown="")
    actions.accept(credit, by=desk.finance, order=order, yuan=TWO_THOUSAND, rest=TWO_THOUSAND)
    assert (credit.state, credit.comment) == ("matched", "待核对")
    even()


# --- Any sequence ---------------------------------------------------------------------------------------------------
class Walk:
    """A person at the desk who does whatever is possible, chosen by a seed."""

    def __init__(self, seed, by):
        self.chance, self.by, self.serial = random.Random(seed), by, 0
        units = [UnitFactory(certified=True, joined_on=date(2020, 5, 1)) for _n in range(4)]
        self.clerks = [(unit, clerk(unit)) for unit in units]

    def step(self):
        verb = self.chance.choice(
            [self.order, self.money, self.money, self.assign, self.assign, self.discard, self.restore, self.reverse,
             self.retry, self.cancel, self.refund, self.unrefund]
        )  # fmt: skip
        try:
            verb()
        except Refusal as refusal:
            return f"{verb.__name__}: {refusal.code}"
        return verb.__name__

    def one(self, rows):
        rows = list(rows.order_by("pk"))
        return self.chance.choice(rows) if rows else None

    def order(self):
        unit, person = self.chance.choice(self.clerks)
        place(unit, person, years=1)

    def money(self):
        self.serial += 1
        order = self.one(DuesOrder.objects.all())
        memo = order.remittance_code if order and self.chance.random() < 0.6 else ""
        yuan = self.chance.choice(["2000.00", "2000.00", "700.35", "4000.00", "0.01"])
        booked(self.by, row(yuan, memo=memo, serial=f"W{self.serial}", payer=self.chance.choice(self.clerks)[0].name))

    def assign(self):
        credit = self.one(BankEntry.objects.on_desk())
        orders = list(DuesOrder.objects.open().order_by("pk"))
        if credit and orders:
            chosen = self.chance.sample(orders, k=min(len(orders), self.chance.choice([1, 1, 2])))
            share = min(left(credit) / len(chosen), Decimal(2000)).quantize(Decimal("0.01"))
            assign(credit, self.by, *((order, share) for order in chosen))

    def discard(self):
        credit = self.one(BankEntry.objects.on_desk())
        if credit:
            actions.discard(credit, by=self.by, reason="多付退款", rest=left(credit))

    def refund(self):
        credit = self.one(BankEntry.objects.on_desk())
        if credit:
            yuan = min(left(credit), Decimal(self.chance.choice(["0.01", "300.35", "9999"])))
            actions.refund_credit(credit, back(yuan, paid_on=DAY), by=self.by, rest=left(credit))

    def unrefund(self):
        refund = self.one(Refund.objects.standing())
        if refund:
            actions.take_back_refund(refund, by=self.by, reason="记错")

    def restore(self):
        credit = self.one(BankEntry.objects.filter(state=EntryState.DISCARDED))
        if credit:
            actions.restore(credit, by=self.by)

    def reverse(self):
        order = self.one(DuesOrder.objects.filter(payments__isnull=False).distinct())
        if order:
            actions.reverse_payments(order, by=self.by, reason="冲正")

    def cancel(self):
        order = self.one(DuesOrder.objects.open())
        if order:
            actions.cancel_order(order, by=self.by, reason="x")

    def retry(self):
        actions.retry_matching(by=self.by)


@pytest.mark.parametrize("seed", range(5))
def test_sums_agree_to_the_fen_after_any_sequence_of_verbs(desk, seed):
    walk = Walk(seed, desk.finance)
    done = []
    for _step in range(40):
        done.append(walk.step())
        balance = even()
        assert balance.credits == balance.booked + balance.on_desk + balance.discarded + balance.refunded, done
    assert BankEntry.objects.exists(), done
