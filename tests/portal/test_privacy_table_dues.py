"""Every address about orders, invoices, credits of the bank and standards × everybody who may ask for it."""

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import get_resolver, resolve, reverse

from membership.dues import actions, slips
from membership.dues.models import DuesReminderRule, PaidYear
from tests.factories import UserFactory
from tests.membership.dues.bank import booked, row
from tests.membership.dues.conftest import back, issue, place, resolution, snapshot, waive
from tests.membership.units.conftest import secretary
from tests.portal.conftest import member
from tests.portal.test_privacy_table import addresses, each, former_colleague, of_a_unit_that_left, outcome, read, staff

pytestmark = pytest.mark.django_db

MARK = "不得外泄"
PLACES = ("portal/dues/", "portal/orders/", "cms/bank/", "cms/dues/", "cms/statistics/dues/")
PLACES += ("dues-standard/",)


class World:
    """Our unit has an order that is paid and invoiced, asks for another invoice, and has a second order that is open.

    `way[name]` is (method, address). What is posted is empty: no row of the table changes anything.
    """

    def __init__(self, ours, books):
        paid = place(ours.unit, ours.user, payer_name=f"{MARK}公司", invoice_title=f"{MARK}公司")
        memo = row(f"{paid.amount}", paid.printed_code, payer=f"{MARK}财务部")
        self.statement = booked(books.finance, memo)
        entry = self.statement.entries.get()
        invoice = issue(paid, books.finance, title=f"{MARK}公司")
        file = invoice.files.get()
        asked = actions.request_reissue(invoice, by=ours.user, reason=f"{MARK}，抬头有误")
        order = place(ours.unit, ours.user, payer_name=f"{MARK}公司")
        actions.enter_paid_years(ours.unit, [2024], by=books.finance, note=MARK)
        surplus = booked(books.finance, row("50.00", payer=f"{MARK}财务部")).entries.get()
        money = back(10, paid_on=surplus.booked_on, document=resolution())
        refund = actions.refund_credit(surplus, money, by=books.finance, rest=Decimal(50), order=paid)
        waiver = waive(ours.unit, books.finance, order.last_year + 1, title=MARK)
        year, rule = PaidYear.objects.get(order=None, waiver=None), DuesReminderRule.objects.first()
        standard, number = books.standard.pk, [order.number]
        self.way = {
            "dues": ("get", reverse("portal:dues")),
            "order dues": ("get", reverse("portal:order-dues")),
            "resolution": ("get", reverse("portal:dues-resolution", args=[standard])),
            "orders": ("get", reverse("portal:orders")),
            "order": ("get", reverse("portal:order", args=number)),
            "transfer": ("get", reverse("portal:pay-order", args=number)),
            "proof": ("post", reverse("portal:prove-order", args=number)),
            "slip": ("get", reverse("portal:payment-slip", args=number)),
            "cancel": ("post", reverse("portal:cancel-order", args=[paid.number])),
            "send invoice": ("post", reverse("portal:send-invoice", args=[paid.number])),
            "reissue": ("post", reverse("portal:reissue-invoice", args=[paid.number])),
            "invoice file": ("get", reverse("portal:invoice-file", args=[paid.number, file.document_id])),
            "shared slip": ("get", reverse("portal:shared-slip", args=[slips.token_of(order)])),
            "open resolution": ("get", reverse("home:resolution", args=[standard])),
        }
        self.way |= {
            name: ("post" if name in POSTED else "get", f"/cms/{address}")
            for name, address in {
                "order list": "dues/orders/",
                "order page": f"dues/orders/inspect/{order.pk}/",
                "order create": "dues/orders/create/",
                "order edit": f"dues/orders/edit/{order.pk}/",
                "order delete": f"dues/orders/delete/{order.pk}/",
                "order confirm": f"dues/orders/{order.pk}/confirm/",
                "order cancel": f"dues/orders/{order.pk}/cancel/",
                "order reverse": f"dues/orders/{paid.pk}/reverse/",
                "invoices": "dues/invoices/",
                "invoices list": "dues/invoices/issued/",
                "invoices workbook": "dues/invoices/awaiting.xlsx",
                "invoices upload": "dues/invoices/upload/",
                "invoice issue": f"dues/invoices/orders/{paid.pk}/",
                "invoice refuse": f"dues/invoices/requests/{asked.pk}/",
                "invoice download": f"dues/invoices/files/{file.pk}/",
                "invoice": f"dues/invoices/{invoice.pk}/",
                "invoice add": f"dues/invoices/{invoice.pk}/files/",
                "invoice send": f"dues/invoices/{invoice.pk}/send/",
                "invoice replace": f"dues/invoices/{invoice.pk}/replace/",
                "invoice void": f"dues/invoices/{invoice.pk}/void/",
                "statements": "bank/statements/",
                "statement": f"bank/statements/{self.statement.pk}/",
                "statement columns": f"bank/statements/{self.statement.pk}/columns/",
                "statement confirm": f"bank/statements/{self.statement.pk}/confirm/",
                "desk": "bank/desk/",
                "desk retry": "bank/desk/retry/",
                "entry": f"bank/desk/{entry.pk}/",
                "entry accept": f"bank/desk/{entry.pk}/accept/",
                "entry assign": f"bank/desk/{entry.pk}/assign/",
                "entry comment": f"bank/desk/{entry.pk}/comment/",
                "entry discard": f"bank/desk/{entry.pk}/discard/",
                "entry restore": f"bank/desk/{entry.pk}/restore/",
                "entry reverse": f"bank/desk/{entry.pk}/reverse/{paid.pk}/",
                "arrears": "dues/arrears/",
                "arrears remind": "dues/arrears/remind/",
                "arrears remind all": "dues/arrears/remind/all/",
                "letters": "dues/arrears/letters/",
                "refund entry": f"dues/refunds/entries/{surplus.pk}/",
                "refund payment": f"dues/refunds/payments/{paid.payments.get().pk}/",
                "refund take back": f"dues/refunds/{refund.pk}/take-back/",
                "refund document": f"dues/refunds/{refund.pk}/document/",
                "waive": f"dues/units/{ours.unit.pk}/waive/",
                "waiver take back": f"dues/waivers/{waiver.pk}/take-back/",
                "waiver resolution": f"dues/waivers/{waiver.pk}/resolution/",
                "standards": "dues/standards/",
                "standard new": "dues/standards/new/",
                "standard withdraw": f"dues/standards/{standard}/withdraw/",
                "standard resolution": f"dues/standards/{standard}/resolution/",
                "rules": "dues/reminder-rules/",
                "rule create": "dues/reminder-rules/create/",
                "rule edit": f"dues/reminder-rules/edit/{rule.pk}/",
                "rule delete": f"dues/reminder-rules/delete/{rule.pk}/",
                "dry run": "dues/reminder-rules/dry-run/",
                "enter years": f"dues/units/{ours.unit.pk}/years/",
                "take back": f"dues/years/{year.pk}/take-back/",
                "statistics": "statistics/dues/",
                "statistics export": "statistics/dues/export/",
            }.items()
        }

    def ask(self, client, name):
        method, url = self.way[name]
        return read(getattr(client, method)(url))


POSTED = ("statement confirm", "desk retry", "entry accept", "entry assign", "entry discard", "entry restore")
POSTED += ("entry comment",)
LISTS = ("dues", "order dues", "resolution", "orders")
ORDER = ("order", "transfer", "proof", "slip", "cancel", "send invoice", "reissue", "invoice file")
OPEN = ("shared slip", "open resolution")
NOBODY = ("order create", "order edit", "order delete")  # orders are placed by units, and never rewritten
READ = ("order list", "order page", "invoices", "invoices list", "invoice", "invoice download")
READ += ("statements", "statement", "desk", "entry", "arrears", "standards", "standard resolution")
READ += ("statistics", "statistics export", "letters", "refund document", "waiver resolution")
READ += ("waive", "waiver take back")  # the secretary-general waives, and reads the books
KEPT = ("order confirm", "order cancel", "order reverse")
KEPT += ("invoices workbook", "invoices upload", "invoice issue", "invoice refuse", "invoice add", "invoice send")
KEPT += ("invoice replace", "invoice void", "statement columns", "statement confirm", "desk retry")
KEPT += (
    "entry accept",
    "entry assign",
    "entry comment",
    "entry discard",
    "entry restore",
    "entry reverse",
    "arrears remind",
)
KEPT += ("arrears remind all", "refund entry", "refund payment", "refund take back")
KEPT += ("rules", "rule create", "rule edit", "rule delete")
KEPT += ("standard new", "standard withdraw", "dry run", "enter years", "take back")

MEMBER = each((*NOBODY, *READ, *KEPT), "login") | each(OPEN, "in")
SHUT = each((*LISTS, *ORDER), 403) | each(OPEN, "in")
NO_RIGHT = SHUT | each((*NOBODY, *READ, *KEPT), "refused")
READERS = NO_RIGHT | each(READ, "in")
KEEPERS = READERS | each(KEPT, "in")
EXPECTED = {
    "owner": MEMBER | each((*LISTS, *ORDER), "in"),
    "outsider": MEMBER | each(LISTS, "in") | each(ORDER, 404),
    "own unit, left": MEMBER | each((*LISTS, *ORDER), 403),
    "seat removed": MEMBER | each((*LISTS, *ORDER), 403),
    "visitor": MEMBER | each((*LISTS, *ORDER), "login"),
    "财务": KEEPERS,
    "系统管理员": KEEPERS,
    "秘书长": READERS,
    "会员审核": NO_RIGHT,
    "编辑": NO_RIGHT,
    "a branch secretary": NO_RIGHT,
    "staff without a group": NO_RIGHT | each((*NOBODY, *READ, *KEPT), "login"),
}


@pytest.fixture
def world(ours, books):
    return World(ours, books)


@pytest.fixture
def asker(ours, world):
    """A browser of whoever asks."""
    people = {
        "owner": lambda: ours.user,
        "outsider": lambda: member("局外建设有限公司", "王五").user,
        "own unit, left": lambda: of_a_unit_that_left(ours),
        "seat removed": lambda: former_colleague(ours),
        "a branch secretary": lambda: secretary("quality"),
        "staff without a group": lambda: UserFactory(staff=True),
    }

    def _asker(who):
        client = Client()
        if who != "visitor":
            client.force_login(people[who]() if who in people else staff(who))
        return client

    return _asker


def access(answer):
    """ "in" for whoever is let in, even if there is nothing to be done now; else how they are sent away."""
    found = outcome(answer)
    return "in" if found in {200, 405, 409, 422, "back"} else found


def test_no_address_is_missing_in_the_table(world):
    known = {resolve(url).route for _method, url in world.way.values()}
    routes = [route.replace("^", "") for route in addresses(get_resolver().url_patterns)]
    there = {route for route in routes if route.startswith(PLACES)}
    assert sorted(there - known) == []
    assert sorted(known - there) == []


@pytest.mark.parametrize("who", EXPECTED)
def test_who_gets_what(world, asker, who):
    client, before = asker(who), snapshot()
    answers = {name: world.ask(client, name) for name in world.way}

    found = {name: access(answer) for name, answer in answers.items()}
    assert found == {name: EXPECTED[who][name] for name in world.way}
    told = [name for name, answer in answers.items() if MARK in answer.words]
    if who not in {"owner", "财务", "系统管理员", "秘书长"}:
        assert (told, snapshot()) == ([], before)
