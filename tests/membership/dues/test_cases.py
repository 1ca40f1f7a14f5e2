"""Cases of renewing, each beside a twin that differs in one thing and must come out otherwise; what stays as issued."""

import re
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from membership.dues import actions, invariants
from membership.dues.models import DuesOrder, DuesSettings, Invoice, OrderYear
from membership.dues.standing import Account
from membership.units.models import Level
from tests.factories import document
from tests.membership.dues.bank import row, uploaded
from tests.membership.dues.conftest import back, billing, issue, pay, place, refused_with, waive, years_of

pytestmark = pytest.mark.django_db
LAST_SECOND, MIDNIGHT = "2026-12-31T23:59:59+08:00", "2027-01-01T00:00:00+08:00"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-06-01T12:00:00+08:00", tick=False) as traveller:
        yield traveller


@dataclass(frozen=True)
class Way:
    """How a unit that joined before the books began renews, and what comes of it."""

    at: str  # when it orders
    gets: list  # years in order afterwards
    through: str
    owes: tuple = ()
    had: tuple = ()
    years: int = 1
    paid_at: str = ""  # when the money is confirmed, if later
    arrears_first: bool = False
    promoted: str = ""  # "before" the order or "after" it, to the council
    yuan: int = 2000

    def go(self, ours, desk, clock):
        rules = DuesSettings.load()
        rules.arrears_first = self.arrears_first
        rules.save()
        if self.had:
            actions.enter_paid_years(ours.unit, list(self.had), by=desk.finance, note="旧系统")
        clock.move_to(self.at)
        if self.promoted == "before":
            promote(ours.unit)
        order = place(ours.unit, ours.clerk, years=self.years)
        if self.promoted == "after":
            promote(ours.unit)
        clock.move_to(self.paid_at or self.at)
        pay(order, desk.finance, day=timezone.localdate())
        return self.seen(ours.unit, order)

    @staticmethod
    def seen(unit, order):
        standing = Account(unit).standing
        return years_of(unit), f"{standing.paid_through}", tuple(standing.arrears), order.amount

    @property
    def expected(self):
        return self.gets, self.through, self.owes, Decimal(self.yuan)


def promote(unit):
    unit.memberships.update(level=Level.objects.get(body_kind="association", slug="council"))


EARLY = Way("2026-06-01T12:00:00+08:00", [2026, 2027], "2027-12-31", had=(2026,))
LATE = Way("2026-11-20T12:00:00+08:00", [2026], "2026-12-31")
GAP = Way("2029-03-01T12:00:00+08:00", [2026, 2029], "2029-12-31", owes=(2027, 2028), had=(2026,))
DECEMBER = Way("2026-12-15T12:00:00+08:00", [2026, 2027], "2027-12-31", had=(2026,))
OLD_YEAR = Way(LAST_SECOND, [2026], "2026-12-31")
NEW_YEAR = Way(MIDNIGHT, [2027], "2027-12-31", owes=(2026,))
THREE = Way("2026-06-01T12:00:00+08:00", [2026, 2027, 2028], "2028-12-31", years=3, yuan=6000)
OVER_MIDNIGHT = Way(LAST_SECOND, [2026], "2026-12-31", paid_at=MIDNIGHT, owes=(2027,))
ARREARS_FIRST = replace(GAP, arrears_first=True, gets=[2026, 2027], owes=(2028, 2029), through="2027-12-31")
PROMOTED = Way("2026-06-01T12:00:00+08:00", [2026], "2026-12-31", promoted="after")
# case: (the case, its twin)
RENEWALS = {
    "early": (EARLY, replace(EARLY, had=(), gets=[2026], through="2026-12-31")),
    "late": (LATE, replace(LATE, at="2027-01-02T12:00:00+08:00", gets=[2027], through="2027-12-31", owes=(2026,))),
    "after unpaid years": (GAP, ARREARS_FIRST),
    "in December": (DECEMBER, replace(DECEMBER, had=(), gets=[2026], through="2026-12-31")),
    "at 31 December 23:59:59": (OLD_YEAR, NEW_YEAR),
    "at 1 January 00:00:00": (NEW_YEAR, OLD_YEAR),
    "ordered before midnight, confirmed after it": (OVER_MIDNIGHT, NEW_YEAR),
    "three years at once": (THREE, replace(THREE, years=2, gets=[2026, 2027], through="2027-12-31", yuan=4000)),
    "level change between order and payment": (PROMOTED, replace(PROMOTED, promoted="before", yuan=4000)),
}  # fmt: skip


@pytest.mark.parametrize("case", list(RENEWALS))
def test_renewals(ours, outsider, desk, clock, case):
    way, twin = RENEWALS[case]
    assert way.expected != twin.expected
    assert way.go(ours, desk, clock) == way.expected
    assert twin.go(outsider, desk, clock) == twin.expected
    assert invariants.broken() == []


def test_a_year_of_arrears_is_not_ordered_after_the_next_one_unless_the_association_asks_for_it(ours, desk, clock):
    """Without arrears first nobody can pay for a past year by himself: finance enters or waives it."""
    GAP.go(ours, desk, clock)
    assert [choice.first_year for choice in Account(ours.unit).choices] == [2030] * 3
    actions.enter_paid_years(ours.unit, [2027, 2028], by=desk.finance, note="补缴")
    assert Account(ours.unit).standing.arrears == []


# --- As issued ------------------------------------------------------------------------------------------------------
# table: columns that a verb may change later; every other one stays as it was written, and no row goes
MAY_CHANGE = {
    "dues_duesorder": {"state", "proof_id", "paid_on", "told_at", "closed_at", "closed_by_id", "close_reason"},
    "dues_orderyear": set(),
    "dues_payment": set(),
    "dues_refund": set(),
    "dues_invoice": {"voided_at", "voided_by_id", "void_reason", "red_number"},
    "dues_invoicefile": set(),
}
WRITING = re.compile(r'^(UPDATE|DELETE FROM) "(\w+)"(?: SET (.*?)(?: WHERE |$))?')


class Edits:
    """What statements write into these tables apart from new rows: {(table, column or "DELETE")}."""

    def __init__(self):
        self.found = set()

    def __call__(self, execute, sql, params, many, context):
        if (match := WRITING.match(sql)) and match[2] in MAY_CHANGE:
            columns = re.findall(r'"(\w+)" = ', match[3] or "") if match[1] == "UPDATE" else ["DELETE"]
            self.found |= {(match[2], column) for column in columns}
        return execute(sql, params, many, context)

    @property
    def forbidden(self):
        return {(table, column) for table, column in self.found if column not in MAY_CHANGE[table]}


def test_no_verb_edits_what_was_ordered_paid_or_invoiced(
    ours, outsider, desk, clock, django_capture_on_commit_callbacks
):
    with connection.execute_wrapper(edits := Edits()):
        order = place(ours.unit, ours.clerk, years=2)
        actions.upload_proof(order, by=ours.clerk, document=document(ours.unit, "payment_proof"))
        with django_capture_on_commit_callbacks(execute=True):
            pay(order, desk.finance, Decimal(1000))
            actions.confirm_statement(uploaded(desk.finance, row("3000.00", order.remittance_code)), by=desk.finance)
        first = issue(order, desk.finance)
        reissue = {"reason": "抬头有误", "red_number": "26512000000099999999", "number": "2" * 20}
        facts = {"issued_on": date(2026, 6, 1), "kind": "normal", "title": "示范建设（集团）有限公司"}
        files = [document(ours.unit, "invoice")]
        second = actions.replace_invoice(first, by=desk.finance, files=files, **reissue, **facts)
        actions.add_invoice_file(second, by=desk.finance, document=document(ours.unit, "invoice", sha256="1" * 64))
        promote(ours.unit)
        actions.reverse_payments(order, by=desk.finance, reason="银行退汇")
        actions.void_invoice(second, by=desk.finance, reason="已退款", red_number="26512000000088888888")
        by_hand = order.payments.refundable().get()
        refund = actions.refund_payment(by_hand, back(1000), by=desk.finance, left=Decimal(1000))
        actions.take_back_refund(refund, by=desk.finance, reason="记错")
        place(ours.unit, ours.clerk)
        given_up = place(outsider.unit, outsider.clerk)
        actions.cancel_order(given_up, by=outsider.clerk)
        waive(outsider.unit, desk.finance, 2026)
        place(outsider.unit, outsider.clerk)
        clock.move_to("2026-09-01T12:00:00+08:00")
        assert actions.expire_orders(timezone.localdate()) == 2
        refused_with("not_open", lambda: pay(order, desk.finance))
    assert edits.forbidden == set()
    wanted = {(table, column) for table, columns in MAY_CHANGE.items() for column in columns}
    assert edits.found == wanted  # each of the columns named above was seen to change: nothing escaped the eye


def test_twin_an_edit_is_seen(ours, desk):
    order = place(ours.unit, ours.clerk)
    pay(order, desk.finance)
    issue(order, desk.finance)
    with connection.execute_wrapper(edits := Edits()):
        DuesOrder.objects.filter(pk=order.pk).update(amount=1, **billing(ours.unit, remark="x"))
        Invoice.objects.update(title="别家公司")
        OrderYear.objects.filter(order=order).delete()
    assert {("dues_duesorder", "amount"), ("dues_duesorder", "remark"), ("dues_invoice", "title"),
            ("dues_orderyear", "DELETE")} <= edits.forbidden  # fmt: skip
