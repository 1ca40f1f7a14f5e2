"""统计 ▸ 会费 and the panels of the start page: what is counted, that page and workbook say the same, for whom."""

from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest

from membership.dues import actions, collection
from tests.factories import clerk
from tests.files import cells
from tests.membership.dues.conftest import back, pay, place, waive
from tests.membership.dues.staff.conftest import EVERYBODY, SEES, browser, member, page_of

pytestmark = pytest.mark.django_db
PAGE, EXPORT = "/cms/statistics/dues/", "/cms/statistics/dues/export/"


def tables(page):
    return {
        chart.h3.text: [[cell.text for cell in row("th") + row("td")] for row in chart.select("tbody tr, tfoot tr")]
        for chart in page.select(".statistics__chart")
    }


@pytest.fixture
def books(desk):
    """2026: 甲 paid 2000 in June, 乙 (council) in two parts in May and June, 丙 was taken back, 丁 entered, 戊 owes."""
    made = {name: member(name, level="council" if name == "乙" else "ordinary") for name in "甲乙丙丁戊"}
    people = {name: clerk(made[name]) for name in "甲乙丙"}
    pay(place(made["甲"], people["甲"], years=2), desk.finance, day=date(2026, 6, 1))
    order = place(made["乙"], people["乙"])
    pay(order, desk.finance, Decimal("1000.25"), day=date(2026, 5, 2))
    pay(order, desk.finance, Decimal("2999.75"), day=date(2026, 6, 1))
    order = place(made["丙"], people["丙"])
    pay(order, desk.finance, day=date(2026, 5, 20))
    actions.reverse_payments(order, by=desk.finance, reason="银行退汇")
    actions.enter_paid_years(made["丁"], [2026], by=desk.finance, note="旧账")
    member("己", state="left")
    return made


def test_figures_of_a_year(books, desk):
    page = page_of(browser(desk.secretary_general).get(PAGE))
    cards = {row.dt.text: row.dd.text for row in page.select(".statistics__states > div")}
    assert cards == {"应收": "10,000.00", "已收": "6,000.00", "收缴率": "60.0%", "已缴单位": "3 / 5"}
    found = tables(page)
    assert found["2026年度会费（按等级）"] == [
        ["会长单位", "0", "0", "0.00", "0.00", "0.00", "--", "0", "0.00"],
        ["副会长单位", "0", "0", "0.00", "0.00", "0.00", "--", "0", "0.00"],
        ["常务理事单位", "0", "0", "0.00", "0.00", "0.00", "--", "0", "0.00"],
        ["理事单位", "1", "1", "4,000.00", "4,000.00", "0.00", "100.0%", "0", "0.00"],
        ["普通会员", "4", "2", "6,000.00", "2,000.00", "4,000.00", "33.3%", "0", "0.00"],
        ["合计", "5", "3", "10,000.00", "6,000.00", "4,000.00", "60.0%", "0", "0.00"],
    ]
    assert found["2026年度会费（按缴费月份）"] == [
        ["历史缴费", "0.00"],
        ["2026-06", "6,000.00"],
        ["合计", "6,000.00"],
    ]
    income = found["2026年会费收入"]
    assert len(income) == 13
    assert income[4:6] == [
        ["2026-05", "3,000.25", "-2,000.00", "1,000.25", "0.00"],
        ["2026-06", "6,999.75", "0.00", "6,999.75", "0.00"],
    ]
    assert income[-1] == ["合计", "10,000.00", "-2,000.00", "8,000.00", "0.00"]


def test_what_is_waived_and_what_went_back_stands_apart(books, desk):
    waive(books["戊"], desk.secretary_general, 2026)
    order = books["丙"].dues_orders.get()
    payment = order.payments.get(amount__gt=0)
    actions.refund_payment(payment, back(2000), by=desk.finance, left=Decimal(2000))
    found = tables(page_of(browser(desk.finance).get(PAGE)))
    ordinary = found["2026年度会费（按等级）"][4]
    assert ordinary == ["普通会员", "3", "2", "4,000.00", "2,000.00", "2,000.00", "50.0%", "1", "2,000.00"]
    assert found["2026年会费收入"][5] == ["2026-06", "6,999.75", "0.00", "6,999.75", "2,000.00"]


def test_another_year(books, desk):
    client = browser(desk.finance)
    page = page_of(client.get(PAGE, {"year": "2027"}))
    assert page.select_one("option[selected]").text == "2027"
    ordinary = tables(page)["2027年度会费（按等级）"][4]
    assert ordinary == ["普通会员", "4", "1", "8,000.00", "2,000.00", "6,000.00", "25.0%", "0", "0.00"]
    for asked in ("1", "x", "99999999999999999999", ""):
        assert page_of(client.get(PAGE, {"year": asked})).select_one("option[selected]").text == "2026"


def test_money_is_decimal(books):
    for row in collection.by_level(2026):
        assert {type(row.received), type(row.owed), type(row.due)} == {Decimal}
    assert {type(yuan) for _month, *amounts in collection.income(2026) for yuan in amounts} == {Decimal}


def test_the_workbook_says_what_the_page_says(books, desk):
    client = browser(desk.finance)
    page = tables(page_of(client.get(PAGE, {"year": "2026"})))
    sheets = cells(BytesIO(b"".join(client.get(EXPORT, {"year": "2026"}))))
    assert len(sheets) == 3
    for title, rows in sheets.items():
        shown = next(lines for name, lines in page.items() if name[:31] == title)
        written = [[f"{cell:,.2f}" if isinstance(cell, float) else cell for cell in row] for row in rows[1:]]
        assert [row[0] for row in written[: len(shown)]] == [row[0] for row in shown]
    whole = sheets["2026年度会费（按等级）"][6]
    assert whole == ["合计", 5, 3, 10000, 6000, 4000, "60.0%", 0, 0]


def test_who_sees_the_figures(books, desk):
    for name in EVERYBODY:
        client = browser(getattr(desk, name))
        for address in (PAGE, EXPORT):
            response = client.get(address)
            b"".join(response)
            assert response.status_code == (200 if name in SEES else 302), name


@pytest.mark.parametrize("count", [1, 50])
def test_figures_cost_the_same_for_one_and_fifty(desk, django_assert_num_queries, count):
    for number in range(count):
        member(f"单位{number:02d}")
    client = browser(desk.finance)
    client.get(PAGE)
    with django_assert_num_queries(19):
        client.get(PAGE)


def test_the_start_page(books, desk):
    orders = place(books["戊"], clerk(books["戊"]))
    type(orders).objects.filter(pk=orders.pk).update(state="awaiting_confirmation")
    for name in EVERYBODY:
        html = browser(getattr(desk, name)).get("/cms/").content.decode()
        assert ("待确认到账 1" in html) == (name in ("finance", "administrator")), name
        assert ("2026年度会费进度" in html) == (name in SEES), name


def test_the_menu(desk):
    wanted = {
        "finance": ["会费订单", "应收清单", "会费标准", "会费提醒规则"],
        "secretary_general": ["会费订单", "应收清单", "会费标准"],
        "reviewer": [],
        "editor": [],
    }
    addresses = {
        "会费订单": "/cms/dues/orders/",
        "应收清单": "/cms/dues/arrears/",
        "会费标准": "/cms/dues/standards/",
        "会费提醒规则": "/cms/dues/reminder-rules/",
    }
    for name, items in wanted.items():
        html = browser(getattr(desk, name)).get("/cms/").content.decode()
        assert [label for label, url in addresses.items() if f'"{url}"' in html] == items, name
