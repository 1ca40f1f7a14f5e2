"""订单管理: the list, where to pay, the proof, the link for the finance department, the invoice."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.test import Client

from membership.dues import actions, slips
from membership.dues.models import DuesOrder
from membership.dues.states import OrderState, Standing
from membership.units.models import Document
from membership.units.states import MembershipState
from portal.dues_marks import ORDERS, STANDINGS
from tests.factories import UserFactory, clerk
from tests.files import heavy_pdf, pdf, pdf_text, upload
from tests.membership.dues.conftest import issue, pay, place, snapshot
from tests.portal.conftest import look, put
from tests.portal.orders import LIST, at, cells, content_of, events, facts, page_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-06-01T12:00:00+08:00", tick=False) as traveller:
        yield traveller


# --- Who may see what -----------------------------------------------------------------------------------------------
PAGES = ["", "transfer/", "slip/", "proof/"]
POSTS = ["proof/", "cancel/", "invoice/send/", "invoice/reissue/"]


def every_address(order):
    files = [f"invoice/{file.document_id}/" for held in order.invoices.all() for file in held.files.all()]
    gets = [("get", at(order, page)) for page in [*PAGES, *files]]
    return gets + [("post", at(order, page)) for page in POSTS]


def test_another_unit_finds_nothing(outsider, invoice, paid):
    before = snapshot()
    for method, url in every_address(paid):
        assert getattr(outsider.client, method)(url).status_code == 404, url
    assert snapshot() == before
    assert paid.number not in outsider.client.get(LIST).content.decode()


def test_visitors_log_in_and_staff_are_told_where_the_rest_is(client, invoice, paid, books):
    for method, url in [("get", LIST), *every_address(paid)]:
        assert getattr(client, method)(url)["Location"].startswith("/accounts/login/"), url
    for person in (books.finance, books.administrator, UserFactory()):
        client.force_login(person)
        for method, url in [("get", LIST), *every_address(paid)]:
            assert getattr(client, method)(url).status_code == 403, url


@pytest.mark.parametrize("state", ["draft", "pending", "returned", "suspended", "left"])
def test_units_without_certification_see_why(ours, invoice, paid, state):
    put(ours.unit, MembershipState(state))
    for method, url in [("get", LIST), *every_address(paid)]:
        response = getattr(ours.client, method)(url)
        assert (response.status_code, page_of(response).select_one(".locked") is not None) == (403, True), url


def test_a_file_of_one_order_is_none_of_another(ours, books, invoice, paid):
    other = place(ours.unit, ours.user)
    file = invoice.files.first()
    assert ours.client.get(at(other, f"invoice/{file.document_id}/")).status_code == 404


@pytest.mark.parametrize("number", ["DD2026999999", "x", "0", "9" * 400])
def test_numbers_that_are_none(ours, order, number):
    assert ours.client.get(f"{LIST}{number}/").status_code == 404


@pytest.mark.parametrize("page", ["cancel/"])
def test_what_changes_something_is_posted(ours, order, page):
    assert ours.client.get(at(order, page)).status_code == 405
    assert ours.client.get(at(order, "proof/"))["Location"] == at(order, "transfer/")


# --- The list -------------------------------------------------------------------------------------------------------
def test_an_empty_list_leads_to_the_dues(ours, books):
    page = look(ours.client, LIST)
    assert (page.select_one(".empty p").text, page.select_one(".empty a")["href"]) == ("还没有订单", "/portal/dues/")


def test_the_list_shows_the_orders_of_the_unit(ours, order, books):
    [row] = cells(look(ours.client, LIST))
    place_of_row = [order.number, "3 年 2026-01-01 ～ 2028-12-31", "¥6,000.00", "待缴费", "2026-06-01 12:00", "--"]
    assert row == [*place_of_row, f"详情 {order.number}"]


def state_of(client, order):
    return next(row[3] for row in cells(look(client, LIST)) if row[0] == order.number)


def test_the_state_in_words_follows_the_facts(ours, order, books, clock):
    assert state_of(ours.client, order) == "待缴费"
    pay(order, books.finance, Decimal(5000))
    assert state_of(ours.client, order) == "金额不符"
    pay(order, books.finance, Decimal(1000))
    assert state_of(ours.client, order) == "已缴费"
    issued = issue(order, books.finance)
    assert state_of(ours.client, order) == "已开票"
    actions.void_invoice(issued, by=books.finance, reason="录入有误")
    assert state_of(ours.client, order) == "已缴费"
    actions.reverse_payments(order, by=books.finance, reason="银行退汇")
    assert state_of(ours.client, order) == "已冲正"
    cancelled = place(ours.unit, ours.user)
    actions.cancel_order(cancelled, by=ours.user)
    assert state_of(ours.client, cancelled) == "已取消"
    late = place(ours.unit, ours.user)
    clock.move_to("2026-08-01T12:00:00+08:00")
    actions.expire_orders(date(2026, 8, 1))
    ours.client.force_login(ours.user)
    assert state_of(ours.client, late) == "已过期"
    assert "订单已过期" in look(ours.client, at(late)).select_one(".inset-warn").text


def test_every_state_has_a_colour():
    assert (set(ORDERS), set(STANDINGS)) == (set(OrderState), set(Standing))


@pytest.mark.parametrize("count", [1, 50])
def test_the_list_asks_as_often_for_one_as_for_fifty(ours, books, count, django_assert_num_queries):
    for _number in range(count):
        actions.cancel_order(place(ours.unit, ours.user), by=ours.user)
    look(ours.client, LIST)
    with django_assert_num_queries(7):
        page = look(ours.client, LIST)
    assert len(cells(page)) == min(count, 20)
    assert len(cells(look(ours.client, f"{LIST}?page=3"))) == (10 if count == 50 else 1)
    assert ours.client.get(f"{LIST}?page=1;drop").status_code == 200


# --- Where to pay ---------------------------------------------------------------------------------------------------
def test_the_transfer_page_says_all_that_a_bank_asks(ours, order):
    page = look(ours.client, at(order, "transfer/"))
    told = facts(page)
    assert (page.select_one(".pay-sum__figures").text, "陆仟元整" in page.select_one(".pay-sum").text) == (
        "¥6,000.00",
        True,
    )
    assert told["户名"].startswith("示范协会")
    assert told["开户行"].startswith("示范银行成都分行")
    assert told["账号"].startswith("6222000011112222333")
    assert "联行号" not in told
    assert told["缴费截止日"] == "2026-07-01"
    assert page.select_one(".pay-code__code").text == order.printed_code
    copied = [button["data-copy"] for button in page.select("[data-copy]")]
    assert copied[:4] == ["示范协会", "示范银行成都分行", "6222000011112222333", order.printed_code]
    assert copied[4].splitlines()[3:5] == ["应缴金额: ¥6,000.00 (陆仟元整)", f"转账备注码: {order.printed_code}"]
    assert [step.text.strip() for step in page.select(".stepper [aria-current]")] == ["3转账缴费"]


def test_what_is_missing_is_said(ours, order, books):
    pay(order, books.finance, Decimal(5000))
    words = "收到 ¥5,000.00，应缴 ¥6,000.00，差额 ¥1,000.00"
    for page in ("", "transfer/"):
        assert words in look(ours.client, at(order, page)).select_one(".inset-warn").text


def test_a_closed_order_has_no_place_to_pay(ours, paid):
    assert ours.client.get(at(paid, "transfer/"))["Location"] == at(paid)
    assert ours.client.get(at(paid, "slip/")).status_code == 404


def test_the_payment_slip_is_a_pdf(ours, order, books):
    pay(order, books.finance, Decimal(5000))
    response = ours.client.get(at(order, "slip/"))
    assert response["Content-Type"] == "application/pdf"
    text = "".join(pdf_text(content_of(response)))
    for words in (order.number, order.printed_code, "¥6,000.00", "陆仟元整", "6222000011112222333", ours.unit.name):
        assert words in text


# --- The link for the finance department ----------------------------------------------------------------------------
def shared(client, order):
    return look(client, at(order, "transfer/")).select_one("#shared-link")["value"].partition("/portal/")[2]


def test_the_link_shows_the_slip_without_a_login_and_nothing_else(ours, order, client):
    address = "/portal/" + shared(ours.client, order)
    response = client.get(address)
    page = page_of(response)
    assert (response.status_code, response["X-Robots-Tag"], "no-store" in response["Cache-Control"]) == (
        200,
        "noindex",
        True,
    )
    assert page.select_one("meta[name=robots]")["content"] == "noindex"
    styles = [link["href"] for link in page.select("link[rel=stylesheet]")]
    assert all(any(f"/{name}" in href for href in styles) for name in ("site.css", "dues.css"))
    for words in (ours.unit.name, order.number, order.printed_code, "¥6,000.00", "6222000011112222333"):
        assert words in page.text
    for secret in ("李四", order.contact_phone, order.tax_no, order.email):
        assert secret not in page.text
    assert response.cookies == {}
    assert client.post(address).status_code == 405


def test_the_link_ends_with_the_order(ours, outsider, order, books, client):
    address = "/portal/" + shared(ours.client, order)
    actions.cancel_order(order, by=ours.user)
    response = client.get(address)
    assert (response.status_code, page_of(response).h1.text) == (404, "该缴费通知单已失效")
    assert ours.unit.name not in response.content.decode()
    again = place(ours.unit, ours.user)
    pay(again, books.finance)
    assert client.get(f"{LIST}shared/{slips.token_of(again)}/").status_code == 404


@pytest.mark.parametrize(
    "forge", ["{number}", "{number}.", "{number}.x", "{token}x", "x{token}", "\x00", "😀", "a.b.c"]
)
def test_a_link_that_we_never_made_opens_nothing(order, client, forge):
    token = forge.format(number=order.number, token=slips.token_of(order))
    assert client.get(f"{LIST}shared/{token}/").status_code == 404


# --- The proof ------------------------------------------------------------------------------------------------------
def test_a_proof_is_kept_and_replaced(ours, order):
    for name in ("回单.pdf", "新回单.pdf"):
        response = ours.client.post(at(order, "proof/"), {"file": pdf(name)}, follow=True)
        assert response.redirect_chain == [(at(order, "transfer/"), 302)]
        told = page_of(response).select_one(".banner p").text
        assert told == "转账凭证已上传。协会将在 2 个工作日内确认到账。"
        order.refresh_from_db()
        assert (order.state, order.proof.original_name) == ("awaiting_confirmation", name)
    page = look(ours.client, at(order, "transfer/"))
    assert (page.select_one(".file__name").contents[0], page.select_one(".card__head .tag").text) == (
        "新回单.pdf",
        "待确认",
    )
    assert "上传转账凭证" in events(look(ours.client, at(order)))


@pytest.mark.parametrize("kind", ["none", "empty", "words", "large"])
def test_a_file_that_is_no_proof_is_refused_in_words(ours, order, kind):
    files = {"empty": upload("空.pdf", b""), "words": upload("说明.pdf", b"no pdf"), "large": heavy_pdf(21)}
    before = snapshot()
    response = ours.client.post(at(order, "proof/"), {"file": files[kind]} if kind in files else {})
    page = page_of(response)
    assert (response.status_code, len(page.select(".error-summary a"))) == (422, 1)
    assert snapshot() == before
    assert not Document.objects.exists()


def test_a_proof_for_a_closed_order_is_refused(ours, paid):
    before = snapshot()
    response = ours.client.post(at(paid, "proof/"), {"file": pdf("回单.pdf")}, follow=True)
    assert page_of(response).select_one(".banner p").text == "订单已关闭，不能再上传转账凭证。"
    assert snapshot() == before


# --- Cancelling -----------------------------------------------------------------------------------------------------
def test_an_order_is_cancelled_once_and_another_can_be_placed(ours, order):
    page = look(ours.client, at(order, "transfer/"))
    assert page.select_one("form[action$='cancel/']")["data-confirm-title"] == "取消订单"
    assert ours.client.post(at(order, "cancel/"))["Location"] == "/portal/dues/"
    again = ours.client.post(at(order, "cancel/"), follow=True)
    assert (again.status_code, len(page_of(again).select(".banner"))) == (200, 2)
    order.refresh_from_db()
    assert (order.state, order.closed_by) == ("cancelled", ours.user)
    assert place(ours.unit, ours.user).is_open


def test_an_order_with_money_is_not_cancelled_by_its_unit(ours, order, books):
    pay(order, books.finance, Decimal(500))
    response = ours.client.post(at(order, "cancel/"), follow=True)
    order.refresh_from_db()
    assert (order.state, page_of(response).select_one(".banner p").text) == (
        "awaiting_payment",
        "该订单已有到账记录，不能取消，请联系协会。",
    )


# --- Details --------------------------------------------------------------------------------------------------------
def test_details_of_a_paid_order(ours, paid):
    page = look(ours.client, at(paid))
    told = facts(page)
    assert [told[name] for name in ("到账日期", "付款户名", "缴费年限", "会费到期日期", "抬头")] == [
        "2026-06-01",
        "示范检测财务部",
        "3 年",
        "2028-12-31",
        ours.unit.name,
    ]
    assert events(page) == ["已缴清", "收到转账", "提交订单"]
    assert "财务将在到账后 5 个工作日内开具。" in page.text


def test_a_reversal_is_told_with_its_reason(ours, paid, books):
    actions.reverse_payments(paid, by=books.finance, reason="银行退汇")
    page = look(ours.client, at(paid))
    assert "银行退汇" in page.select_one(".inset-warn").text
    assert sorted(events(page)) == sorted(["已冲正", "到账记录冲正", "收到转账", "提交订单"])
    assert facts(page)["会费到期日期"] == "--"


@pytest.mark.parametrize("payments", [1, 50])
def test_details_ask_a_constant_number_of_queries(ours, order, books, payments, django_assert_num_queries):
    for _number in range(payments):
        pay(order, books.finance, Decimal(100))
    look(ours.client, at(order))
    with django_assert_num_queries(13):
        look(ours.client, at(order))


def test_the_pages_in_english_name_chinese_data_alone(ours, order, books):
    ours.client.get("/language/en/")
    data = ["示范省建设工程质量安全协会", ours.unit.name, "李四", "大协会普通会员", "普通会员", "简体中文"]
    data += ["示范银行成都分行", "示范协会", "陆仟元整", "通知公告", "会费标准"]
    for url in (LIST, at(order), at(order, "transfer/"), "/portal/" + shared(ours.client, order)):
        text = look(ours.client, url).get_text(" ")
        for word in data:
            text = text.replace(word, "")
        assert [letter for letter in text if "\u4e00" <= letter <= "\u9fff"] == [], url


def test_a_colleague_sees_what_the_owner_sees(ours, order):
    colleague = Client()
    colleague.force_login(clerk(ours.unit, duty="agent", name="赵六"))
    assert cells(look(colleague, LIST)) == cells(look(ours.client, LIST))
    assert DuesOrder.objects.for_user(ours.user).get() == order
