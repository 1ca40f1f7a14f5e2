"""Dues as the guide tells them (chapter 三) in a browser: years, invoice data, transfer, statement, invoice, file."""

import pytest
from playwright.sync_api import expect

from cms.models import AssociationSettings
from membership.dues.models import DuesOrder, Invoice
from membership.messaging.models import OutboundMessage
from membership.units.actions import store_document
from tests.e2e.test_portal_access import grave
from tests.factories import UnitFactory, clerk
from tests.files import pdf, pdf_bytes
from tests.membership.dues.bank import row, table
from tests.membership.dues.conftest import open_books
from tests.portal.test_dues_journey import as_banks_print
from tests.worker import work

NUMBER = "26512000000012345678"


@pytest.fixture(autouse=True)
def _worker_elsewhere(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


@pytest.fixture
def books():
    settings = AssociationSettings.load()
    settings.name = "示范省建设工程质量安全协会"
    settings.save()
    return open_books()


@pytest.fixture
def unit(books):
    return UnitFactory(name="示范建设集团有限公司", certified=True)


class Faults:
    """What axe finds on the pages of the way, by name."""

    def __init__(self):
        self.found = {}

    def look(self, name, page):
        assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"], name
        if faults := grave(page):
            self.found[name] = faults


def order_three_years(page, faults):
    """会费缴纳 → 3 年 → 填写发票信息 → 提交 → 转账缴费; returns the order."""
    page.locator(".rail__link:visible, .tabbar a:visible").filter(has_text="会费").click()
    page.wait_for_url("**/portal/dues/")
    faults.look("years", page)
    page.get_by_label("3 年").check()
    page.get_by_role("button", name="下一步：填写发票信息").click()
    expect(page.locator("h1")).to_have_text("填写发票信息")
    for label in ("转账单位", "联系人", "联系电话"):
        expect(page.get_by_label(label, exact=False).first).to_be_visible()
    page.locator("#id_contact_name").fill("钱会计")
    page.locator("#id_contact_phone").fill("13811138111")
    faults.look("billing", page)
    page.get_by_role("button", name="提交", exact=True).click()
    page.wait_for_url("**/transfer/")
    faults.look("transfer", page)
    order = DuesOrder.objects.get()
    expect(page.locator(".pay-code__code")).to_have_text(order.printed_code)
    expect(page.locator(".pay-facts")).to_contain_text("6222000011112222333")
    return order


def book_statement(office, order, tmp_path, faults):
    """对账导入: the bank's CSV, whose note holds the code in full width and with blanks; preview; 确认入账."""
    path = tmp_path / "流水.csv"
    memo = f"会费 {as_banks_print(order.printed_code)}"
    path.write_bytes(table(row(f"{order.amount}", memo, order.payer_name), encoding="gb18030").read())
    office.locator("input[type=file]").set_input_files(path)
    office.get_by_role("button", name="上传并读取").click()
    expect(office.locator("[data-progress]")).to_be_visible()
    work()
    confirm = office.get_by_role("button", name="确认入账")
    expect(confirm).to_be_visible()
    expect(office.locator(".bank-rows")).to_contain_text(order.number)
    faults.look("preview", office)
    order.refresh_from_db()
    assert order.state == "awaiting_payment"
    confirm.click()
    expect(office.locator("[data-progress]")).to_be_visible()
    work()
    expect(office.locator(".bank-sums")).to_be_visible()
    faults.look("booked", office)
    work()  # what the booking asked for: telling the unit


def upload_invoice(office, order, tmp_path, faults):
    """发票 ▸ 批量上传: a PDF named by the number of the order and its own."""
    path = tmp_path / f"{order.number}_{NUMBER}.pdf"
    path.write_bytes(pdf_bytes())
    office.goto("/cms/dues/invoices/")
    expect(office.locator(".invoices-rows")).to_contain_text(order.number)
    faults.look("awaiting", office)
    office.get_by_role("link", name="批量上传发票").click()
    office.locator("input[type=file]").set_input_files(path)
    office.get_by_role("button", name="上传并登记").click()
    expect(office.locator(".invoice-outcome")).to_contain_text(NUMBER)
    faults.look("uploaded", office)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_from_the_choice_of_years_to_the_invoice(unit, books, log_in, tmp_path, size):
    faults, person = Faults(), clerk(unit, name="李四")
    page = log_in(person, size=size, next_url="/portal/")
    order = order_three_years(page, faults)
    office = log_in(books.finance, size=size, next_url="/cms/bank/statements/")
    book_statement(office, order, tmp_path, faults)
    order.refresh_from_db()
    assert order.state == "paid"
    told = OutboundMessage.objects.get(template="dues_paid", channel="sms")
    through = f"{order.first_year + 2}-12-31"
    assert (told.recipient, told.variables["date"]) == (str(person.phone), through)
    upload_invoice(office, order, tmp_path, faults)
    assert Invoice.objects.get().order == order
    office.goto(f"/cms/dues/orders/inspect/{order.pk}/")
    expect(office.locator(".invoices-rows")).to_contain_text(NUMBER)
    faults.look("order in the office", office)

    page.goto("/portal/dues/")
    expect(page.locator("dl.facts").first).to_contain_text(through)
    page.locator(".tabs__link", has_text="订单管理").click()
    expect(page.locator("tbody")).to_contain_text("已开票")
    faults.look("orders", page)
    page.get_by_role("link", name="详情").click()
    page.wait_for_url(f"**/portal/orders/{order.number}/")
    faults.look("details", page)
    with page.expect_download() as invoice:
        page.get_by_role("link", name="下载发票").click()
    assert invoice.value.suggested_filename == f"发票_{order.number}.pdf"
    with open(invoice.value.path(), "rb") as file:
        assert file.read() == pdf_bytes()
    assert faults.found == {}


def test_another_unit_finds_none_of_it(unit, books, log_in, tmp_path):
    person, faults = clerk(unit, name="李四"), Faults()
    page = log_in(person, next_url="/portal/")
    order = order_three_years(page, faults)
    proof = store_document(pdf("回单.pdf"), unit=unit, kind="payment_proof", by=person)
    office = log_in(books.finance, next_url="/cms/bank/statements/")
    book_statement(office, order, tmp_path, faults)
    upload_invoice(office, order, tmp_path, faults)
    invoice = Invoice.objects.get().files.get().document
    stranger = log_in(clerk(UnitFactory(certified=True), name="王五"), next_url="/portal/orders/")
    expect(stranger.locator("main")).not_to_contain_text(order.number)
    for address in (
        *(f"/portal/orders/{order.number}/{part}" for part in ("", "transfer/", "slip/", f"invoice/{invoice.pk}/")),
        *(f"/portal/documents/{document.pk}/" for document in (invoice, proof)),
    ):
        assert stranger.goto(address).status == 404, address
