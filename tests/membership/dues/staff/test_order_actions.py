"""Confirming, cancelling and taking back on the pages of an order: who may, what is said, what a stale form meets."""

from decimal import Decimal

import pytest
from django.urls import reverse

from membership.dues import actions
from membership.dues.models import DuesOrder, Payment
from membership.messaging.models import OutboundMessage
from membership.units.models import Document
from tests.membership.dues.conftest import pay, place, snapshot, years_of
from tests.membership.dues.staff.conftest import EVERYBODY, KEEPS, browser, errors, order_page, page_of

pytestmark = pytest.mark.django_db


def address(order, verb):
    return reverse(f"dues_order_{verb}", args=[order.pk])


def entries(**fields):
    return {
        "amount": "2000.00",
        "received_on": "2026-06-01",
        "payer_name": "示范建设",
        "note": "",
        "received": "0.00",
    } | fields


def test_only_finance_and_administrators_act(ours, outsider, desk):
    order = place(ours.unit, ours.clerk)
    before = snapshot()
    people = {name: getattr(desk, name) for name in EVERYBODY if name not in KEEPS}
    for person in [*people.values(), ours.clerk, outsider.clerk]:
        for verb, data in (("confirm", entries()), ("cancel", {"reason": "x"}), ("reverse", {"reason": "x"})):
            client = browser(person)
            assert [
                client.get(address(order, verb)).status_code,
                client.post(address(order, verb), data).status_code,
            ] == [
                302,
                302,
            ]
    assert snapshot() == before
    for name in KEEPS:
        assert browser(getattr(desk, name)).get(address(order, "confirm")).status_code == 200


def test_the_form_offers_what_the_order_lacks_and_says_what_follows(ours, desk):
    order = place(ours.unit, ours.clerk, years=2)
    pay(order, desk.finance, Decimal("1000.50"))
    page = page_of(browser(desk.finance).get(address(order, "confirm")))
    values = {field["name"]: field.get("value", "") for field in page.select("main form input[name]")}
    assert values["amount"] == "2999.50"
    assert (values["received_on"], values["received"]) == ("2026-06-01", "1000.50")
    assert values["payer_name"] == ours.unit.name
    said = page.select_one(".decision__consequences").text
    assert "2026-01-01 ～ 2027-12-31" in said
    assert "部分到账" in said


def test_the_whole_amount_pays_the_order(ours, desk):
    order = place(ours.unit, ours.clerk)
    response = browser(desk.finance).post(
        address(order, "confirm"), entries(amount="￥2,000.00", note="工行回单"), follow=True
    )
    assert response.redirect_chain[-1][0] == order_page(order)
    assert f"订单{order.number}已缴费" in response.content.decode()
    payment = Payment.objects.get()
    assert (payment.amount, payment.note, payment.recorded_by) == (2000, "工行回单", desk.finance)
    assert years_of(ours.unit) == [2026]


def test_a_part_leaves_the_order_open(ours, desk):
    order = place(ours.unit, ours.clerk)
    response = browser(desk.finance).post(address(order, "confirm"), entries(amount="500"), follow=True)
    assert "尚缺1,500.00元" in response.content.decode()
    order.refresh_from_db()
    assert (order.state, years_of(ours.unit)) == ("awaiting_payment", [])


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"amount": ""}, "请填写金额。"),
        ({"amount": "0"}, "金额必须大于0。"),
        ({"amount": "-5"}, "金额必须大于0。"),
        ({"amount": "1.234,56"}, "请填写金额（元），最多两位小数，如 2000.00。"),
        ({"amount": "9" * 40}, None),
        ({"amount": "两千"}, "请填写金额（元），最多两位小数，如 2000.00。"),
        ({"amount": "2000.01"}, "本订单尚缺2,000.00元，多出部分请登记到该单位的其他订单。"),
        ({"amount": "1\x00"}, None),
        ({"received_on": "2026-06-02"}, "日期不能晚于今天。"),
        ({"received_on": "1999-12-31"}, "日期过早，请核对。"),
        ({"received_on": "昨天"}, None),
        ({"received_on": ""}, None),
        ({"note": "字" * 201}, None),
        ({"payer_name": "户" * 101}, None),
        ({"received": "x"}, None),
    ],
)
def test_bad_entries_are_told_beside_the_field_and_kept(ours, desk, fields, said):
    order = place(ours.unit, ours.clerk)
    before = snapshot()
    page = page_of(browser(desk.finance).post(address(order, "confirm"), entries(**fields)), 422)
    assert snapshot() == before
    told = errors(page)
    assert (told == [said]) if said else len(told) == 1
    kept = {field["name"]: field.get("value", "") for field in page.select("main form input[name]")}
    assert kept["payer_name"] == fields.get("payer_name", "示范建设")


def test_a_form_from_before_a_colleague_booked_is_stale(ours, desk):
    order = place(ours.unit, ours.clerk)
    client = browser(desk.finance)
    pay(order, desk.colleague, Decimal(500))
    before = snapshot()
    page = page_of(client.post(address(order, "confirm"), entries(amount="500", note="同一笔")), 422)
    assert snapshot() == before
    assert errors(page) == ["您打开页面后，本订单又有款项入账，请核对尚缺金额后再确认。"]
    values = {field["name"]: field.get("value", "") for field in page.select("main form input[name]")}
    assert (values["received"], values["amount"], values["note"]) == ("500.00", "500", "同一笔")
    assert client.post(address(order, "confirm"), entries(amount="1500", received="500.00")).status_code == 302
    order.refresh_from_db()
    assert order.state == "paid"


@pytest.mark.parametrize("verb", ["confirm", "cancel"])
def test_what_is_closed_meanwhile_leads_back_with_a_sentence(ours, desk, verb):
    order = place(ours.unit, ours.clerk)
    actions.cancel_order(order, by=ours.clerk)
    before = snapshot()
    client = browser(desk.finance)
    for response in (
        client.get(address(order, verb), follow=True),
        client.post(address(order, verb), entries(reason="x"), follow=True),
    ):
        assert response.redirect_chain[-1][0] == order_page(order)
        assert "订单目前为“已取消”，不能进行此操作。" in response.content.decode()
    assert snapshot() == before


def test_cancelling_asks_for_the_reason(ours, desk):
    order = place(ours.unit, ours.clerk)
    client = browser(desk.finance)
    assert errors(page_of(client.post(address(order, "cancel"), {"reason": "  "}), 422)) == ["请填写原因。"]
    assert client.post(address(order, "cancel"), {"reason": "单位重复下单"}).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.close_reason, order.closed_by) == ("cancelled", "单位重复下单", desk.finance)


def test_an_order_with_money_is_taken_back_before_it_is_cancelled(ours, desk):
    order = place(ours.unit, ours.clerk)
    pay(order, desk.finance, Decimal(500))
    client = browser(desk.finance)
    assert "请先冲正再取消" in client.get(address(order, "cancel"), follow=True).content.decode()
    page = page_of(client.get(address(order, "reverse")))
    assert "订单仍然有效" in page.select_one(".decision__consequences").text
    assert client.post(address(order, "reverse"), {"reason": "错记"}).status_code == 302
    order.refresh_from_db()
    assert (order.state, order.payments.total()) == ("awaiting_payment", 0)
    assert client.post(address(order, "cancel"), {"reason": "重复"}).status_code == 302
    order.refresh_from_db()
    assert order.state == "cancelled"


def test_taking_a_paid_order_back(ours, desk):
    order = place(ours.unit, ours.clerk, years=2)
    pay(order, desk.finance)
    client = browser(desk.finance)
    said = page_of(client.get(address(order, "reverse"))).select_one(".decision__consequences").text
    assert "-4,000.00" in said
    assert "2026-01-01 ～ 2027-12-31" in said
    before = snapshot()
    assert errors(page_of(client.post(address(order, "reverse"), {}), 422)) == ["请填写原因。"]
    assert snapshot() == before
    client.post(address(order, "reverse"), {"reason": "银行退汇"})
    order.refresh_from_db()
    assert (order.state, years_of(ours.unit)) == ("reversed", [])
    assert OutboundMessage.objects.filter(template="dues_reversed").count() == 1
    client.post(address(order, "reverse"), {"reason": "银行退汇"})
    assert OutboundMessage.objects.filter(template="dues_reversed").count() == 1


def test_no_address_changes_a_price(ours, desk):
    order = place(ours.unit, ours.clerk)
    client = browser(desk.administrator)
    client.post(address(order, "confirm"), entries(amount="1", price="1", level="1", years="3"))
    assert DuesOrder.objects.values_list("amount", "years").get() == (2000, 1)
    assert Document.objects.count() == 0
