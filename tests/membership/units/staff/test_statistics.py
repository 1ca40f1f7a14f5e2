"""统计 ▸ 会员: what is counted, for whom, in how many queries, and that page and workbook say the same."""

import re
from datetime import date
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Group
from django.utils import timezone

from membership.units.models import Body, BodyStaff, Level, Membership
from membership.units.staff.statistics import _month_rows
from membership.units.states import BodyKind, MembershipState
from tests.factories import MembershipFactory, UnitFactory, UserFactory, clerk
from tests.files import cells

pytestmark = pytest.mark.django_db

PAGE, EXPORT = "/cms/statistics/members/", "/cms/statistics/members/export/"
SEES = ["会员审核", "财务", "秘书长", "系统管理员"]
S = MembershipState


@pytest.fixture
def log_in(client):
    def as_group(name):
        user = UserFactory(staff=True)
        user.groups.add(Group.objects.get(name=name))
        client.force_login(user)
        return user

    return as_group


def certify(name, *, level="ordinary", since="2020-05-01", state=S.ACTIVE, **facts):
    unit = UnitFactory(name=name, certified=True, certified__level=level, **facts)
    unit.memberships.filter(body__kind=BodyKind.ASSOCIATION).update(since=since, state=state)
    return unit


@pytest.fixture
def register():
    """Three members of the association in two provinces, one in a branch; four units that are not members now."""
    today = timezone.localdate()
    council = certify("甲", level="council", unit_type="testing")
    certify("乙", since=f"{today:%Y-%m-01}", province="50")
    certify("丙", since="2020-05-31")
    for state in (S.SUSPENDED, S.LEFT, S.PENDING):
        certify(f"非会员{state}", state=state, unit_type="school", province="11")
    UnitFactory(name="草稿", province="12")
    quality, safety = Body.objects.get(slug="quality"), Body.objects.get(slug="safety")
    MembershipFactory(unit=council, body=quality, active=True, since="2021-01-01")
    MembershipFactory(unit=council, body=safety)
    return council


def page_of(client, **query):
    response = client.get(PAGE, query)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def status(client, url):
    response = client.get(url)
    b"".join(response)  # reads a file to its end, which closes it
    return response.status_code


def tables(page):
    """{title of the chart: rows of its table}."""
    return {
        chart.h3.text: [[cell.text for cell in row("th") + row("td")] for row in chart.select("tbody tr, tfoot tr")]
        for chart in page.select(".statistics__chart")
    }


def states(page):
    return {item.dt.text: int(item.dd.text) for item in page.select(".statistics__states > div")}


def test_members_are_counted_by_everything_that_is_asked_for(client, register, log_in):
    log_in("秘书长")
    page = page_of(client)
    this_month = f"{timezone.localdate():%Y-%m}"
    assert states(page) == {"现有会员": 3, "待审核": 1, "已暂停": 1, "已退会": 1}
    counted = tables(page)
    months = counted.pop("按入会月份")
    assert counted == {
        "按等级": [
            ["会长单位", "0", "0.0%"],
            ["副会长单位", "0", "0.0%"],
            ["常务理事单位", "0", "0.0%"],
            ["理事单位", "1", "33.3%"],
            ["普通会员", "2", "66.7%"],
            ["合计", "3", ""],
        ],
        "按机构": [
            ["大协会", "3"],
            ["检测分会", "0"],
            ["安全分会", "0"],
            ["监理分会", "0"],
            ["鉴定分会", "0"],
            ["质量分会", "1"],
        ],
        "按单位类型": [["施工", "2", "66.7%"], ["检测", "1", "33.3%"], ["合计", "3", ""]],
        "按省份": [["四川省", "2", "66.7%"], ["重庆市", "1", "33.3%"], ["合计", "3", ""]],
    }
    assert months[0] == [f"{months[1][0]} 之前", "2", "66.7%"]
    assert [row[1] for row in months[1:-2]] == ["0"] * 11
    assert months[-2:] == [[this_month, "1", "33.3%"], ["合计", "3", ""]]


def test_the_page_counts_the_body_that_is_chosen(client, register, log_in):
    log_in("会员审核")
    page = page_of(client, body="quality")
    assert page.select_one("option[selected]").text == "质量分会"
    assert states(page) == {"现有会员": 1, "待审核": 0, "已暂停": 0, "已退会": 0}
    assert tables(page)["按单位类型"] == [["检测", "1", "100.0%"], ["合计", "1", ""]]
    assert states(page_of(client, body="safety")) == {"现有会员": 0, "待审核": 1, "已暂停": 0, "已退会": 0}


def test_a_body_without_members_says_so(client, register, log_in):
    log_in("会员审核")
    page = page_of(client, body="safety")
    words = {chart.h3.text: chart.p.text for chart in page.select(".statistics__chart") if chart.p}
    assert words == dict.fromkeys(["按等级", "按单位类型", "按入会月份", "按省份"], "暂无会员") | {
        "按机构": "一家单位可以是多个机构的会员"
    }


def test_a_secretary_counts_the_own_branch_only(client, register, log_in):
    user = log_in("分会秘书")
    BodyStaff.objects.create(user=user, body=Body.objects.get(slug="quality"))
    page = page_of(client)
    assert page.select("select") == []
    assert states(page) == {"现有会员": 1, "待审核": 0, "已暂停": 0, "已退会": 0}
    assert tables(page)["按机构"] == [["质量分会", "1"]]
    for url in (PAGE, EXPORT):
        assert [client.get(url, {"body": slug}).status_code for slug in ("association", "safety", "x")] == [404] * 3


def test_a_secretary_without_a_branch_is_told_whom_to_ask(client, register, log_in):
    log_in("分会秘书")
    assert page_of(client).select_one(".statistics").text.strip() == "尚未指定您负责的分会，请联系系统管理员"
    assert client.get(EXPORT).status_code == 404


@pytest.mark.parametrize("group", ["编辑", "会员审核", "财务", "秘书长", "系统管理员"])
def test_who_sees_statistics(client, register, log_in, group):
    log_in(group)
    allowed = group in SEES
    assert [status(client, url) for url in (PAGE, EXPORT)] == ([200, 200] if allowed else [302, 302])
    assert (f'"url": "{PAGE}"' in client.get("/cms/").content.decode()) == allowed


def test_members_and_visitors_are_not_let_in(client, register):
    assert client.get(PAGE).status_code == 302
    client.force_login(clerk(register))
    assert [client.get(url).status_code for url in (PAGE, EXPORT)] == [302, 302]


def test_bars_are_named_and_as_long_as_their_number(client, register, log_in):
    log_in("秘书长")
    chart = page_of(client).select_one(".statistics__chart")
    svg = chart.select_one(".statistics__bars")
    named = [chart.find(id=name).text for name in svg["aria-labelledby"].split()]
    assert (svg["role"], named) == ("img", ["按等级", "条形图，数据见下方表格"])
    assert [bar["width"] for bar in svg.select(".bar")] == ["0.00%", "0.00%", "0.00%", "50.00%", "100.00%"]
    assert [text.text for text in svg.select("text.number")] == ["0", "0", "0", "1", "2"]


def test_no_style_and_no_script_stand_in_the_page(client, register, log_in):
    log_in("秘书长")
    content = str(page_of(client).select_one(".statistics"))
    assert re.findall(r"<style|\sstyle=|<script|\son\w+=", content) == []


def test_the_workbook_says_what_the_page_says_and_every_month(client, register, log_in):
    log_in("财务")
    response = client.get(EXPORT, {"body": "association"})
    sheets = cells(BytesIO(b"".join(response.streaming_content)))
    assert list(sheets) == ["汇总", "按等级", "按机构", "按单位类型", "按入会月份", "按省份"]
    summary = sheets["汇总"]
    assert summary[:2] == [["统计项目", "数量"], ["机构", "大协会"]]
    assert summary[3:] == [["现有会员", 3], ["待审核", 1], ["已暂停", 1], ["已退会", 1]]
    this_month = f"{timezone.localdate():%Y-%m}"
    assert sheets["按入会月份"] == [["入会月份", "数量"], ["2020-05", 2], [this_month, 1], ["合计", 3]]
    assert sheets["按机构"][-2:] == [["质量分会", 1], ["一家单位可以是多个机构的会员", None]]
    assert sheets["按省份"] == [["省份", "数量"], ["四川省", 2], ["重庆市", 1], ["合计", 3]]
    assert response["Content-Disposition"].endswith(".xlsx")


def test_months_follow_each_other_over_the_end_of_a_year():
    counts = {date(2019, 3, 1): 4, date(2026, 12, 1): 1, date(2027, 2, 1): 2, date(2027, 9, 1): 5}
    rows = _month_rows(counts, date(2027, 2, 28), 4)
    assert rows == [
        ("2026-11 之前", 4),
        ("2026-11", 0),
        ("2026-12", 1),
        ("2027-01", 0),
        ("2027-02", 2),
        ("2027-02 之后", 5),
    ]
    assert _month_rows({}, date(2027, 2, 28), 2) == [("2027-01", 0), ("2027-02", 0)]


@pytest.mark.parametrize(("units", "queries"), [(1, 17), (50, 17)])
def test_the_number_of_queries_does_not_grow(client, log_in, django_assert_num_queries, units, queries):
    log_in("秘书长")
    client.get(PAGE)
    for number in range(units):
        certify(f"第{number}家", province=["51", "50", "11"][number % 3])
    with django_assert_num_queries(queries):
        client.get(PAGE)


def test_counts_by_leaves_no_row_out(register):
    counts = Membership.objects.counts_by("level__slug")
    assert counts == {"ordinary": 6, "council": 1, None: 2}
    level = Level.objects.get(slug="council", body_kind="association")
    assert Membership.objects.in_force().counts_by("level")[level.pk] == 1
