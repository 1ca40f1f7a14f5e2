"""回执总览, 统计 ▸ 通知, 即将截止的通知: which notices stand there, for whom, with which numbers, also as workbooks."""

from datetime import timedelta
from io import BytesIO

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone

from cms.models import NoticeCategory, NoticePage
from membership.tracking import actions
from membership.tracking.models import Delivery
from tests.cms.conftest import GROUPS, in_days, staff
from tests.cms.staff.test_board import READS, answer, sent_to
from tests.factories import UnitFactory
from tests.files import cells

pytestmark = pytest.mark.django_db

OVERVIEW, STATISTICS = "/cms/notices/", "/cms/statistics/notices/"
HOME = "/cms/"


def published(page, days):
    NoticePage.objects.filter(pk=page.pk).update(first_published_at=timezone.now() - timedelta(days=days))


@pytest.fixture
def notices(unit, outsider):
    """One of each state, published one day after the other; the last was sent to nobody."""
    asks = {"receipt_kind": "attendance"}
    pages = [
        sent_to(unit, outsider, title="未截止", deadline=in_days(3), **asks),
        sent_to(unit, title="已过截止", deadline=in_days(-3), receipt_kind="deliberation", items=["章程"]),
        sent_to(unit, title="延期中", deadline=in_days(-2), **asks),
        sent_to(unit, title="近期公告"),
        sent_to(unit, title="早先公告", category="activity"),
        sent_to(unit, title="已撤回", deadline=in_days(9), **asks),
    ]
    Delivery.objects.filter(notice=pages[2]).update(deadline_override=in_days(2))
    NoticePage.objects.filter(pk=pages[5].pk).update(live=False)
    pages[5].refresh_from_db()
    actions.recall(pages[5])
    for days, page in enumerate(pages, start=1):
        published(page, days)
    published(pages[4], 61)
    return pages


def titles(response):
    return [notice.title for notice in response.context["object_list"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["未截止", "延期中", "近期公告"]),
        ({"state": "current"}, ["未截止", "延期中", "近期公告"]),
        ({"state": "closed"}, ["已过截止", "已撤回", "早先公告"]),
        ({"state": "all"}, ["未截止", "已过截止", "延期中", "近期公告", "已撤回", "早先公告"]),
        ({"state": "all", "receipt_kind": "deliberation"}, ["已过截止"]),
        ({"state": "all", "category": "activity"}, ["早先公告"]),
        ({"state": "closed", "q": "公告"}, ["早先公告"]),
        ({"state": "closed", "receipt_kind": "none", "category": "receipt"}, []),
    ],
)
def test_the_overview_shows_what_is_in_progress_unless_asked_otherwise(client, editor, notices, query, expected):
    if "category" in query:
        query = query | {"category": NoticeCategory.objects.get(slug=query["category"]).pk}
    for name in ("overview", "overview_results"):
        shown = client.get(reverse(f"notices:{name}"), query)
        assert titles(shown) == expected
    [active] = [state["label"] for state in shown.context["states"] if state["active"]]
    assert str(active) == {"current": "进行中", "closed": "已截止", "all": "全部"}[query.get("state", "current")]
    assert sheet_titles(client, query) == expected


def sheet_titles(client, query):
    return [row[0] for row in workbook(client, OVERVIEW, export="xlsx", **query)["通知"][1:]]


def workbook(client, url, **query):
    response = client.get(url, query)
    assert response["Content-Disposition"].startswith("attachment")
    return cells(BytesIO(b"".join(response.streaming_content)))


@pytest.mark.parametrize("state", ["nonsense", "\U0001f600", "9" * 40])
@pytest.mark.parametrize("name", ["state", "category", "receipt_kind"])
def test_an_unknown_choice_breaks_nothing(client, editor, notices, name, state):
    for url in (OVERVIEW, f"{OVERVIEW}results/"):
        assert client.get(url, {name: state}).status_code == 200
    assert len(workbook(client, OVERVIEW, export="xlsx", **{name: state})["通知"]) > 1


def test_the_workbook_tells_numbers_and_shares(client, editor, notices, unit):
    NoticePage.objects.filter(pk=notices[0].pk).update(title="=1+1")
    answer(notices[0], unit)
    line = workbook(client, OVERVIEW, export="xlsx")["通知"][1]
    assert line[0] == "'=1+1"
    assert line[6:] == [2, 1, "50%", 2, 1, "50%", 0]
    without = workbook(client, OVERVIEW, export="xlsx", q="近期")["通知"][1]
    assert without[6:] == [1, 0, "0%", 0, 0, None, 0]


@pytest.mark.parametrize("group", [*GROUPS, "member", "visitor"])
def test_who_may_see_overview_and_statistics(client, notices, unit, group):
    if group == "member":
        client.force_login(unit.seats.first().user if unit.seats.exists() else staff("财务"))
    elif group != "visitor":
        client.force_login(staff(group))
    urls = [f"{OVERVIEW}?export=xlsx", STATISTICS, f"{STATISTICS}export/"]
    answers = [client.get(url) for url in urls]
    for each in answers:
        b"".join(each)  # reads a file to its end, which closes it
    assert [each.status_code for each in answers] == [200 if group in READS else 302] * 3


def tables(client):
    page = BeautifulSoup(client.get(STATISTICS).content, "html.parser")
    return [
        [
            [cell.get_text(" ", strip=True).split()[0] for cell in row("th") + row("td")]
            for row in chart.select("tbody tr")
        ]
        for chart in page.select(".statistics__chart")
    ]


def test_statistics_tell_the_rates_of_notices_that_were_not_recalled(client, editor, notices, unit, outsider):
    answer(notices[0], unit)
    actions.mark_read(notices[3].deliveries.get(unit=unit), by=unit.seats.get().user)
    reads, receipts = tables(client)
    assert reads == [
        ["未截止", "2", "1", "50%"],
        ["已过截止", "1", "0", "0%"],
        ["延期中", "1", "0", "0%"],
        ["近期公告", "1", "1", "100%"],
        ["早先公告", "1", "0", "0%"],
    ]
    assert receipts == [["未截止", "2", "1", "50%"], ["已过截止", "1", "0", "0%"], ["延期中", "1", "0", "0%"]]
    sheets = workbook(client, f"{STATISTICS}export/")
    assert list(sheets) == ["已读率", "回执率"]
    assert [[row[0], *map(str, row[2:])] for row in sheets["已读率"][1:]] == reads
    assert [[row[0], *map(str, row[2:])] for row in sheets["回执率"][1:]] == receipts


def test_without_notices_the_statistics_say_so(client, editor):
    assert client.get(STATISTICS).content.decode().count("暂无此类通知。") == 2


@pytest.mark.parametrize("number", [1, 12])
def test_statistics_show_ten_in_a_constant_number_of_queries(client, editor, unit, django_assert_num_queries, number):
    for _number in range(number):
        sent_to(unit, receipt_kind="attendance", deadline=in_days(3))
    client.get(STATISTICS)
    with django_assert_num_queries(16):
        charts = client.get(STATISTICS).context["charts"]
    assert [len(chart.rows) for chart in charts] == [min(number, 10)] * 2


@pytest.mark.parametrize("group", GROUPS)
def test_deadlines_that_are_near_stand_on_the_start_page(client, notices, unit, group):
    answer(notices[0], unit)
    sent_to(unit, title="还早的会议", receipt_kind="attendance", deadline=in_days(30))
    client.force_login(staff(group))
    page = BeautifulSoup(client.get(HOME).content, "html.parser")
    lines = [" ".join(line.get_text(" ", strip=True).split()) for line in page.select(".closing li")]
    when = timezone.localtime(notices[0].deadline).strftime("%m-%d %H:%M")
    assert lines == ([f"未截止 截止 {when} 已回执 1 / 2（50%）"] if group in READS else [])
    assert bool(page.select("#panel-closing-notices-section, [id*=closing-notices]")) == (group in READS)


@pytest.mark.parametrize("number", [1, 50])
def test_the_panel_asks_a_constant_number_of_questions(client, editor, unit, django_assert_num_queries, number):
    for _number in range(number):
        sent_to(unit, receipt_kind="attendance", deadline=in_days(3))
    client.get(HOME)
    with django_assert_num_queries(27):
        page = BeautifulSoup(client.get(HOME).content, "html.parser")
    assert len(page.select(".closing li")) == min(number, 6)


@pytest.mark.parametrize("year", ["2026", "1999", "x", "\x00", "9" * 30])
def test_messages_of_a_unit_by_year(client, unit, notices, year):
    client.force_login(staff("会员审核"))
    type(unit).objects.filter(pk=unit.pk).update(created_at=timezone.now() - timedelta(days=800))
    this_year = timezone.localdate().year
    Delivery.objects.filter(notice=notices[4]).update(delivered_at=timezone.now() - timedelta(days=370))
    url = reverse("units_modeladmin_inspect", args=[unit.pk])
    shown = client.get(url, {"tab": "messages", "year": str(this_year) if year == "2026" else year})
    if year == "\x00":
        assert shown.status_code == 400
        return
    found = sorted(row.notice.title for row, _receipt, _is_late in shown.context["tab_context"]["rows"])
    everything = ["已撤回", "已过截止", "延期中", "早先公告", "未截止", "近期公告"]
    assert found == sorted(set(everything) - ({"早先公告"} if year == "2026" else set()))
    assert shown.context["tab_context"]["facts"][0][1] == len(found) - 1  # without the recalled one


def test_a_unit_that_got_nothing_in_a_year_is_told_so(client, notices):
    other = UnitFactory(certified=True)
    type(other).objects.filter(pk=other.pk).update(created_at=timezone.now() - timedelta(days=800))
    client.force_login(staff("会员审核"))
    url = reverse("units_modeladmin_inspect", args=[other.pk])
    html = client.get(url, {"tab": "messages", "year": timezone.localdate().year}).content.decode()
    assert "该年份未向该单位发送通知。" in html
