"""会费 ▸ 发票 in the office: who sees what, lists, forms, files that survive a refusal, the log of downloads."""

from datetime import date

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.core import mail
from django.db import connection
from django.template.loader import render_to_string
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from membership.audit.models import AuditEntry
from membership.dues import actions
from membership.dues.models import DuesOrder, Invoice, InvoiceFile
from membership.dues.staff.invoice_pages import order_invoices
from membership.units.models import Document
from tests.factories import UnitFactory, clerk
from tests.files import docx_bytes, einvoice_xml, ofd_bytes, pdf_bytes, upload
from tests.membership.dues.conftest import invoice_file, issue, pay, place

pytestmark = pytest.mark.django_db

NUMBER, OTHER, RED = "26512000000012345678", "26512000000012345679", "26512000000099999999"
BASE = "/cms/dues/invoices/"
LISTS = ["", "awaiting/", "requests/", "red/", "issued/"]


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
    return issue(order, desk.finance, files=[ofd(order, desk)])


@pytest.fixture
def asked(invoice, ours):
    return actions.request_reissue(invoice, by=ours.clerk, reason="抬头有误")


@pytest.fixture
def finance(desk):
    return browser(desk.finance)


def ofd(order, desk, letter="a"):
    return invoice_file(order, desk.finance, f"{letter}.ofd", ofd_bytes(**{"content.txt": letter}))


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def text(response):
    return BeautifulSoup(response.content, "html.parser").get_text(" ", strip=True)


def filled(**changes):
    facts = {"kind": "normal", "number": NUMBER, "issued_on": "2026-06-01", "title": "示范公司", "tax_no": ""}
    return facts | {"uploads": [upload("发票.ofd", ofd_bytes()), upload("发票.xml", einvoice_xml())]} | changes


def errors(response):
    assert response.status_code == 422
    return {name: [str(e) for e in said] for name, said in response.context["form"].errors.items()}


def addresses(invoice, asked):
    """Every address about one invoice that is only read, and those where something is decided."""
    pk, file = invoice.pk, invoice.files.get()
    read = [*LISTS, f"{pk}/", f"files/{file.pk}/"]
    decided = ["upload/", "awaiting.xlsx", f"orders/{invoice.order_id}/", f"{pk}/replace/", f"{pk}/void/"]
    return read, [*decided, f"requests/{asked.pk}/", f"{pk}/files/", f"{pk}/send/"]


# --- Who ------------------------------------------------------------------------------------------------------------
def test_readers_read_and_nobody_else_comes_in(invoice, asked, ours, outsider, desk):
    read, decided = addresses(invoice, asked)
    secretary_general = browser(desk.secretary_general)
    for address in read:
        response = secretary_general.get(BASE + address)
        assert response.status_code == 200, address
        assert not response.streaming or b"".join(response.streaming_content)
    before = list(Invoice.objects.values())
    for person in (desk.secretary_general, desk.reviewer, desk.editor):
        client = browser(person)
        for address in decided if person == desk.secretary_general else read + decided:
            # Wagtail sends staff without a right home, with a message.
            for response in (client.get(BASE + address), client.post(BASE + address, filled())):
                assert (response.status_code, response.get("Location", "/cms/")) in ((302, "/cms/"), (403, "/cms/"))
    for person in (ours.clerk, outsider.clerk):
        client = browser(person)
        for address in read + decided:
            assert client.get(BASE + address).status_code in (302, 403)
            assert client.post(BASE + address, filled()).status_code in (302, 403)
    assert list(Invoice.objects.values()) == before
    page = text(secretary_general.get(f"{BASE}{invoice.pk}/"))
    assert NUMBER in page
    assert [word for word in ("换开发票", "作废发票", "补充发票文件", "邮件发送") if word in page] == []
    assert "登记发票" not in text(secretary_general.get(BASE))


def test_what_is_not_there_is_404(finance):
    for address in ("nowhere/", "999/", "orders/999/", "files/999/", "requests/999/", "999/void/", "9" * 30 + "/"):
        assert finance.get(BASE + address).status_code == 404, address


def test_the_menu_shows_invoices_to_readers_alone(desk):
    for person, shown in ((desk.finance, True), (desk.secretary_general, True), (desk.editor, False)):
        assert (BASE in browser(person).get("/cms/").content.decode()) is shown


# --- Lists ----------------------------------------------------------------------------------------------------------
def test_each_list_holds_its_rows_and_the_search_narrows_it(order, outsider, desk, finance):
    other = place(outsider.unit, outsider.clerk)
    pay(other, desk.finance)
    made = issue(other, desk.finance, files=[ofd(other, desk)])
    page = text(finance.get(BASE))
    assert "待开票 1 换开申请 0 待红冲 0 已开具 1" in page
    assert (order.number in page, other.number in page) == (True, False)
    assert order.number not in text(finance.get(BASE, {"q": "没有这家"}))
    actions.request_reissue(made, by=outsider.clerk, reason="抬头有误")
    assert "抬头有误" in text(finance.get(f"{BASE}requests/", {"q": NUMBER}))
    actions.reverse_payments(other, by=desk.finance, reason="退汇")
    assert "待红冲" in text(finance.get(f"{BASE}red/", {"q": other.unit.name}))
    actions.void_invoice(made, by=desk.finance, reason="已退款", red_number=RED)
    page = text(finance.get(f"{BASE}issued/", {"q": made.serial}))
    assert "已作废" in page
    assert "待红冲 0" in page


@pytest.mark.parametrize("query", ["🀄" * 50, "%", "9" * 500, "'"])
@pytest.mark.parametrize("address", LISTS[1:])
def test_any_search_is_answered(invoice, finance, address, query):
    assert finance.get(BASE + address, {"q": query, "p": "x"}).status_code == 200


QUERIES = {"awaiting/": 14, "requests/": 14, "red/": 15, "issued/": 15}


def more_orders(desk, numbers):
    """One for each number in turn: awaiting its invoice, with a request for another, with one to be voided."""
    for n in numbers:
        unit = UnitFactory(certified=True, joined_on=date(2020, 5, 1))
        person = clerk(unit)
        order = place(unit, person)
        pay(order, desk.finance)
        if n % 3:
            made = issue(order, desk.finance, f"2651{n:016d}", [ofd(order, desk)])
            actions.request_reissue(made, by=person, reason="x")
        if n % 3 == 2:
            actions.reverse_payments(order, by=desk.finance, reason="x")


def test_lists_cost_the_same_for_few_and_many(desk, finance):
    found = []
    for numbers in (range(3), range(3, 45)):
        more_orders(desk, numbers)
        for address in QUERIES:
            finance.get(BASE + address)
            with CaptureQueriesContext(connection) as queries:
                finance.get(BASE + address)
            found.append((address, len(queries)))
    assert found == [*QUERIES.items()] * 2


def test_the_workbook_follows_the_search(order, finance):
    response = finance.get(f"{BASE}awaiting.xlsx", {"q": order.number})
    assert (response.status_code, b"".join(response.streaming_content)[:2]) == (200, b"PK")
    assert AuditEntry.objects.get(verb="dues.export_awaiting_invoice").after == {"rows": 1}


# --- One by one -----------------------------------------------------------------------------------------------------
def test_an_invoice_is_entered_with_its_files(order, finance):
    address = f"{BASE}orders/{order.pk}/"
    assert order.invoice_title in finance.get(address).content.decode()
    response = finance.post(address, filled())
    made = Invoice.objects.get()
    assert response.headers["Location"] == f"{BASE}{made.pk}/"
    assert sorted(file.ending for file in made.files.all()) == ["OFD", "XML"]
    page = text(finance.get(f"{BASE}{made.pk}/"))
    assert f"发票_{order.number}.ofd" in page
    assert finance.get(address).status_code == 302  # it waits no more
    assert finance.post(address, filled(number=OTHER)).status_code == 302
    assert (Invoice.objects.count(), Document.objects.filter(kind="invoice").count()) == (1, 2)


def test_a_refused_form_keeps_the_files_and_what_was_typed(order, finance):
    address = f"{BASE}orders/{order.pk}/"
    files = [upload("发票.ofd", ofd_bytes()), upload("表.pdf", docx_bytes()), upload("bomb.exe", b"MZ" * 50)]
    response = finance.post(address, filled(number="123", uploads=files))
    said = errors(response)
    assert (said["number"], len(said["uploads"])) == (["数电发票号码为20位数字。"], 2)
    [kept] = Document.objects.filter(kind="invoice")
    page = BeautifulSoup(response.content, "html.parser")
    [box] = page.select("input[name=kept]")
    assert (box["value"], box.has_attr("checked")) == (str(kept.pk), True)
    assert page.select_one("input[name=number]")["value"] == "123"
    assert finance.post(address, filled(uploads=[], kept=[str(kept.pk)])).status_code == 302
    assert Invoice.objects.get().files.get().document == kept


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"number": ""}, "number"),
        ({"number": "1\x002"}, "number"),
        ({"number": "9" * 41}, "number"),
        ({"issued_on": "2026-06-02"}, "issued_on"),
        ({"issued_on": "30000-01-01"}, "issued_on"),
        ({"issued_on": ""}, "issued_on"),
        ({"kind": "gold"}, "kind"),
        ({"title": "  "}, "title"),
        ({"title": "字" * 101}, "title"),
        ({"tax_no": "9" * 21}, "tax_no"),
        ({"uploads": []}, "uploads"),
        ({"uploads": [], "kept": ["x"]}, "kept"),
        ({"uploads": [], "kept": ["7f1c1f1e-0000-4000-8000-000000000000"]}, "kept"),
    ],
)
def test_each_field_says_what_is_wrong(order, finance, changes, field):
    assert list(errors(finance.post(f"{BASE}orders/{order.pk}/", filled(**changes)))) == [field]
    assert not Invoice.objects.exists()


def test_files_of_another_unit_cannot_be_taken(order, outsider, desk, finance):
    other = place(outsider.unit, outsider.clerk)
    pay(other, desk.finance)
    foreign = ofd(other, desk)
    assert list(errors(finance.post(f"{BASE}orders/{order.pk}/", filled(uploads=[], kept=[str(foreign.pk)])))) == [
        "kept"
    ]


def test_a_number_that_is_taken_is_said_beside_the_field(invoice, outsider, desk, finance):
    other = place(outsider.unit, outsider.clerk)
    pay(other, desk.finance)
    said = errors(finance.post(f"{BASE}orders/{other.pk}/", filled()))
    assert said == {"number": [f"发票号码{NUMBER}已登记。"]}


def test_an_invoice_is_replaced_and_the_request_shown(invoice, asked, finance):
    address = f"{BASE}{invoice.pk}/replace/"
    assert "抬头有误" in text(finance.get(address))
    assert list(errors(finance.post(address, filled(number=OTHER, reason="", red_number="1")))) == [
        "reason",
        "red_number",
    ]
    kept = [str(pk) for pk in Document.objects.filter(invoice_file=None, kind="invoice").values_list("pk", flat=True)]
    facts = filled(number=OTHER, reason="抬头有误", red_number=RED, uploads=[], kept=kept, title="新抬头")
    response = finance.post(address, facts)
    fresh = Invoice.objects.get(replaces=invoice)
    assert (response.headers["Location"], fresh.title) == (f"{BASE}{fresh.pk}/", "新抬头")
    page = text(finance.get(f"{BASE}{invoice.pk}/"))
    assert (OTHER in page, "已换开" in text(finance.get(f"{BASE}issued/"))) == (True, True)
    assert finance.get(address).status_code == 302
    assert finance.post(address, facts).status_code == 302


def test_an_invoice_is_voided(invoice, finance):
    address = f"{BASE}{invoice.pk}/void/"
    assert list(errors(finance.post(address, {"reason": "", "red_number": "x"}))) == ["reason", "red_number"]
    assert finance.post(address, {"reason": "误", "red_number": RED}).status_code == 302
    invoice.refresh_from_db()
    assert (invoice.void_reason, invoice.red_number) == ("误", RED)


def test_a_request_is_refused(asked, finance):
    address = f"{BASE}requests/{asked.pk}/"
    assert list(errors(finance.post(address, {"answer": ""}))) == ["answer"]
    assert finance.post(address, {"answer": "会费不开专票"}).headers["Location"] == f"{BASE}requests/"
    asked.refresh_from_db()
    assert asked.answer == "会费不开专票"
    assert finance.get(address).status_code == 302


def test_files_are_added_and_what_is_wrong_is_named(invoice, finance):
    files = [upload("发票.pdf", pdf_bytes()), upload("表.xml", b"<html>"), upload("又.ofd", ofd_bytes())]
    response = finance.post(f"{BASE}{invoice.pk}/files/", {"uploads": files}, follow=True)
    assert sorted(file.ending for file in invoice.files.all()) == ["OFD", "OFD", "PDF"]
    assert "“表.xml”不符合要求" in text(response)
    assert "请选择文件" in text(finance.post(f"{BASE}{invoice.pk}/files/", follow=True))


def test_an_invoice_is_sent_to_an_address(invoice, finance):
    mail.outbox.clear()
    address = f"{BASE}{invoice.pk}/send/"
    response = finance.post(address, {"email": "no address"})
    assert (response.status_code, list(response.context["send_form"].errors)) == (422, ["email"])
    assert finance.post(address, {"email": "boss@example.com"}).status_code == 302
    assert [(sent.to, len(sent.attachments)) for sent in mail.outbox] == [(["boss@example.com"], 1)]
    for _again in range(4):
        finance.post(address, {"email": "boss@example.com"})
    assert finance.post(address, {"email": "boss@example.com"}).status_code == 422
    assert finance.get(address).status_code == 302


def test_a_download_has_a_name_that_speaks_and_leaves_a_line(invoice, finance, desk):
    file = invoice.files.get()
    response = finance.get(f"{BASE}files/{file.pk}/")
    assert response.headers["Content-Type"] == "application/ofd"
    assert response.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''%E5%8F%91%E7%A5%A8_DD2026")
    assert b"".join(response.streaming_content)[:2] == b"PK"
    assert AuditEntry.objects.get(verb="dues.download_invoice").actor == desk.finance
    file.document.file.storage.delete(file.document.file.name)
    assert finance.get(f"{BASE}files/{file.pk}/").status_code == 404


# --- Many at once ---------------------------------------------------------------------------------------------------
def test_many_files_are_entered_kept_or_named(order, outsider, desk, finance):
    other = place(outsider.unit, outsider.clerk)
    pay(other, desk.finance)
    files = [
        upload(f"{order.number}_{NUMBER}.ofd", ofd_bytes()),
        upload(f"{other.number}.ofd", ofd_bytes()),
        upload("setup.exe", b"MZ" * 50),
    ]
    response = finance.post(f"{BASE}upload/", {"uploads": files, "issued_on": "2026-05-31"})
    assert response.status_code == 200
    page = BeautifulSoup(response.content, "html.parser")
    assert [dd.text for dd in page.select(".import-counts dd")] == ["1", "0", "1", "1"]
    assert "setup.exe “setup.exe”不符合要求：文件必须是真正的 PDF / OFD / XML 文件" in text(response)
    assert Invoice.objects.get().issued_on == date(2026, 5, 31)
    [link] = page.select(".invoice-outcome a[href*='orders/']")
    form = BeautifulSoup(finance.get(link["href"]).content, "html.parser")
    assert [box.has_attr("checked") for box in form.select("input[name=kept]")] == [True]


@pytest.mark.parametrize("data", [{}, {"issued_on": "x"}, {"issued_on": "2026-06-02"}, {"uploads": "no file"}])
def test_an_upload_of_nothing_is_said(finance, data):
    response = finance.post(f"{BASE}upload/", data)
    assert errors(response)


# --- The block for the page of an order -----------------------------------------------------------------------------
def test_the_block_of_an_order_follows_the_rights(order, desk, outsider):
    def block(user):
        return text_of(render_to_string("dues/staff/_invoices.html", order_invoices(order, user)))

    def text_of(html):
        return BeautifulSoup(html, "html.parser").get_text(" ", strip=True)

    assert (block(desk.finance), block(desk.secretary_general)) == ("登记发票", "该订单尚无发票。")
    issue(order, desk.finance, files=[ofd(order, desk)])
    assert NUMBER in block(desk.secretary_general)
    assert NUMBER not in block(outsider.clerk)
    assert "登记发票" not in block(desk.finance)
    assert reverse("dues_invoices:issue", args=[order.pk]).startswith("/cms/")
    assert DuesOrder.objects.awaiting_invoice().count() == 0
    assert InvoiceFile.objects.for_user(outsider.clerk).count() == 0
