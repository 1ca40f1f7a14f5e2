"""31 December, 1 January, and a clock that is set back."""

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.utils import timezone

from membership.accounts import actions as accounts
from membership.accounts.models import SmsCode
from membership.accounts.states import CodePurpose
from membership.audit.models import AuditEntry
from membership.dues import invariants
from membership.dues.models import DuesOrder
from membership.dues.standing import Account
from tests.factories import UnitFactory, clerk
from tests.membership.dues.conftest import open_books, pay, place
from tests.membership.units.conftest import employee
from tests.portal.conftest import member

pytestmark = pytest.mark.django_db
PHONE = "+8613811138111"

# (the moment, its dues year, the day of it where the association is)
INSTANTS = [
    ("2026-12-30T23:59:59+08:00", 2026, "2026-12-30"),
    ("2026-12-31T00:00:00+08:00", 2026, "2026-12-31"),
    ("2026-12-31T15:59:59Z", 2026, "2026-12-31"),
    ("2026-12-31T15:59:59.999999Z", 2026, "2026-12-31"),
    ("2026-12-31T16:00:00Z", 2027, "2027-01-01"),
    ("2026-12-31T23:59:59Z", 2027, "2027-01-01"),
    ("2026-12-31T23:59:59+08:00", 2026, "2026-12-31"),
    ("2027-01-01T00:00:00+08:00", 2027, "2027-01-01"),
    ("2027-01-01T00:00:00Z", 2027, "2027-01-01"),
    ("2028-02-29T00:00:00+08:00", 2028, "2028-02-29"),
    ("2028-02-29T23:59:59+08:00", 2028, "2028-02-29"),
    ("2029-01-01T07:59:59+08:00", 2029, "2029-01-01"),
]


@pytest.mark.parametrize(("moment", "year", "day"), INSTANTS)
def test_twelve_instants(moment, year, day):
    """The year is that of the association's midnight, in order, number and standing alike."""
    with time_machine.travel("2026-06-01T12:00:00+08:00", tick=False) as clock:
        desk = open_books()
        unit, other = UnitFactory(certified=True), UnitFactory(certified=True)
        person = clerk(unit)
        clock.move_to(moment)
        order = place(unit, person)
        assert (order.first_year, order.number[:6]) == (year, f"DD{year}")
        pay(order, desk.finance, day=timezone.localdate())
        standing = Account(unit).standing
        assert (str(standing.paid_through), str(standing.today)) == (f"{year}-12-31", day)
        assert year not in standing.arrears
        assert Account(other).standing.arrears[-1] == year
        assert invariants.broken() == []


def test_who_paid_three_years_is_not_in_arrears_in_any_of_their_seconds():
    with time_machine.travel("2026-12-31T23:59:59+08:00", tick=False) as clock:
        desk = open_books()
        unit = UnitFactory(certified=True)
        order = place(unit, clerk(unit), years=3)
        clock.move_to("2027-01-01T00:00:00+08:00")  # ordered before midnight, confirmed after it
        pay(order, desk.finance, day=timezone.localdate())
        for moment, year, _day in INSTANTS:
            clock.move_to(moment)
            owed = [2029] if year > 2028 else []
            assert Account(unit).standing.arrears == owed
        clock.move_to("2028-12-31T23:59:59+08:00")
        assert Account(unit).standing.arrears == []
        clock.move_to("2029-01-01T00:00:00+08:00")
        assert Account(unit).standing.arrears == [2029]
        assert DuesOrder.objects.get().first_year == 2026


def test_no_code_revives_when_the_clock_is_set_back():
    with time_machine.travel("2026-11-02T08:00:00Z", tick=False) as clock:
        accounts.send_code("7b3d8a1e-52c0-4d5e-9f54-6f3c1a2b4c5d", CodePurpose.LOGIN, PHONE)
        code = SmsCode.objects.get()
        clock.move_to("2026-11-02T08:11:00Z")
        assert not SmsCode.objects.redeemable(timezone.now()).exists()
        clock.move_to("2026-11-02T07:11:00Z")
        assert not SmsCode.objects.redeemable(timezone.now()).exists()
        # The twin: the clocks of two machines may differ by some seconds.
        clock.move_to("2026-11-02T07:59:30Z")
        assert SmsCode.objects.redeemable(timezone.now()).get() == code


@pytest.mark.parametrize("who", ["member", "staff"])
def test_no_session_revives_when_the_clock_is_set_back(client, who):
    with time_machine.travel("2026-11-02T08:00:00Z", tick=False) as clock:
        user = member("示范建设有限公司", "李四").user if who == "member" else employee("编辑")
        page = "/portal/" if who == "member" else "/cms/"
        client.force_login(user)
        assert client.get(page).status_code == 200
        clock.move_to("2026-11-02T07:59:30Z")
        assert client.get(page).status_code == 200
        clock.move_to("2026-11-02T07:00:00Z")
        assert client.get(page).status_code == 302
        assert SESSION_KEY not in client.session


def test_order_of_the_trail_does_not_follow_the_clock():
    with time_machine.travel("2026-11-02T08:00:00Z", tick=False) as clock:
        user = clerk(UnitFactory())
        first = accounts.end_other_sessions(user, by=user, keep="")
        clock.move_to("2026-11-02T07:00:00Z")
        second = accounts.end_other_sessions(user, by=user, keep="")
    assert (first, second) == (0, 0)
    early, late = AuditEntry.objects.about(user)
    assert (early.pk < late.pk, early.at > late.at) == (True, True)
