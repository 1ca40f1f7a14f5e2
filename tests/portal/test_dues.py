"""会费缴纳: the standing, the choice of years, the invoice data, and the order that comes of it."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.test import Client

from membership.dues import actions
from membership.dues.models import BillingProfile, DuesOrder, DuesSettings
from membership.dues.models.orders import BILLING
from membership.dues.standing import Account
from membership.units.models import Level, Membership
from membership.units.states import MembershipState
from tests.factories import UserFactory, clerk
from tests.membership.dues.conftest import billing, pay, place, set_standard, snapshot
from tests.portal.conftest import look, put

pytestmark = pytest.mark.django_db

STEP2 = "/portal/dues/order/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-06-01T12:00:00+08:00", tick=False) as traveller:
        yield traveller


def entries(unit, years=1, amount="2000.00", **fields):
    """What the form of step 2 posts."""
    return {"years": years, "amount": amount, **billing(unit, **fields)}


def facts(page):
    return {row.dt.text: " ".join(row.dd.text.split()) for row in page.select("dl > div")}


def problems(response):
    """The sentences of the error summary."""
    return [link.text for link in page_of(response).select(".error-summary a")]


def page_of(response):
    return BeautifulSoup(response.content, "html.parser")


# --- The standing ---------------------------------------------------------------------------------------------------
def test_the_card_says_level_price_expiry_and_ground(ours, books):
    page = look(ours.client, "/portal/dues/")
    told = facts(page)
    assert (told["会员等级"], told["年会费标准"], told["会费到期日期"]) == ("普通会员", "¥2,000.00", "--")
    assert (told["收费依据"], told["计算方式"]) == ("会费标准决议", "会费按年度计算（1月1日至12月31日）")
    assert page.select_one("main .card__head .tag").text == "已欠费（2026年度）"
    assert [tab.text for tab in page.select("main .tabs a")] == ["会费缴纳", "订单管理"]


@pytest.mark.parametrize(
    ("paid", "moment", "mark", "through"),
    [
        ([2026], "2026-06-01T12:00:00+08:00", "正常", "2026-12-31"),
        ([2026], "2026-10-31T23:59:59+08:00", "正常", "2026-12-31"),
        ([2026], "2026-11-01T00:00:00+08:00", "即将到期", "2026-12-31"),
        ([2026], "2026-12-31T23:59:59+08:00", "即将到期", "2026-12-31"),
        ([2026], "2027-01-01T00:00:00+08:00", "已欠费（2027年度）", "2026-12-31"),
        ([2026, 2027, 2028], "2027-01-01T00:00:00+08:00", "正常", "2028-12-31"),
        ([2027], "2028-02-29T12:00:00+08:00", "已欠费（2026、2028年度）", "2027-12-31"),
    ],
)
def test_the_standing_in_words(ours, books, clock, paid, moment, mark, through):
    actions.enter_paid_years(ours.unit, paid, by=books.finance, note="旧系统")
    clock.move_to(moment)
    ours.client.force_login(ours.user)
    page = look(ours.client, "/portal/dues/")
    assert page.select_one("main .card__head .tag").text == mark
    assert facts(page)["会费到期日期"] == through
    home = look(ours.client, "/portal/")
    assert [part.text.strip() for part in home.select(".stat")[2].select("span")] == ["会费到期日期", through, mark]


def test_the_resolution_is_for_members(ours, books, client):
    url = look(ours.client, "/portal/dues/").select_one("dd a")["href"]
    response = ours.client.get(url)
    assert b"".join(response.streaming_content).startswith(b"%PDF")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment")
    assert client.get(url).status_code == 302
    client.force_login(books.finance)
    assert client.get(url).status_code == 403
    put(ours.unit, MembershipState.PENDING)
    assert ours.client.get(url).status_code == 403
    put(ours.unit, MembershipState.ACTIVE)
    actions.withdraw_standard(books.standard, by=books.finance)
    assert ours.client.get(url).status_code == 404
    assert ours.client.get("/portal/dues/standards/99999999999999999999/resolution/").status_code == 404


@pytest.mark.parametrize("url", ["/portal/dues/", STEP2, STEP2 + "?years=1"])
def test_who_may_see_these_pages(ours, books, client, url):
    assert client.get(url)["Location"].startswith("/accounts/login/?next=/portal/dues/")
    client.force_login(books.finance)
    assert client.get(url).status_code == 403
    client.force_login(UserFactory())
    assert client.get(url).status_code == 403
    for state in (MembershipState.DRAFT, MembershipState.PENDING, MembershipState.SUSPENDED, MembershipState.LEFT):
        put(ours.unit, state)
        assert look(ours.client, url, status=403).select_one(".locked")


# --- Step 1 ---------------------------------------------------------------------------------------------------------
def options(page):
    return [" ".join(label.text.split()) for label in page.select(".choice label")]


def test_arrears_that_an_order_skips_are_said_with_whom_to_ask(ours, books, clock):
    assert look(ours.client, "/portal/dues/").select("form .inset") == []
    clock.move_to("2028-06-01T12:00:00+08:00")
    ours.client.force_login(ours.user)
    [note] = look(ours.client, "/portal/dues/").select("form .inset")
    assert "2026-2027年度" in note.text
    rules = DuesSettings.load()
    rules.arrears_first = True
    rules.save()
    assert look(ours.client, "/portal/dues/").select("form .inset") == []


def test_each_choice_shows_what_it_covers_and_costs(ours, books):
    assert options(look(ours.client, "/portal/dues/")) == [
        "1 年 ¥2,000.00 2026-01-01 ～ 2026-12-31",
        "2 年 ¥4,000.00 2026-01-01 ～ 2027-12-31",
        "3 年 ¥6,000.00 2026-01-01 ～ 2028-12-31",
    ]
    actions.enter_paid_years(ours.unit, [2026, 2028], by=books.finance, note="旧系统")
    assert options(look(ours.client, "/portal/dues/")) == ["1 年 ¥2,000.00 2027-01-01 ～ 2027-12-31"]


@pytest.mark.parametrize(
    ("broken", "words"),
    [("standard", "贵单位所在等级的会费标准尚未设定"), ("account", "协会尚未公布收款账户")],
)
def test_what_stops_an_order_is_said_with_whom_to_ask(ours, books, broken, words):
    if broken == "standard":
        actions.withdraw_standard(books.standard, by=books.finance)
    else:
        rules = DuesSettings.load()
        rules.account_number = ""
        rules.save()
    page = look(ours.client, "/portal/dues/")
    told = [card.text for card in page.select("main .card") if "028-86000000" in card.text]
    assert (len(told), words in told[0]) == (1, True), told
    assert page.select("main form") == []
    assert ours.client.get(STEP2 + "?years=1")["Location"] == "/portal/dues/"
    refused = ours.client.post(STEP2, entries(ours.unit, contact_name="钱会计"))
    page = page_of(refused)
    assert (refused.status_code, words in page.select_one(".banner").text) == (409, True)
    assert page.select_one("#id_contact_name")["value"] == "钱会计"
    assert not DuesOrder.objects.exists()


@pytest.mark.parametrize("years", ["0", "4", "-1", "1.5", "", "99", "1;drop", "9" * 400, "\x00", "一", "😀"])
def test_other_years_are_refused_in_words(ours, books, years):
    before = snapshot()
    words = ["请选择缴纳年限"] if years == "" else ["目前不能按该年限缴纳，请重新选择。"]
    chosen = ours.client.get(STEP2, {"years": years})
    placed = ours.client.post(STEP2, entries(ours.unit, years=years, contact_name="钱会计"))
    assert (chosen.status_code, problems(chosen)) == (422, words)
    assert (placed.status_code, problems(placed)) == (422, words)
    page = page_of(placed)
    assert page.title.text.startswith("错误：填写发票信息")
    assert page.select_one("#id_contact_name")["value"] == "钱会计"
    assert len(page.select("[name=years][type=radio]")) == 3
    assert snapshot() == before


# --- Step 2 ---------------------------------------------------------------------------------------------------------
def test_the_form_shows_the_price_and_begins_with_the_unit(ours, books):
    page = look(ours.client, STEP2 + "?years=3")
    told = facts(page)
    assert (told["应缴金额"], told["覆盖期间"]) == ("¥6,000.00", "2026-01-01 ～ 2028-12-31")
    assert [page.select_one(f"[name={name}]")["value"] for name in ("years", "amount", "payer_name", "tax_no")] == [
        "3",
        "6000.00",
        ours.unit.name,
        ours.unit.uscc,
    ]
    labels = [label.contents[0].strip() for label in page.select("form .field__label, form legend")]
    assert labels == [
        "转账单位",
        "联系人",
        "联系电话",
        "票据类型",
        "抬头",
        "税号",
        "接收邮箱",
        "注册地址",
        "注册电话",
        "开户行",
        "银行账号",
        "发票备注",
    ]
    assert page.select_one("main form .form-actions .btn-primary").text == "提交"


def test_submitting_places_the_order_and_keeps_the_data_for_the_next_time(ours, outsider, books):
    response = ours.client.post(
        STEP2,
        entries(
            ours.unit,
            3,
            "6000.00",
            contact_name="钱会计",
            remark="项目编号 2026-01",
            tax_no="９１５１０１００ma0000002p",
        ),
    )
    order = DuesOrder.objects.get()
    assert (response.status_code, response["Location"]) == (302, f"/portal/orders/{order.number}/transfer/")
    assert (order.unit, order.years, order.amount, order.placed_by) == (ours.unit, 3, Decimal(6000), ours.user)
    assert (order.contact_name, order.tax_no) == ("钱会计", "91510100MA0000002P")
    assert BillingProfile.objects.get().contact_name == "钱会计"
    assert facts(look(ours.client, f"/portal/orders/{order.number}/"))["发票备注"] == "项目编号 2026-01"
    actions.cancel_order(order, by=ours.user)
    assert look(ours.client, STEP2 + "?years=1").select_one("#id_remark")["value"] == "项目编号 2026-01"
    assert look(ours.client, STEP2 + "?years=1").select_one("#id_contact_name")["value"] == "钱会计"
    assert look(outsider.client, STEP2 + "?years=1").select_one("#id_contact_name")["value"] == "李四"


BAD = {
    "payer_name": ["", "1" * 101, "\x00", "123"],
    "contact_name": ["", "字" * 51, "李\x00四"],
    "contact_phone": ["", "abc", "9" * 400],
    "invoice_kind": ["", "special", "0", "😀"],
    "invoice_title": ["", "抬" * 101, "别家公司"],
    "tax_no": ["1", "税" * 16, "9" * 400],
    "email": ["x", "a@b", "a" * 300 + "@example.com"],
    "reg_address": ["址" * 101, "址" * 51],
    "reg_phone": ["1"],
    "bank_name": ["行" * 51],
    "bank_account": ["1", "9" * 41, "-1"],
    "remark": ["注" * 101, "x\x00"],
}


@pytest.mark.parametrize(("field", "typed"), [(field, typed) for field, values in BAD.items() for typed in values])
def test_what_is_refused_keeps_everything_that_was_typed(ours, books, field, typed):
    before = snapshot()
    data = {"contact_name": "钱会计", "bank_name": "示范银行", field: typed}
    response = ours.client.post(STEP2, entries(ours.unit, 2, "4000.00", **data))
    page = page_of(response)
    assert (response.status_code, len(problems(response)) >= 1) == (422, True)
    assert facts(page)["应缴金额"] == "¥4,000.00"
    other = "bank_name" if field == "contact_name" else "contact_name"
    assert page.select_one(f"#id_{other}")["value"] == data[other]
    assert page.select_one("[name=years]")["value"] == "2"
    assert snapshot() == before


@pytest.mark.parametrize("missing", ["years", "amount", "payer_name", "invoice_kind", "contact_phone"])
def test_a_key_that_is_missing_is_no_fault_of_ours(ours, books, missing):
    data = entries(ours.unit)
    del data[missing]
    assert ours.client.post(STEP2, data).status_code == (409 if missing == "amount" else 422)
    assert not DuesOrder.objects.exists()


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_other_methods_are_refused(ours, books, method):
    assert getattr(ours.client, method)(STEP2).status_code == 405


@pytest.mark.parametrize(
    "amount", ["1", "0", "-2000", "2000.01", "", "NaN", "1e9", "9" * 400, "\x00", "免费", "２０００元五"]
)
def test_an_amount_that_was_not_shown_is_shown_again_for_consent(ours, books, amount):
    before = snapshot()
    response = ours.client.post(STEP2, entries(ours.unit, amount=amount, contact_name="钱会计"))
    page = page_of(response)
    assert response.status_code == 409
    assert page.select_one("main .banner h2").text == "订单未提交"
    assert "2000.00" in page.select_one("main .banner").text
    assert page.select_one("[name=amount]")["value"] == "2000.00"
    assert page.select_one("#id_contact_name")["value"] == "钱会计"
    assert snapshot() == before


def test_a_price_that_changed_since_is_shown_and_can_be_agreed_to(ours, books):
    stale = entries(ours.unit)
    actions.withdraw_standard(books.standard, by=books.finance)
    set_standard(books.finance, ordinary=3000)
    page = page_of(ours.client.post(STEP2, stale))
    assert facts(page)["应缴金额"] == "¥3,000.00"
    again = {field["name"]: field["value"] for field in page.select("form [type=hidden]") if field["name"] in stale}
    assert again == {"years": "1", "amount": "3000.00"}
    assert ours.client.post(STEP2, stale | again).status_code == 302
    assert DuesOrder.objects.get().amount == 3000


def test_a_level_that_changed_since_asks_again(ours, books):
    council = Level.objects.get(body_kind="association", slug="council")
    Membership.objects.filter(unit=ours.unit).update(level=council)
    page = page_of(ours.client.post(STEP2, entries(ours.unit)))
    assert facts(page)["应缴金额"] == "¥4,000.00"
    assert not DuesOrder.objects.exists()


def test_a_page_opened_before_midnight_is_sent_after_it(ours, books, clock):
    clock.move_to("2026-12-31T23:59:59+08:00")
    ours.client.force_login(ours.user)
    shown = look(ours.client, STEP2 + "?years=1")
    assert facts(shown)["覆盖期间"] == "2026-01-01 ～ 2026-12-31"
    clock.move_to("2027-01-01T00:00:00+08:00")
    response = ours.client.post(STEP2, entries(ours.unit))
    order = DuesOrder.objects.get()
    assert (response.status_code, order.number, order.first_year) == (302, "DD2027000001", 2027)


def test_the_same_button_twice_leads_to_the_one_order(ours, books):
    first, second = (ours.client.post(STEP2, entries(ours.unit)) for _ in range(2))
    order = DuesOrder.objects.get()
    assert first["Location"] == second["Location"] == f"/portal/orders/{order.number}/transfer/"
    page = look(ours.client, second["Location"])
    assert page.select_one(".banner p").text == "贵单位有 1 笔待缴费订单，已为您打开，未重复下单。"


def test_three_tabs_and_two_people_make_one_order(ours, books):
    colleague = Client()
    colleague.force_login(clerk(ours.unit, duty="agent", name="赵六"))
    for years in (1, 2, 3):
        look(ours.client, f"{STEP2}?years={years}")
    assert ours.client.post(STEP2, entries(ours.unit, 3, "6000.00")).status_code == 302
    order = DuesOrder.objects.get()
    for browser in (ours.client, colleague):
        assert browser.post(STEP2, entries(ours.unit, 2, "4000.00"))["Location"].endswith(f"{order.number}/transfer/")
        assert browser.get(STEP2 + "?years=1")["Location"].endswith(f"{order.number}/transfer/")
        page = look(browser, "/portal/dues/")
        assert (page.select("main form"), order.number in page.text) == ([], True)
    assert DuesOrder.objects.get().years == 3


def test_what_only_the_house_decides_cannot_be_sent_along(ours, outsider, books):
    """Every column of an order that the form does not ask for, with a value that would be a gain."""
    poison = {
        "number": "DD2026999999", "unit": outsider.unit.pk, "unit_id": outsider.unit.pk, "state": "paid", "level": 1,
        "level_id": 1, "first_year": 2020, "remittance_code": "HF2222222", "pay_by": "2099-12-31", "id": 999,
        "placed_at": "2020-01-01", "placed_by": outsider.user.pk, "proof": 1, "paid_on": "2026-01-01",
        "told_at": "2026-01-01", "closed_at": "2026-01-01", "closed_by": 1, "close_reason": "x",
        "price": "0.01", "lines": "2026:0.01", "paid": "true",
    }  # fmt: skip
    asked = {*BILLING, "years", "amount"}
    assert {field.name for field in DuesOrder._meta.local_fields} - asked <= set(poison)
    assert ours.client.post(STEP2, entries(ours.unit) | poison).status_code == 302
    order = DuesOrder.objects.get()
    assert (order.number, order.unit, order.state, order.amount) == (
        "DD2026000001", ours.unit, "awaiting_payment", Decimal(2000),
    )  # fmt: skip
    assert (order.level.slug, order.first_year, order.placed_by) == ("ordinary", 2026, ours.user)
    assert (order.proof, order.paid_on, order.told_at, order.closed_at, order.closed_by) == (None,) * 5
    assert (order.pay_by, order.remittance_code == "HF2222222", order.close_reason) == (date(2026, 7, 1), False, "")
    assert [line.price for line in order.lines.all()] == [Decimal(2000)]


def test_an_order_of_another_unit_stops_nobody(ours, outsider, books):
    place(outsider.unit, outsider.user)
    assert ours.client.post(STEP2, entries(ours.unit)).status_code == 302


def test_paid_years_are_not_offered_again(ours, books):
    pay(place(ours.unit, ours.user, years=2), books.finance, day=date(2026, 6, 1))
    assert ours.client.post(STEP2, entries(ours.unit)).status_code == 302
    assert DuesOrder.objects.get(state="awaiting_payment").first_year == 2028


def test_the_number_of_queries_does_not_grow(ours, books, django_assert_num_queries):
    look(ours.client, "/portal/dues/")
    with django_assert_num_queries(9):
        look(ours.client, "/portal/dues/")
    pay(place(ours.unit, ours.user, years=2), books.finance, day=date(2026, 6, 1))
    place(ours.unit, ours.user)
    with django_assert_num_queries(9):
        look(ours.client, "/portal/dues/")


def test_both_pages_in_english_name_chinese_data_alone(ours, books):
    ours.client.get("/language/en/")
    for url in ("/portal/dues/", STEP2 + "?years=1"):
        page = look(ours.client, url)
        known = [ours.unit.name, ours.unit.name, "会费标准决议", "李四", "大协会普通会员", "普通会员", "简体中文"]
        text = page.get_text(" ").replace("示范省建设工程质量安全协会", "")
        for word in known:
            text = text.replace(word, "")
        assert [letter for letter in text if "\u4e00" <= letter <= "\u9fff"] == []


def test_account_reads_the_certification_that_it_is_given(ours, books, django_assert_num_queries):
    certification = Account(ours.unit).certification
    with django_assert_num_queries(0):
        assert Account(ours.unit, certification=certification).level.slug == "ordinary"
