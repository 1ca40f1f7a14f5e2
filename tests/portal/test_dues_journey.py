"""Dues from the choice of years to the downloaded invoice over HTTP, as the guide tells it (chapter 三)."""

from datetime import date

import pytest
import time_machine
from django.test import Client

from membership.audit.models import AuditEntry
from membership.dues import actions, invariants
from membership.dues.models import BankStatement, DuesOrder, Invoice, Payment
from membership.dues.standing import Account
from membership.messaging.models import OutboundMessage
from tests.files import pdf_bytes, upload
from tests.membership.dues.bank import row, table
from tests.membership.dues.conftest import billing, invoice_file, snapshot
from tests.portal.conftest import look, put
from tests.portal.orders import at, content_of, facts
from tests.worker import work

pytestmark = pytest.mark.django_db

NUMBER = "26512000000012345678"
WIDE = str.maketrans({code: code + 0xFEE0 for code in range(0x21, 0x7F)})


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-06-01T12:00:00+08:00", tick=False) as traveller:
        yield traveller


@pytest.fixture
def worker_elsewhere(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


@pytest.fixture
def finance(books):
    client = Client()
    client.force_login(books.finance)
    return client


def as_banks_print(code):
    """Full width and with blanks between the letters."""
    return " ".join(code.translate(WIDE))


def order_three_years(ours):
    """会费缴纳 → 3 年 → 填写发票信息 → 提交; returns the order whose transfer page is shown."""
    years = look(ours.client, "/portal/dues/")
    assert "会费按年度计算（1月1日至12月31日）" in years.text
    assert [radio["value"] for radio in years.select("input[name=years]")] == ["1", "2", "3"]
    form = look(ours.client, "/portal/dues/order/?years=3")
    assert form.h1.text.strip() == "填写发票信息"
    labels = [form.select_one(f"label[for=id_{name}]") for name in ("payer_name", "contact_name", "contact_phone")]
    assert [label.contents[0].strip() for label in labels] == ["转账单位", "联系人", "联系电话"]
    assert form.select_one("main form .btn-primary").text == "提交"
    amount = form.select_one("input[name=amount]")["value"]
    posted = ours.client.post("/portal/dues/order/", {"years": 3, "amount": amount, **billing(ours.unit)})
    order = DuesOrder.objects.get(unit=ours.unit)
    assert posted["Location"] == at(order, "transfer/")
    return order


def book_by_statement(finance, order):
    """Upload the bank's CSV, look at the preview, 确认入账; returns the statement."""
    memo = f"缴纳会费{as_banks_print(order.printed_code)}谢谢"
    sheet = table(row("6000.00", memo, "示范检测财务部"), row("", debit="12.00"), encoding="gb18030")
    posted = finance.post("/cms/bank/statements/", {"file": sheet})
    work()
    preview = look(finance, posted["Location"])
    assert preview.select_one(".bank-counts__matched dd").text == "1"
    assert order.number in preview.select_one(".bank-rows").text
    assert not Payment.objects.exists()
    assert preview.select_one(".import-next .button").text == "确认入账"
    finance.post(preview.select_one(".import-next form")["action"])
    work()
    work()  # what the booking asked for: telling the unit
    return BankStatement.objects.get()


def test_from_the_choice_of_years_to_the_invoice(ours, outsider, finance, worker_elsewhere):
    order = order_three_years(ours)
    where = look(ours.client, at(order, "transfer/"))
    assert where.select_one(".pay-code__code").text == order.printed_code
    wanted = ["¥6,000.00", "示范协会", "示范银行成都分行", "6222000011112222333"]
    assert [text for text in wanted if text in where.text] == wanted

    assert book_by_statement(finance, order).state == "booked"
    order.refresh_from_db()
    assert (order.state, order.paid_on) == ("paid", date(2026, 6, 1))
    assert Account(ours.unit).standing.paid_through == date(2028, 12, 31)
    told = OutboundMessage.objects.get(template="dues_paid", channel="sms")
    assert (told.recipient, told.variables["date"]) == (str(ours.user.phone), "2028-12-31")
    assert facts(look(ours.client, "/portal/dues/"))["会费到期日期"] == "2028-12-31"

    files = [upload(f"{order.number}_{NUMBER}.pdf", pdf_bytes())]
    answer = finance.post("/cms/dues/invoices/upload/", {"uploads": files, "issued_on": "2026-06-01"})
    assert answer.status_code == 200
    assert Invoice.objects.standing().values_list("number", "order").get() == (NUMBER, order.pk)

    orders = look(ours.client, "/portal/orders/")
    assert orders.select_one(".tabs__link[aria-current]").text == "订单管理"
    assert orders.select_one("td .tag").text == "已开票"
    assert orders.select_one(".table-actions a").contents[0] == "详情"
    details = look(ours.client, at(order))
    told = facts(details)
    assert [told[name] for name in ("到账日期", "付款户名", "会费到期日期", "发票号码")] == [
        "2026-06-01",
        "示范检测财务部",
        "2028-12-31",
        NUMBER,
    ]
    [link] = details.select(".file a[download]")
    assert link.contents[-2].strip() == "下载发票"
    fetched = ours.client.get(link["href"])
    assert content_of(fetched).startswith(b"%PDF")
    assert AuditEntry.objects.get(verb="dues.download_invoice").actor == ours.user
    assert invariants.broken() == []


@pytest.mark.parametrize("page", ["", "transfer/", "slip/", "proof/", "cancel/", "invoice/send/", "invoice/reissue/"])
def test_another_unit_finds_nothing(ours, outsider, invoice, page):
    before = snapshot()
    address = at(invoice.order, page)
    posts = page.split("/")[0] in ("proof", "cancel", "invoice")
    answer = outsider.client.post(address, {}) if posts else outsider.client.get(address)
    assert (answer.status_code, snapshot()) == (404, before)


def test_the_files_of_another_unit_are_not_there(ours, outsider, paid, invoice):
    document = invoice.files.first().document
    for address in (
        at(paid, f"invoice/{document.pk}/"),
        *(f"/portal/documents/{document.pk}/{part}" for part in ("", "view/", "pages/1/")),
    ):
        assert outsider.client.get(address).status_code == 404, address
    assert not AuditEntry.objects.filter(verb="dues.download_invoice").exists()


def test_a_unit_whose_certification_ended_is_kept_out(ours, invoice, paid):
    put(ours.unit, "pending")
    document = invoice.files.first().document
    assert ours.client.get(at(paid)).status_code != 200
    assert ours.client.get(at(paid, f"invoice/{document.pk}/")).status_code != 200


def test_an_invoice_fetched_as_a_document_leaves_its_line(ours, finance, invoice, paid, books):
    document = invoice.files.first().document
    for client, person in ((ours.client, ours.user), (finance, books.finance)):
        answer = client.get(f"/portal/documents/{document.pk}/")
        assert content_of(answer)
        assert answer["Content-Disposition"].startswith("attachment")
        assert AuditEntry.objects.filter(verb="dues.download_invoice", actor=person).count() == 1


def test_a_void_or_loose_file_of_an_invoice_is_not_for_its_unit(ours, invoice, paid, books, finance):
    loose = invoice_file(paid, books.finance, "未登记.pdf", pdf_bytes(pages=2))
    void = invoice.files.first().document
    actions.void_invoice(invoice, by=books.finance, reason="登记有误")
    for document in (loose, void):
        for part in ("", "view/", "pages/1/"):
            assert ours.client.get(f"/portal/documents/{document.pk}/{part}").status_code == 404
    assert finance.get(f"/portal/documents/{loose.pk}/").status_code == 404
    assert finance.get(f"/portal/documents/{loose.pk}/view/").status_code == 200
    assert content_of(finance.get(f"/portal/documents/{void.pk}/"))
