"""Invoices: entered once for a paid order, sent with their files, replaced and voided, never edited."""

import ast
from datetime import date
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction

from membership.audit.models import AuditEntry
from membership.dues import actions
from membership.dues.models import DuesOrder, Invoice, InvoiceFile, NumberSeries
from membership.messaging import actions as messaging
from membership.messaging.models import OutboundMessage
from membership.units.models import Document
from tests.files import einvoice_xml, ofd_bytes, pdf_bytes
from tests.membership.dues.conftest import invoice_file, issue, pay, place, refused_with

pytestmark = pytest.mark.django_db

NUMBER, OTHER, RED = "26512000000012345678", "26512000000012345679", "26512000000099999999"
DAY = date(2026, 6, 1)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-06-01T12:00:00+08:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def order(ours, desk):
    made = place(ours.unit, ours.clerk)
    pay(made, desk.finance)
    return made


@pytest.fixture
def invoice(order, desk):
    return issue(order, desk.finance)


def replace(invoice, by, number=OTHER, **facts):
    if "files" not in facts:
        facts["files"] = [invoice_file(invoice.order, by, "新发票.pdf")]
    facts = {"reason": "抬头有误", "red_number": RED, "issued_on": DAY, "kind": "normal"} | facts
    return actions.replace_invoice(invoice, by=by, number=number, **facts)


def entry(verb):
    return AuditEntry.objects.get(verb=f"dues.{verb}")


def mails():
    return OutboundMessage.objects.filter(channel="email")


# --- Issue ----------------------------------------------------------------------------------------------------------
def test_an_invoice_is_entered_once_and_its_unit_gets_the_files(order, ours, desk):
    files = [
        invoice_file(order, desk.finance),
        invoice_file(order, desk.finance, "a.ofd", ofd_bytes()),
        invoice_file(order, desk.finance, "a.xml", einvoice_xml()),
    ]
    mail.outbox.clear()
    made = issue(order, desk.finance, " 2651 2000 0000 1234 5678 ", files)
    assert (made.serial, made.number, made.amount, made.order) == ("KP2026000001", NUMBER, order.amount, order)
    assert (made.title, made.tax_no, made.recorded_by) == (ours.unit.name, ours.unit.uscc, desk.finance)
    recorded = entry("issue_invoice")
    assert (recorded.actor, recorded.unit_id) == (desk.finance, ours.unit.pk)
    assert recorded.after == {"order": order.number, "serial": made.serial, "number": NUMBER, "amount": "2000.00"}
    told = OutboundMessage.objects.filter(template="invoice_issued").order_by("channel")
    assert list(told.values_list("channel", "recipient")) == [
        ("email", "caiwu@example.com"),
        ("sms", str(ours.clerk.phone)),
    ]
    [sent] = mail.outbox
    names = [f"发票_{order.number}.{ending}" for ending in ("pdf", "ofd", "xml")]
    assert (sent.to, [(name, mime) for name, _content, mime in sent.attachments]) == (
        ["caiwu@example.com"],
        list(zip(names, ["application/pdf", "application/ofd", "application/xml"], strict=True)),
    )
    assert "会费票据已开具" in sent.body
    assert not DuesOrder.objects.awaiting_invoice().exists()
    spare = [invoice_file(order, desk.finance, "b.pdf")]
    refused_with("has_invoice", lambda: issue(order, desk.colleague, OTHER, spare))


def test_an_order_without_an_address_is_told_by_sms_alone(ours, desk):
    made = place(ours.unit, ours.clerk, email="")
    pay(made, desk.finance)
    issue(made, desk.finance)
    assert list(OutboundMessage.objects.filter(template="invoice_issued").values_list("channel", flat=True)) == ["sms"]


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("normal", "2651200000001234567"),
        ("normal", "265120000000123456789"),
        ("special", "2651200000001234567A"),
        ("normal", ""),
        ("normal", "٢٦٥١٢٠٠٠٠٠٠٠١٢٣٤٥٦٧٨"),
        ("fiscal", "1234567"),
        ("fiscal", "1" * 31),
        ("fiscal", "发票12345678"),
        ("fiscal", "-12345678"),
        ("fiscal", "1234\x005678"),
    ],
)
def test_numbers_that_are_none(order, desk, kind, number):
    files = [invoice_file(order, desk.finance)]
    refused_with("number", lambda: issue(order, desk.finance, number, files, kind=kind))


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("special", "２６５１２０００００００１２３４５６７８", NUMBER),
        ("fiscal", "00012345", "00012345"),
        ("fiscal", "cz-2026-000123", "CZ-2026-000123"),
    ],
)
def test_numbers_as_people_type_them(order, desk, kind, typed, kept):
    assert issue(order, desk.finance, typed, kind=kind).number == kept


def test_what_is_no_invoice_is_refused(order, desk):
    files = [invoice_file(order, desk.finance)]
    refused_with("no_file", lambda: issue(order, desk.finance, files=[]))
    refused_with("issued_on", lambda: issue(order, desk.finance, files=files, issued_on=date(2026, 6, 2)))
    refused_with("title", lambda: issue(order, desk.finance, files=files, title=" "))
    many = [invoice_file(order, desk.finance, f"{n}.ofd", ofd_bytes()) for n in range(11)]
    refused_with("too_many_files", lambda: issue(order, desk.finance, files=many))
    assert DuesOrder.objects.awaiting_invoice().get() == order


def test_a_number_and_a_file_belong_to_one_invoice(order, outsider, desk, invoice):
    other = place(outsider.unit, outsider.clerk)
    pay(other, desk.finance)
    files = [invoice_file(other, desk.finance)]
    refused_with("taken", lambda: issue(other, desk.finance, NUMBER, files))
    actions.void_invoice(invoice, by=desk.finance, reason="录入有误")
    used = [file.document for file in invoice.files.all()]
    refused_with("file_used", lambda: issue(order, desk.finance, OTHER, used))
    with pytest.raises(PermissionDenied):
        issue(other, desk.finance, OTHER, [invoice_file(order, desk.finance)])


def test_a_number_voided_by_mistake_is_free_and_a_reversed_one_is_spent(order, outsider, desk, invoice):
    other = place(outsider.unit, outsider.clerk)
    pay(other, desk.finance)
    actions.void_invoice(invoice, by=desk.finance, reason="登记到了别的订单")
    right = issue(other, desk.finance, NUMBER)
    assert (right.number, invoice.number, Invoice.objects.standing().get()) == (NUMBER, NUMBER, right)
    actions.void_invoice(right, by=desk.finance, reason="开票有误", red_number=RED)
    files = [invoice_file(order, desk.finance, content=pdf_bytes(pages=3))]
    refused_with("taken", lambda: issue(order, desk.finance, NUMBER, files))


@pytest.mark.parametrize("state", ["awaiting_payment", "awaiting_confirmation", "cancelled", "expired", "reversed"])
def test_only_a_paid_order_gets_an_invoice(order, desk, state):
    closed = {"closed_at": "2026-06-01T00:00Z"} if state in ("cancelled", "expired", "reversed") else {}
    paid_on = DAY if state == "reversed" else None
    DuesOrder.objects.filter(pk=order.pk).update(state=state, paid_on=paid_on, **closed)
    files = [invoice_file(order, desk.finance)]
    refused_with("not_paid", lambda: issue(order, desk.finance, files=files))


def test_own_numbers_leave_no_gap_when_entering_fails(order, outsider, desk, monkeypatch):
    files = [invoice_file(order, desk.finance)]

    def breaks(*args, **kwargs):
        raise RuntimeError("the message cannot be written")

    with monkeypatch.context() as broken:
        broken.setattr(messaging, "post", breaks)
        with pytest.raises(RuntimeError):
            issue(order, desk.finance, files=files)
    assert (Invoice.objects.count(), InvoiceFile.objects.count()) == (0, 0)
    assert not NumberSeries.objects.filter(series="KP").exists()
    assert not AuditEntry.objects.filter(verb="dues.issue_invoice").exists()
    assert issue(order, desk.finance, files=files).serial == "KP2026000001"
    other = place(outsider.unit, outsider.clerk)
    pay(other, desk.finance)
    assert issue(other, desk.finance, OTHER).serial == "KP2026000002"


# --- Who ------------------------------------------------------------------------------------------------------------
def test_only_finance_and_administrators_enter_invoices(order, ours, outsider, desk, invoice):
    document = invoice_file(order, desk.finance, "a.ofd", ofd_bytes())
    asked = actions.request_reissue(invoice, by=ours.clerk, reason="抬头有误")
    people = (ours.clerk, outsider.clerk, desk.secretary_general, desk.reviewer, desk.editor)
    facts = {"number": OTHER, "issued_on": DAY, "kind": "normal", "files": [document]}
    before = list(Invoice.objects.values())
    for person in people:
        for call in (
            lambda by=person: actions.issue_invoice(order, by=by, **facts),
            lambda by=person: actions.replace_invoice(invoice, by=by, reason="x", red_number="", **facts),
            lambda by=person: actions.void_invoice(invoice, by=by, reason="x"),
            lambda by=person: actions.add_invoice_file(invoice, by=by, document=document),
            lambda by=person: actions.refuse_reissue(asked, by=by, answer="x"),
        ):
            with pytest.raises(PermissionDenied):
                call()
    assert list(Invoice.objects.values()) == before
    actions.add_invoice_file(invoice, by=desk.administrator, document=document)


def test_what_a_unit_may_do_with_its_invoice_and_others_may_not(invoice, ours, outsider, desk):
    file = invoice.files.get()
    for person in (outsider.clerk, desk.reviewer, desk.editor):
        for call in (
            lambda by=person: actions.request_reissue(invoice, by=by, reason="x"),
            lambda by=person: actions.send_invoice(invoice, by=by, email="a@example.com"),
            lambda by=person: actions.download_invoice(file, by=by),
        ):
            with pytest.raises(PermissionDenied):
                call()
        for model in (Invoice, InvoiceFile):
            assert not model.objects.for_user(person).exists()
        assert not Document.objects.for_user(person).filter(kind="invoice").exists()
    with pytest.raises(PermissionDenied):
        actions.request_reissue(invoice, by=desk.finance, reason="x")
    with pytest.raises(PermissionDenied):
        actions.send_invoice(invoice, by=desk.secretary_general, email="a@example.com")
    for person in (ours.clerk, desk.finance, desk.secretary_general):
        assert Invoice.objects.for_user(person).get() == invoice
        assert actions.download_invoice(file, by=person) == file.document


def test_every_download_leaves_a_line(invoice, ours, desk):
    file = invoice.files.get()
    actions.download_invoice(file, by=ours.clerk)
    actions.download_invoice(file, by=desk.finance)
    lines = AuditEntry.objects.filter(verb="dues.download_invoice").order_by("pk")
    assert [(line.actor, line.unit_id, line.after) for line in lines] == [
        (person, invoice.order.unit_id, {"number": NUMBER, "mime": "application/pdf"})
        for person in (ours.clerk, desk.finance)
    ]


# --- Add, replace, void ---------------------------------------------------------------------------------------------
def test_a_file_that_comes_later_is_added_and_nothing_is_sent(order, desk, invoice):
    count = OutboundMessage.objects.count()
    added = actions.add_invoice_file(
        invoice, by=desk.finance, document=invoice_file(order, desk.finance, "a.ofd", ofd_bytes())
    )
    assert (added.ending, added.download_name) == ("OFD", f"发票_{order.number}.ofd")
    assert (entry("add_invoice_file").after["mime"], OutboundMessage.objects.count()) == ("application/ofd", count)
    again = invoice_file(order, desk.finance, "b.ofd", ofd_bytes())
    refused_with("file_known", lambda: actions.add_invoice_file(invoice, by=desk.finance, document=again))


def test_a_replaced_invoice_keeps_every_letter_and_its_request_is_answered(invoice, ours, desk):
    asked = actions.request_reissue(invoice, by=ours.clerk, reason="抬头少一个字")
    unchanged = ("serial", "order_id", "kind", "number", "issued_on", "title", "tax_no", "amount", "recorded_at")
    before = Invoice.objects.values(*unchanged).get(pk=invoice.pk)
    mail.outbox.clear()
    fresh = replace(invoice, desk.colleague, title="示范建设集团", tax_no="")
    old = Invoice.objects.get(number=NUMBER)
    assert Invoice.objects.values(*unchanged).get(pk=invoice.pk) == before
    assert (old.voided_by, old.void_reason, old.red_number) == (desk.colleague, "抬头有误", RED)
    assert (fresh.replaces, fresh.serial, fresh.title, fresh.tax_no) == (old, "KP2026000002", "示范建设集团", "")
    assert fresh.amount == invoice.amount
    assert Invoice.objects.standing().get() == fresh
    asked.refresh_from_db()
    assert (asked.closed_by, asked.answer) == (desk.colleague, f"已另开发票：{OTHER}。")
    assert [sent.to for sent in mail.outbox] == [["caiwu@example.com"]]
    recorded = entry("replace_invoice")
    assert (recorded.before["number"], recorded.after["number"]) == (NUMBER, OTHER)
    spare = [invoice_file(invoice.order, desk.finance, "c.pdf")]
    refused_with("stale", lambda: replace(old, desk.finance, "26512000000012345680", files=spare))


def test_a_refused_replacement_leaves_the_old_one_standing(invoice, desk):
    files = [invoice_file(invoice.order, desk.finance, "c.pdf")]
    refused_with("taken", lambda: replace(invoice, desk.finance, NUMBER, files=files))
    refused_with("no_words", lambda: replace(invoice, desk.finance, reason=" ", files=files))
    refused_with("red_number", lambda: replace(invoice, desk.finance, red_number="123", files=files))
    refused_with("no_file", lambda: replace(invoice, desk.finance, files=[]))
    actions.reverse_payments(invoice.order, by=desk.finance, reason="银行退汇")
    refused_with("not_paid", lambda: replace(invoice, desk.finance, files=files))


def test_the_invoice_of_a_reversed_order_waits_to_be_voided(invoice, ours, desk):
    actions.request_reissue(invoice, by=ours.clerk, reason="抬头有误")
    assert not Invoice.objects.awaiting_red().exists()
    actions.reverse_payments(invoice.order, by=desk.finance, reason="银行退汇")
    assert Invoice.objects.awaiting_red().get() == invoice
    refused_with("no_words", lambda: actions.void_invoice(invoice, by=desk.finance, reason=""))
    actions.void_invoice(invoice, by=desk.finance, reason="已退款", red_number=RED)
    assert not Invoice.objects.awaiting_red().exists()
    assert (invoice.requests.get().answer, entry("void_invoice").after) == ("已退款", {"red_number": RED})
    refused_with("stale", lambda: actions.void_invoice(invoice, by=desk.colleague, reason="再次"))
    late = invoice_file(invoice.order, desk.finance, "late.ofd", ofd_bytes())
    refused_with("stale", lambda: actions.add_invoice_file(invoice, by=desk.finance, document=late))


def test_a_paid_order_whose_invoice_is_void_waits_for_another(invoice, order, desk):
    actions.void_invoice(invoice, by=desk.finance, reason="录入有误")
    assert DuesOrder.objects.awaiting_invoice().get() == order
    assert issue(order, desk.finance, OTHER).serial == "KP2026000002"


@pytest.mark.parametrize(
    "changes",
    [
        {"voided_at": "2026-06-01T00:00Z"},
        {"void_reason": "x"},
        {"amount": 0},
    ],
)
def test_the_database_holds_what_an_invoice_is(invoice, changes):
    with pytest.raises(IntegrityError), transaction.atomic():
        Invoice.objects.filter(pk=invoice.pk).update(**changes)


# --- Requests, e-mail -----------------------------------------------------------------------------------------------
def test_a_unit_asks_once_and_is_told_why_not(invoice, ours, desk):
    refused_with("no_words", lambda: actions.request_reissue(invoice, by=ours.clerk, reason=" "))
    asked = actions.request_reissue(invoice, by=ours.clerk, reason="希望改开专票")
    assert (entry("request_reissue").actor, asked.invoice) == (ours.clerk, invoice)
    refused_with("open_request", lambda: actions.request_reissue(invoice, by=ours.clerk, reason="再次"))
    refused_with("no_words", lambda: actions.refuse_reissue(asked, by=desk.finance, answer="  "))
    actions.refuse_reissue(asked, by=desk.finance, answer="会费不开专票")
    asked.refresh_from_db()
    assert (asked.closed_by, asked.answer) == (desk.finance, "会费不开专票")
    told = OutboundMessage.objects.get(template="reissue_refused")
    assert (told.recipient, told.variables["reason"]) == (str(ours.clerk.phone), "会费不开专票")
    refused_with("stale", lambda: actions.refuse_reissue(asked, by=desk.finance, answer="再次"))
    assert actions.request_reissue(invoice, by=ours.clerk, reason="请再考虑")


def test_nobody_asks_for_another_in_the_place_of_what_stands_no_longer(invoice, ours, desk):
    actions.reverse_payments(invoice.order, by=desk.finance, reason="银行退汇")
    refused_with("not_paid", lambda: actions.request_reissue(invoice, by=ours.clerk, reason="x"))
    actions.void_invoice(invoice, by=desk.finance, reason="已退款")
    refused_with("stale", lambda: actions.request_reissue(invoice, by=ours.clerk, reason="x"))
    refused_with("stale", lambda: actions.send_invoice(invoice, by=ours.clerk, email="a@example.com"))


def test_an_invoice_is_sent_by_hand_a_few_times_a_day_and_the_trail_knows_no_address(invoice, ours, desk, clock):
    mail.outbox.clear()
    for number in range(5):
        by = (ours.clerk, desk.finance)[number % 2]
        actions.send_invoice(invoice, by=by, email=f"boss{number}@example.com")
    assert [(sent.to, len(sent.attachments)) for sent in mail.outbox][4] == (["boss4@example.com"], 1)
    refused_with("too_often", lambda: actions.send_invoice(invoice, by=ours.clerk, email="boss@example.com"))
    assert not [e for e in AuditEntry.objects.all() if "example.com" in str(e.after) + str(e.before)]
    clock.move_to("2026-06-02T00:00:01+08:00")
    actions.send_invoice(invoice, by=ours.clerk, email="boss@example.com")
    assert mails().last().recipient == "boss@example.com"


# --- Nothing is edited ----------------------------------------------------------------------------------------------
def test_no_line_of_code_changes_what_was_issued():
    """Rows of invoices are written by `create` once; what is updated is that they are void, and answers to requests."""
    allowed = {"voided_at", "voided_by", "void_reason", "red_number", "closed_at", "closed_by", "answer"}
    folder = Path(settings.BASE_DIR) / "membership" / "dues"
    touched = []
    for path in sorted(folder.rglob("*invoice*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if node.func.attr in {"save", "bulk_update", "delete", "update_or_create"}:
                    touched.append((path.name, node.lineno))
                if node.func.attr == "update":
                    touched += [(path.name, k.arg) for k in node.keywords if k.arg and k.arg not in allowed]
            is_mapping = isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "changes"
            if is_mapping and isinstance(node.value, ast.Dict):
                touched += [(path.name, key.value) for key in node.value.keys if key.value not in allowed]
    assert touched == []
