"""退款: what no order took of a credit, or what was taken back of a payment, goes back; never more than is there."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from membership.audit.models import AuditEntry
from membership.dues import actions, collection, invariants
from membership.dues.models import BankEntry, Payment, Refund
from membership.messaging.models import OutboundMessage
from tests.files import upload
from tests.membership.dues.bank import entry
from tests.membership.dues.conftest import back, pay, place, refused_with, resolution

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-06-10T12:00:00+08:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def surplus(ours, desk):
    """5000 yuan came, the order took 2000: 3000 are left on the desk."""
    order = place(ours.unit, ours.clerk)
    credit = entry(desk.finance, "5000.00", "会费", ours.unit.name)
    actions.assign(credit, [(order, Decimal(2000))], by=desk.finance, rest=Decimal(5000))
    return order, credit


@pytest.fixture
def reversed_by_hand(ours, desk):
    order = place(ours.unit, ours.clerk)
    pay(order, desk.finance)
    actions.reverse_payments(order, by=desk.finance, reason="退会")
    return order, order.payments.get(amount__gt=0)


def refund_credit(credit, amount, by, rest, **facts):
    order = facts.pop("order", None)
    return actions.refund_credit(credit, back(amount, **facts), by=by, rest=Decimal(rest), order=order)


def test_a_surplus_goes_back_in_parts_and_the_sums_stay_even(surplus, ours, desk):
    order, credit = surplus
    refund = refund_credit(credit, "1000.10", desk.finance, 3000, order=order)
    assert (credit.state, credit.ground, refund.order, refund.amount) == (
        "mismatch",
        "part_refunded",
        order,
        Decimal("1000.10"),
    )
    refund_credit(credit, "1999.90", desk.colleague, "1999.90", order=order, document=resolution())
    assert (credit.state, credit.ground) == ("refunded", "refunded")
    balance = BankEntry.objects.all().balance()
    assert (balance.credits, balance.booked, balance.refunded, balance.on_desk, balance.is_even) == (
        5000,
        2000,
        3000,
        0,
        True,
    )
    assert collection.refunds(2026) == {date(2026, 6, 1): Decimal(3000)}
    assert invariants.broken() == []
    record = AuditEntry.objects.filter(verb="dues.refund").latest("pk")
    assert (record.actor, record.unit_id, record.after) == (desk.colleague, ours.unit.pk, {"amount": "1999.90"})
    messages = OutboundMessage.objects.filter(template="dues_refunded")
    assert [message.variables["amount"] for message in messages.order_by("pk")] == ["1000.10", "1999.90"]
    assert {message.recipient for message in messages} == {str(ours.clerk.phone)}


def test_what_is_left_after_a_part_went_back_can_still_be_booked(surplus, outsider, desk):
    _order, credit = surplus
    refund_credit(credit, 1000, desk.finance, 3000)
    other = place(outsider.unit, outsider.clerk)
    refused_with("stale", lambda: actions.assign(credit, [(other, Decimal(2000))], by=desk.finance, rest=Decimal(3000)))
    actions.assign(credit, [(other, Decimal(2000))], by=desk.finance, rest=Decimal(2000))
    assert (credit.state, invariants.broken()) == ("matched", [])
    actions.reverse_payments(other, by=desk.finance, reason="退汇")
    credit.refresh_from_db()
    assert (credit.state, BankEntry.objects.with_booked().get().rest, invariants.broken()) == ("mismatch", 2000, [])


def test_a_credit_of_which_a_part_went_back_is_not_matched_anew(ours, desk):
    credit = entry(desk.finance, "2000.00", "会费", "某公司")
    refund_credit(credit, 500, desk.finance, 2000)
    order = place(ours.unit, ours.clerk, payer_name="某公司")
    actions.retry_matching(by=desk.finance)
    credit.refresh_from_db()
    assert (credit.state, credit.suggestion, order.payments.count()) == ("mismatch", None, 0)
    assert invariants.broken() == []


@pytest.mark.parametrize(
    ("code", "amount", "facts"),
    [
        ("too_much", "3000.01", {}),
        ("too_much", "0", {}),
        ("too_much", "-1", {}),
        ("too_early", "1", {"paid_on": date(2026, 5, 31)}),
        ("no_words", "1", {"reason": "  "}),
        ("no_words", "1", {"payee": " "}),
    ],
)
def test_refunds_that_are_refused(surplus, desk, code, amount, facts):
    _order, credit = surplus
    refused_with(code, lambda: refund_credit(credit, amount, desk.finance, 3000, **facts))
    refused_with("stale", lambda: refund_credit(credit, 1, desk.finance, 2999))


@pytest.mark.parametrize("state", ["matched", "discarded", "refunded"])
def test_only_what_lies_on_the_desk_goes_back(ours, desk, state):
    credit = entry(desk.finance, "2000.00", "会费", "某公司")
    if state == "matched":
        actions.assign(credit, [(place(ours.unit, ours.clerk), Decimal(2000))], by=desk.finance, rest=Decimal(2000))
    elif state == "discarded":
        actions.discard(credit, by=desk.finance, reason="非会费", rest=Decimal(2000))
    else:
        refund_credit(credit, 2000, desk.finance, 2000)
    assert credit.state == state
    refused_with("stale", lambda: refund_credit(credit, 1, desk.finance, 2000))


def test_what_was_taken_back_by_hand_goes_back_once(reversed_by_hand, ours, desk):
    order, payment = reversed_by_hand
    actions.refund_payment(payment, back(500), by=desk.finance, left=Decimal(2000))
    refused_with("stale", lambda: actions.refund_payment(payment, back(500), by=desk.finance, left=Decimal(2000)))
    refused_with("too_much", lambda: actions.refund_payment(payment, back(1501), by=desk.finance, left=Decimal(1500)))
    actions.refund_payment(payment, back(1500), by=desk.finance, left=Decimal(1500))
    assert (order.refunds.total(), payment.refunds.total(), invariants.broken()) == (2000, 2000, [])
    assert OutboundMessage.objects.filter(template="dues_refunded").count() == 2


def test_money_that_stands_or_came_by_a_statement_is_not_refunded_as_a_payment(surplus, outsider, desk):
    by_statement, _credit = surplus
    actions.reverse_payments(by_statement, by=desk.finance, reason="退会")
    stands = place(outsider.unit, outsider.clerk)
    pay(stands, desk.finance)
    for order in (by_statement, stands):
        payment = order.payments.filter(amount__gt=0).get()
        for each in (payment, order.payments.latest("pk")):
            refused_with(
                "not_taken_back",
                lambda row=each: actions.refund_payment(row, back(1), by=desk.finance, left=Decimal(2000)),
            )


def test_a_refund_recorded_by_mistake_is_taken_back_by_a_counter_entry(surplus, reversed_by_hand, desk):
    order, credit = surplus
    refund = refund_credit(credit, 3000, desk.finance, 3000, order=order)
    refused_with("no_words", lambda: actions.take_back_refund(refund, by=desk.finance, reason=" "))
    counter = actions.take_back_refund(refund, by=desk.colleague, reason="录入有误")
    credit.refresh_from_db()
    assert (counter.amount, counter.reverses, credit.state) == (-3000, refund, "mismatch")
    for row in (refund, counter):
        refused_with("stale", lambda each=row: actions.take_back_refund(each, by=desk.finance, reason="再次"))
    hand_order, payment = reversed_by_hand
    refund = actions.refund_payment(payment, back(2000), by=desk.finance, left=Decimal(2000))
    actions.take_back_refund(refund, by=desk.finance, reason="录入有误")
    actions.refund_payment(payment, back(2000), by=desk.finance, left=Decimal(2000))
    assert (hand_order.refunds.total(), invariants.broken()) == (2000, [])
    assert AuditEntry.objects.filter(verb="dues.take_back_refund").count() == 2


def test_only_finance_and_administrators_refund(surplus, reversed_by_hand, ours, desk):
    _order, credit = surplus
    _hand, payment = reversed_by_hand
    refund = refund_credit(credit, 1, desk.administrator, 3000)
    for person in (ours.clerk, desk.secretary_general, desk.reviewer, desk.editor):
        for call in (
            lambda by=person: refund_credit(credit, 1, by, 2999),
            lambda by=person: actions.refund_payment(payment, back(1), by=by, left=Decimal(2000)),
            lambda by=person: actions.take_back_refund(refund, by=by, reason="x"),
        ):
            with pytest.raises(PermissionDenied):
                call()
    assert Refund.objects.count() == 1


def test_a_refund_is_seen_by_its_unit_and_by_readers_of_the_books(surplus, ours, outsider, desk):
    order, credit = surplus
    refund = refund_credit(credit, 1, desk.finance, 3000, order=order)
    of_a_stranger = refund_credit(credit, 1, desk.finance, 2999)
    assert list(Refund.objects.for_user(ours.clerk)) == [refund]
    assert list(Refund.objects.for_user(outsider.clerk)) == list(Refund.objects.for_user(desk.editor)) == []
    assert list(Refund.objects.for_user(desk.secretary_general)) == [refund, of_a_stranger]


def test_a_document_that_is_no_document_leaves_nothing_behind(surplus, desk):
    _order, credit = surplus
    with pytest.raises(ValidationError):
        refund_credit(credit, 1, desk.finance, 3000, document=upload("回单.pdf", b"no pdf"))
    refused_with("too_much", lambda: refund_credit(credit, 3001, desk.finance, 3000, document=resolution()))
    assert not Refund.objects.exists()


def test_no_refund_without_its_record(surplus, desk, monkeypatch):
    _order, credit = surplus

    def breaks(*args, **kwargs):
        raise RuntimeError("the audit trail cannot be written")

    monkeypatch.setattr("membership.dues.actions.refunds.record", breaks)
    with pytest.raises(RuntimeError):
        refund_credit(credit, 1, desk.finance, 3000)
    credit.refresh_from_db()
    assert (credit.state, Refund.objects.count()) == ("mismatch", 0)
    assert BankEntry.objects.with_booked().get().rest == 3000


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": -1},
        {"payment": True},
        {"entry": None},
        {"reason": ""},
        {"payee": ""},
    ],
)
def test_the_database_refuses_what_is_no_refund(surplus, reversed_by_hand, desk, changes):
    _order, credit = surplus
    _hand, payment = reversed_by_hand
    facts = {"entry": credit, "amount": 1, "paid_on": date(2026, 6, 2), "payee": "甲", "reason": "乙"}
    Refund.objects.create(recorded_by=desk.finance, **facts)
    changes = changes | ({"payment": payment} if "payment" in changes else {})
    with pytest.raises(IntegrityError), transaction.atomic():
        Refund.objects.create(recorded_by=desk.finance, **(facts | changes))


def test_broken_refunds_are_named(surplus, reversed_by_hand, desk):
    order, credit = surplus
    _hand, payment = reversed_by_hand
    refund = refund_credit(credit, 3000, desk.finance, 3000, order=order)
    Refund.objects.filter(pk=refund.pk).update(amount=3001)
    assert [line.split(":")[0] for line in invariants.broken()] == [
        "credits of the bank that are booked beyond their amount, or not as their state says",
        "credits of the bank in a state whose sums do not add up",
    ]
    Refund.objects.filter(pk=refund.pk).update(amount=3000)
    given = actions.refund_payment(payment, back(2000), by=desk.finance, left=Decimal(2000))
    assert invariants.broken() == []
    Refund.objects.filter(pk=given.pk).update(amount=2001)
    assert invariants.broken() == [f"refunds of payments beyond what was taken back: {payment.pk}"]
    Refund.objects.filter(pk=given.pk).update(amount=2000)
    Payment.objects.filter(reverses=payment).delete()
    assert f"refunds of payments beyond what was taken back: {payment.pk}" in invariants.broken()
