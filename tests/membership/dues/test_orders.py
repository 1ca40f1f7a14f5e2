"""Orders: what may be ordered at which price, one open order, cancelling and expiry."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.dues import actions, invariants
from membership.dues.models import BillingProfile, DuesOrder, DuesSettings
from membership.dues.standing import Account
from membership.units.models import Level
from tests.factories import document
from tests.membership.dues.conftest import billing, pay, place, refused_with, set_standard, years_of

NOON = "2026-06-01T12:00:00+08:00"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def covered(unit):
    return [[year for year, _price in choice.lines] for choice in Account(unit).choices]


def test_an_order_freezes_years_prices_level_and_a_code(ours, outsider):
    order = place(ours.unit, ours.clerk, years=3)
    assert (order.number, order.state, order.level.slug) == ("DD2026000001", "awaiting_payment", "ordinary")
    assert list(order.lines.values_list("year", "price")) == [(y, Decimal(2000)) for y in (2026, 2027, 2028)]
    assert (order.amount, order.period) == (Decimal(6000), "2026-01-01 ～ 2028-12-31")
    assert order.amount_in_words == "陆仟元整"
    assert order.pay_by == date(2026, 7, 1)
    entry = AuditEntry.objects.get(verb="dues.place_order")
    assert (entry.actor, entry.unit_id, entry.object_id) == (ours.clerk, ours.unit.pk, str(order.pk))
    assert BillingProfile.objects.get().unit == ours.unit
    assert list(DuesOrder.objects.for_user(outsider.clerk)) == []
    assert list(DuesOrder.objects.for_user(ours.clerk)) == [order]


def test_a_second_order_is_refused_until_the_first_is_closed(ours):
    order = place(ours.unit, ours.clerk)
    words = {"by": ours.clerk, "years": 1, "amount": Decimal(2000), "billing": billing(ours.unit)}
    refused_with("order_open", lambda: actions.place_order(ours.unit, **words))
    actions.cancel_order(order, by=ours.clerk)
    assert place(ours.unit, ours.clerk).number == "DD2026000002"


@pytest.mark.parametrize("years", [0, 4, -1, 99])
def test_other_numbers_of_years_are_refused(ours, years):
    words = {"by": ours.clerk, "amount": Decimal(2000), "billing": billing(ours.unit)}
    refused_with("years", lambda: actions.place_order(ours.unit, years=years, **words))


def test_a_price_that_changed_since_asks_for_consent(ours, desk):
    amount = Account(ours.unit).choices[0].amount
    actions.withdraw_standard(desk.standard, by=desk.finance)
    set_standard(desk.finance, ordinary=3000)
    words = {"by": ours.clerk, "years": 1, "billing": billing(ours.unit)}
    said = refused_with("amount_changed", lambda: actions.place_order(ours.unit, amount=amount, **words))
    assert "3000" in said
    assert actions.place_order(ours.unit, amount=Decimal(3000), **words).amount == 3000


def test_the_outsider_and_the_staff_order_nothing_for_the_unit(ours, outsider, desk):
    for person in (outsider.clerk, desk.finance, desk.administrator):
        with pytest.raises(PermissionDenied):
            place(ours.unit, person)
    assert not DuesOrder.objects.exists()


def test_without_account_standard_or_certification_nothing_is_ordered(ours, desk):
    rules = DuesSettings.load()
    rules.account_number = ""
    rules.save()
    assert Account(ours.unit).obstacle[0] == "no_account"
    rules.account_number = "1"
    rules.save()
    actions.withdraw_standard(desk.standard, by=desk.finance)
    assert Account(ours.unit).obstacle[0] == "no_standard"
    ours.unit.memberships.update(state="suspended")
    assert Account(ours.unit).obstacle[0] == "not_certified"


def test_paid_years_lead_on_and_are_never_passed(ours, desk):
    assert covered(ours.unit) == [[2026], [2026, 2027], [2026, 2027, 2028]]
    pay(place(ours.unit, ours.clerk), desk.finance)
    assert covered(ours.unit)[0] == [2027]
    actions.enter_paid_years(ours.unit, [2029], by=desk.finance, note="旧系统")
    assert covered(ours.unit) == [[2027], [2027, 2028]]


@pytest.mark.parametrize(
    ("moment", "first", "owed"),
    [
        ("2026-12-31T15:59:59Z", 2026, [2026]),
        ("2026-12-31T16:00:00Z", 2027, [2026, 2027]),
        ("2026-12-31T23:59:59+08:00", 2026, [2026]),
        ("2027-01-01T00:00:00+08:00", 2027, [2026, 2027]),
        ("2028-02-29T12:00:00+08:00", 2028, [2026, 2027, 2028]),
    ],
)
def test_the_year_turns_at_midnight_where_the_association_is(ours, clock, moment, first, owed):
    clock.move_to(moment)
    assert covered(ours.unit)[0] == [first]
    assert Account(ours.unit).standing.arrears == owed
    order = place(ours.unit, ours.clerk)
    assert (order.first_year, order.number[:6]) == (first, f"DD{first}")


def test_arrears_come_first_where_the_association_says_so(ours, desk, clock):
    rules = DuesSettings.load()
    rules.arrears_first = True
    rules.save()
    clock.move_to("2028-03-01T12:00:00+08:00")
    assert covered(ours.unit)[2] == [2026, 2027, 2028]
    pay(place(ours.unit, ours.clerk, years=2), desk.finance)
    assert covered(ours.unit)[0] == [2028]


def test_nothing_is_owed_for_years_before_joining_or_before_any_standard(desk, ours):
    assert Account(ours.unit).standing.liable_from == 2026
    ours.unit.joined_on = date(2028, 3, 1)
    assert Account(ours.unit).standing.liable_from == 2028
    assert Account(ours.unit).standing.arrears == []


def test_a_level_that_changes_leaves_the_order_alone(ours, desk):
    order = place(ours.unit, ours.clerk, years=2)
    council = Level.objects.get(body_kind="association", slug="council")
    ours.unit.memberships.update(level=council)
    pay(order, desk.finance)
    rows = ours.unit.paid_years.values_list("year", "level__slug", "price")
    assert list(rows) == [(2026, "ordinary", Decimal(2000)), (2027, "ordinary", Decimal(2000))]
    assert Account(ours.unit).choices[0].amount == 4000


def test_a_proof_moves_the_order_and_keeps_it_from_expiry(ours, outsider, clock):
    order = place(ours.unit, ours.clerk)
    for person, unit, kind in [
        (outsider.clerk, ours.unit, "payment_proof"),
        (ours.clerk, outsider.unit, "payment_proof"),
        (ours.clerk, ours.unit, "receipt"),
    ]:
        with pytest.raises(PermissionDenied):
            actions.upload_proof(order, by=person, document=document(unit, kind))
    proof = document(ours.unit, "payment_proof")
    actions.upload_proof(order, by=ours.clerk, document=proof)
    order.refresh_from_db()
    assert (order.state, order.proof) == ("awaiting_confirmation", proof)
    clock.move_to("2027-06-01T12:00:00+08:00")
    assert actions.expire_orders(timezone.localdate()) == 0


def test_orders_expire_after_their_day_once(ours, outsider, desk, clock):
    late, paid = place(ours.unit, ours.clerk), place(outsider.unit, outsider.clerk)
    pay(paid, desk.finance, Decimal(500))
    clock.move_to("2026-07-01T12:00:00+08:00")
    assert actions.expire_orders(timezone.localdate()) == 0
    clock.shift(timedelta(days=1))
    assert [actions.expire_orders(timezone.localdate()) for _ in range(2)] == [1, 0]
    states = dict(DuesOrder.objects.values_list("pk", "state"))
    assert states == {late.pk: "expired", paid.pk: "awaiting_payment"}
    assert place(ours.unit, ours.clerk).state == "awaiting_payment"


def test_cancelling(ours, outsider, desk):
    order = place(ours.unit, ours.clerk)
    with pytest.raises(PermissionDenied):
        actions.cancel_order(order, by=outsider.clerk)
    refused_with("no_words", lambda: actions.cancel_order(order, by=desk.finance))
    pay(order, desk.finance, Decimal(500))
    refused_with("has_payment", lambda: actions.cancel_order(order, by=ours.clerk))
    actions.reverse_payments(order, by=desk.finance, reason="记错单位")
    actions.cancel_order(order, by=desk.finance, reason="单位要求取消")
    order.refresh_from_db()
    assert (order.state, order.close_reason, order.closed_by) == ("cancelled", "单位要求取消", desk.finance)
    refused_with("wrong_state", lambda: actions.cancel_order(order, by=ours.clerk))
    refused_with("not_open", lambda: pay(order, desk.finance))
    assert (years_of(ours.unit), invariants.broken()) == ([], [])
