"""减免: whole years by resolution; in order at no price, taken back while nothing rests on them."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.dues import actions, collection, invariants, owing
from membership.dues.actions.waivers import years_to_waive
from membership.dues.models import DuesWaiver, PaidYear
from membership.dues.standing import Account
from membership.messaging.models import OutboundMessage
from membership.units.models import Membership
from tests.factories import UnitFactory
from tests.files import upload
from tests.membership.dues.conftest import pay, place, refused_with, set_standard, waive, years_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2027-06-01T12:00:00+08:00", tick=False) as traveller:
        yield traveller


def owed(unit):
    now = timezone.now()
    return [debt.years for debt in owing.debts(owing.owing(Membership.objects.filter(unit=unit), now), now)]


def test_waived_years_are_in_order_without_money(ours, outsider, desk):
    assert Account(ours.unit).standing.arrears == [2026, 2027]
    waiver = waive(ours.unit, desk.secretary_general, 2027, 2026)
    account = Account(ours.unit)
    assert (account.standing.arrears, account.standing.paid_through) == ([], date(2027, 12, 31))
    assert [choice.lines for choice in account.choices][0] == ((2028, Decimal(2000)),)
    assert owed(ours.unit) == []
    assert owed(outsider.unit) == [[2026, 2027]]
    rows = PaidYear.objects.standing().filter(unit=ours.unit)
    assert list(rows.values_list("year", "price", "waived", "waiver", "order")) == [
        (2026, 0, 2000, waiver.pk, None),
        (2027, 0, 2000, waiver.pk, None),
    ]
    record = AuditEntry.objects.get(verb="dues.grant_waiver")
    assert (record.actor, record.unit_id) == (desk.secretary_general, ours.unit.pk)
    assert record.after == {"waiver": waiver.pk, "years": [2026, 2027], "yuan": "4000.00"}
    message = OutboundMessage.objects.get(template="dues_waived")
    assert (message.recipient, message.variables["year"]) == (str(ours.clerk.phone), "2026-2027")
    assert invariants.broken() == []


def test_what_is_waived_is_neither_due_nor_income(ours, outsider, desk):
    waive(ours.unit, desk.finance, 2026)
    row = next(each for each in collection.by_level(2026) if each.label == Account(ours.unit).level.name)
    assert (row.paid_units, row.unpaid_units, row.received, row.owed, row.due) == (0, 1, 0, 2000, 2000)
    assert (row.waived_units, row.waived) == (1, 2000)
    whole = collection.total(collection.by_level(2026), "")
    assert (whole.waived_units, whole.waived) == (1, 2000)
    assert collection.by_month(2026) == []


def test_who_may_waive(ours, desk):
    for person in (ours.clerk, desk.reviewer, desk.editor):
        with pytest.raises(PermissionDenied):
            waive(ours.unit, person, 2026)
    for person, year in ((desk.finance, 2026), (desk.secretary_general, 2027), (desk.administrator, 2028)):
        waiver = waive(ours.unit, person, year)
    for person in (ours.clerk, desk.reviewer, desk.editor):
        with pytest.raises(PermissionDenied):
            actions.take_back_waiver(waiver, by=person, reason="x")
    assert years_of(ours.unit) == [2026, 2027, 2028]


def test_waivers_that_are_refused(ours, desk):
    def with_(code, *years, **facts):
        refused_with(code, lambda: waive(ours.unit, desk.finance, *years, **facts))

    with_("no_words")
    with_("no_words", 2026, reason="  ")
    with_("no_words", 2026, title=" ")
    with_("no_dues", 2025)
    with_("no_dues", 2030)
    pay(place(ours.unit, ours.clerk), desk.finance)
    with_("year_paid", 2026, 2027)
    with pytest.raises(ValidationError):
        waive(ours.unit, desk.finance, 2026, resolution=upload("决议.pdf", b"no pdf"))
    stranger = UnitFactory()
    refused_with("not_certified", lambda: waive(stranger, desk.finance, 2026))
    assert not DuesWaiver.objects.exists()


def test_an_open_order_for_the_year_is_cancelled_first(ours, desk):
    order = place(ours.unit, ours.clerk, years=2)
    said = refused_with("order_open", lambda: waive(ours.unit, desk.finance, 2026, 2028))
    assert order.number in said
    waive(ours.unit, desk.finance, 2026)
    actions.cancel_order(order, by=ours.clerk)
    waive(ours.unit, desk.finance, 2027)
    assert (years_of(ours.unit), invariants.broken()) == ([2026, 2027], [])


def test_a_waiver_is_taken_back_while_nothing_rests_on_it(ours, desk):
    waiver = waive(ours.unit, desk.finance, 2027)
    order = place(ours.unit, ours.clerk)
    refused_with("later", lambda: actions.take_back_waiver(waiver, by=desk.finance, reason="决议撤销"))
    pay(order, desk.finance)
    refused_with("later", lambda: actions.take_back_waiver(waiver, by=desk.finance, reason="决议撤销"))
    actions.reverse_payments(order, by=desk.finance, reason="退汇")
    refused_with("no_words", lambda: actions.take_back_waiver(waiver, by=desk.finance, reason=" "))
    actions.take_back_waiver(waiver, by=desk.secretary_general, reason="决议撤销")
    assert (waiver.ended_by, waiver.ended_because, years_of(ours.unit)) == (desk.secretary_general, "决议撤销", [])
    assert list(PaidYear.objects.filter(waiver=waiver).values_list("year", "ended_because")) == [(2027, "决议撤销")]
    assert Account(ours.unit).standing.arrears == [2026, 2027]
    refused_with("stale", lambda: actions.take_back_waiver(waiver, by=desk.finance, reason="再次"))
    assert AuditEntry.objects.get(verb="dues.take_back_waiver").before == {"waiver": waiver.pk, "years": [2027]}
    assert OutboundMessage.objects.filter(template="dues_waiver_ended").count() == 1
    waive(ours.unit, desk.finance, 2027)
    assert (years_of(ours.unit), invariants.broken()) == ([2027], [])


def test_an_earlier_year_does_not_rest_on_a_waiver(ours, desk):
    waiver = waive(ours.unit, desk.finance, 2027)
    actions.enter_paid_years(ours.unit, [2026], by=desk.finance, note="线下")
    actions.take_back_waiver(waiver, by=desk.finance, reason="决议撤销")
    assert years_of(ours.unit) == [2026]


def test_a_waived_year_is_not_taken_back_as_one_entered_by_hand(ours, desk):
    waiver = waive(ours.unit, desk.finance, 2026)
    row = waiver.paid_years.get()
    refused_with("stale", lambda: actions.take_back_paid_year(row, by=desk.finance, reason="登记有误"))


def test_what_is_waived_is_the_price_of_the_year_at_the_level_of_now(ours, desk):
    set_standard(desk.finance, 2028, ordinary=2500)
    assert years_to_waive(Account(ours.unit)) == [2026, 2027, 2028, 2029]
    waiver = waive(ours.unit, desk.finance, 2027, 2028)
    assert list(waiver.paid_years.order_by("year").values_list("waived", flat=True)) == [2000, 2500]


def test_who_sees_a_waiver(ours, outsider, desk):
    waiver = waive(ours.unit, desk.finance, 2026)
    assert list(DuesWaiver.objects.for_user(ours.clerk)) == [waiver]
    assert list(DuesWaiver.objects.for_user(desk.secretary_general)) == [waiver]
    for person in (outsider.clerk, desk.editor, desk.reviewer):
        assert not DuesWaiver.objects.for_user(person).exists()


def test_the_database_refuses_half_a_waiver(ours, desk):
    waiver = waive(ours.unit, desk.finance, 2026)
    for changes in ({"resolution": ""}, {"reason": ""}, {"ended_because": "x"}, {"ended_by": desk.finance}):
        with pytest.raises(IntegrityError), transaction.atomic():
            DuesWaiver.objects.update(**changes)
    for changes in ({"price": 1}, {"waived": 0}, {"waiver": None, "note": "x"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            waiver.paid_years.update(**changes)


def test_broken_waivers_are_named(ours, desk):
    waiver = waive(ours.unit, desk.finance, 2027)
    year = waiver.paid_years.get()
    PaidYear.objects.filter(pk=year.pk).update(ended_at=timezone.now(), ended_because="x")
    assert invariants.broken() == [f"waived years that stand otherwise than their waiver: {year.pk}"]
    PaidYear.objects.filter(pk=year.pk).update(ended_at=None, ended_because="")
    order = place(ours.unit, ours.clerk)
    order.lines.update(year=2027)
    assert f"open orders for a year that is waived: {order.number}" in invariants.broken()


def test_no_waiver_without_its_record(ours, desk, monkeypatch):
    def breaks(*args, **kwargs):
        raise RuntimeError("the audit trail cannot be written")

    monkeypatch.setattr("membership.dues.actions.waivers.record", breaks)
    with pytest.raises(RuntimeError):
        waive(ours.unit, desk.finance, 2026)
    assert not DuesWaiver.objects.exists()
    assert not PaidYear.objects.exists()
