"""A standard, an account, two units that may order, the people of the desk; what refusals leave alone."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from membership.audit.models import AuditEntry
from membership.dues import actions
from membership.dues.models import (
    BankEntry,
    BankStatement,
    BillingProfile,
    DuesOrder,
    DuesSettings,
    DuesStandard,
    DuesWaiver,
    Invoice,
    InvoiceFile,
    NumberSeries,
    OrderYear,
    PaidYear,
    Payment,
    Refund,
    ReissueRequest,
)
from membership.dues.standing import Account
from membership.exceptions import Refusal
from membership.jobs.models import Job
from membership.messaging.models import OutboundMessage
from membership.units.actions import store_document
from membership.units.models import Level
from membership.units.uploads import INVOICES
from tests.factories import UnitFactory, clerk
from tests.files import pdf_bytes
from tests.membership.units.conftest import employee

AMOUNTS = {"president": 10000, "vice_president": 10000, "standing_council": 6000, "council": 4000, "ordinary": 2000}
TABLES = (
    DuesStandard,
    DuesOrder,
    OrderYear,
    BillingProfile,
    Payment,
    PaidYear,
    Refund,
    DuesWaiver,
    BankStatement,
    BankEntry,
    Invoice,
    InvoiceFile,
    ReissueRequest,
    NumberSeries,
)


def rates(**amounts):
    """{level id: yuan} of every level of the association."""
    wanted = AMOUNTS | amounts
    return {level.pk: Decimal(wanted[level.slug]) for level in Level.objects.filter(body_kind="association")}


def resolution():
    return SimpleUploadedFile("会员代表大会决议.pdf", pdf_bytes(), "application/pdf")


def set_standard(by, first_year=2026, **amounts):
    facts = {"title": "会费标准决议", "decided_on": date(2025, 12, 1), "resolution": resolution()}
    return actions.set_standard(by=by, first_year=first_year, rates=rates(**amounts), **facts)


def billing(unit, **fields):
    """What a unit writes into 填写发票信息."""
    facts = {
        "payer_name": unit.name,
        "contact_name": "李四",
        "contact_phone": "13811138111",
        "invoice_kind": "normal",
        "invoice_title": unit.name,
        "tax_no": unit.uscc,
        "email": "caiwu@example.com",
    }
    return facts | fields


def place(unit, by, years=1, **fields):
    """Order so many years at the price of the moment."""
    choice = next(each for each in Account(unit).choices if each.years == years)
    return actions.place_order(unit, by=by, years=years, amount=choice.amount, billing=billing(unit, **fields))


def pay(order, by, amount=None, day=date(2026, 6, 1), **fields):
    """Book the whole, or so much, by hand."""
    return actions.record_payment(order, by=by, amount=amount or order.amount, received_on=day, **fields)


def back(amount, **facts):
    """Money that went back on 2 June."""
    facts = {"paid_on": date(2026, 6, 2), "payee": "示范建设", "reason": "多付会费", "account": "6222000099"} | facts
    return actions.Transfer(Decimal(amount), **facts)


def waive(unit, by, *years, **facts):
    """Spare the unit these years by a resolution."""
    facts = {"title": "关于减免会费的决议", "decided_on": date(2026, 3, 1), "reason": "连续三年亏损"} | facts
    return actions.grant_waiver(unit, list(years), by=by, **({"resolution": resolution()} | facts))


def invoice_file(order, by, name="发票.pdf", content=None):
    """A file of an invoice, stored for the unit of the order."""
    upload = SimpleUploadedFile(name, content or pdf_bytes())
    return store_document(upload, unit=order.unit, kind="invoice", by=by, accept=INVOICES)


def issue(order, by, number="26512000000012345678", files=None, **facts):
    """Enter an invoice with one PDF, or with these files."""
    files = [invoice_file(order, by)] if files is None else files
    facts = {"issued_on": date(2026, 6, 1), "kind": "normal"} | facts
    return actions.issue_invoice(order, by=by, number=number, files=files, **facts)


def years_of(unit):
    return list(PaidYear.objects.standing().filter(unit=unit).order_by("year").values_list("year", flat=True))


def snapshot():
    """Everything that a refused verb must leave as it was."""
    rows = {model.__name__: list(model.objects.order_by("pk").values()) for model in TABLES}
    return rows | {model.__name__: model.objects.count() for model in (AuditEntry, Job, OutboundMessage)}


def refused_with(code, call):
    """The sentence of the refusal that left everything as it was."""
    before = snapshot()
    with pytest.raises(Refusal) as refused:
        call()
    assert refused.value.code == code
    assert snapshot() == before
    return str(refused.value)


def open_books():
    """The people around the books, a standard from 2026 on and the association's account."""
    people = SimpleNamespace(
        finance=employee("财务"),
        colleague=employee("财务"),
        secretary_general=employee("秘书长"),
        reviewer=employee("会员审核"),
        editor=employee("编辑"),
        administrator=employee("系统管理员"),
    )
    people.standard = set_standard(people.finance)
    rules = DuesSettings.load()
    rules.account_name, rules.account_number, rules.bank_name = "示范协会", "6222000011112222333", "示范银行成都分行"
    rules.save()
    return people


@pytest.fixture
def desk(db):
    return open_books()


@pytest.fixture
def ours(desk):
    unit = UnitFactory(certified=True, joined_on=date(2020, 5, 1))
    return SimpleNamespace(unit=unit, clerk=clerk(unit))


@pytest.fixture
def outsider(desk):
    unit = UnitFactory(certified=True, joined_on=date(2020, 5, 1))
    return SimpleNamespace(unit=unit, clerk=clerk(unit))
