"""退款 in the office: the form on the desk and on the page of an order, what is said, what the unit sees of it."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from membership.dues import actions, invariants
from membership.dues.models import Refund
from tests.files import pdf_bytes
from tests.membership.dues.bank import entry
from tests.membership.dues.conftest import back, pay, place, snapshot
from tests.membership.dues.staff.conftest import browser, errors, order_page, page_of

pytestmark = pytest.mark.django_db


def typed(**fields):
    return {
        "amount": "300.00",
        "paid_on": "2026-06-01",
        "payee": "示范建设",
        "account": "6222",
        "number": "",
        "reason": "多付退回",
        "left": "300.00",
    } | fields


@pytest.fixture
def credit(ours, desk):
    """2300 yuan for an order of 2000."""
    found = entry(desk.finance, "2300.00", "会费", "示范建设", account="6222")
    actions.assign(found, [(place(ours.unit, ours.clerk), Decimal(2000))], by=desk.finance, rest=Decimal(2300))
    return found


def test_what_is_left_of_a_credit_goes_back_on_its_page(credit, ours, desk):
    client, order = browser(desk.finance), ours.unit.dues_orders.get()
    address = reverse("dues_refund_entry", args=[credit.pk])
    assert address in client.get(reverse("dues_entry", args=[credit.pk])).content.decode()
    page = page_of(client.get(address))
    values = {field["name"]: field.get("value") for field in page.select("main form input[name]")}
    assert (values["amount"], values["left"], values["payee"]) == ("300.00", "300.00", "示范建设")
    assert values["number"] == order.number
    receipt = SimpleUploadedFile("回单.pdf", pdf_bytes(), "application/pdf")
    client.post(address, typed(number=order.number, document=receipt))
    refund = Refund.objects.get()
    assert (refund.amount, refund.order, refund.document_name) == (300, order, "回单.pdf")
    for html in (
        client.get(reverse("dues_entry", args=[credit.pk])).content.decode(),
        client.get(order_page(order)).content.decode(),
    ):
        assert ("多付退回" in html, reverse("dues_refund_document", args=[refund.pk]) in html) == (True, True)
    download = client.get(reverse("dues_refund_document", args=[refund.pk]))
    assert b"".join(download).startswith(b"%PDF")
    assert "没有待处理的余额" in client.get(address, follow=True).content.decode()
    assert invariants.broken() == []


def test_a_refusal_keeps_what_was_typed_and_the_file(credit, desk):
    client, address = browser(desk.finance), reverse("dues_refund_entry", args=[credit.pk])
    receipt = SimpleUploadedFile("回单.pdf", pdf_bytes(), "application/pdf")
    page = page_of(client.post(address, typed(amount="300.01", document=receipt)), 422)
    assert ["可退金额为300.00元" in said for said in errors(page)] == [True]
    kept = page.select_one("input[name=kept]")["value"]
    assert page.select_one("input[name=payee]")["value"] == "示范建设"
    client.post(address, typed(kept=kept))
    assert Refund.objects.get().document_name == "回单.pdf"


@pytest.mark.parametrize(
    "fields",
    [
        {"amount": "一百"},
        {"amount": ""},
        {"amount": "0"},
        {"paid_on": "2026-06-02"},
        {"paid_on": "x"},
        {"paid_on": "2026-05-31"},
        {"payee": " "},
        {"payee": "甲\x00乙"},
        {"reason": ""},
        {"reason": "字" * 201},
        {"number": "DD2026999999"},
        {"left": ""},
        {"left": "9" * 40},
    ],
)
def test_what_cannot_be_is_said_beside_the_field(credit, desk, fields):
    before = snapshot()
    page = page_of(browser(desk.finance).post(reverse("dues_refund_entry", args=[credit.pk]), typed(**fields)), 422)
    assert errors(page)
    assert snapshot() == before


def test_somebody_else_was_first(credit, desk):
    client, address = browser(desk.finance), reverse("dues_refund_entry", args=[credit.pk])
    actions.refund_credit(credit, back(100, paid_on=credit.booked_on), by=desk.colleague, rest=Decimal(300))
    assert "重新加载" in client.post(address, typed(), follow=True).content.decode() or Refund.objects.count() == 1
    assert Refund.objects.count() == 1


def test_a_payment_taken_back_is_refunded_on_the_page_of_its_order_and_that_can_be_taken_back(ours, desk):
    client, order = browser(desk.finance), place(ours.unit, ours.clerk)
    pay(order, desk.finance)
    payment = order.payments.get()
    address = reverse("dues_refund_payment", args=[payment.pk])
    assert address not in client.get(order_page(order)).content.decode()
    assert "没有可退的金额" in client.get(address, follow=True).content.decode()
    actions.reverse_payments(order, by=desk.finance, reason="退会")
    assert address in client.get(order_page(order)).content.decode()
    client.post(address, typed(amount="2000", left="2000.00"))
    refund = Refund.objects.get()
    assert (refund.payment, refund.order, refund.amount) == (payment, order, 2000)
    assert address not in client.get(order_page(order)).content.decode()
    story = browser(ours.clerk).get(f"/portal/orders/{order.number}/").content.decode()
    assert ("已退款" in story, "¥2,000.00，2026-06-01，收款方：示范建设" in story) == (True, True)
    client.post(reverse("dues_take_back_refund", args=[refund.pk]), {"reason": "录入有误"})
    assert (Refund.objects.total(), invariants.broken()) == (0, [])
    assert address in client.get(order_page(order)).content.decode()
