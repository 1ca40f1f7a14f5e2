"""The board of a notice: numbers, lists, and what each role sees of the answers."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from cms.models import NoticePage
from membership.tracking import actions as tracking
from membership.tracking.models import Delivery, Receipt
from membership.units.actions import store_document
from membership.units.models import Body, Level, Membership
from membership.units.states import DocumentKind
from tests.cms.conftest import GROUPS, in_days, staff
from tests.factories import MembershipFactory, UnitFactory, UserFactory, clerk, notice
from tests.files import pdf

pytestmark = pytest.mark.django_db

READS = ["编辑", "会员审核", "秘书长", "系统管理员"]


def board(page, **query):
    url = reverse("notices:board", args=[page.pk])
    return url + ("?" + "&".join(f"{name}={value}" for name, value in query.items()) if query else "")


def sent_to(*units, **fields):
    """A live notice, delivered to these units."""
    fields.setdefault("title", "关于看板的通知")
    page = notice(rules=[{"kind": "unit", "unit": unit} for unit in units], **fields)
    tracking.deliver(page)
    return NoticePage.objects.get(pk=page.pk)


def answer(page, unit, choice="agree", comment=""):
    person = clerk(unit, name="李四")
    delivery = page.deliveries.get(unit=unit)
    opinions = [{"item": item, "choice": choice, "comment": comment} for item in page.agenda_items.all()]
    attendees = [] if opinions else [{"name": "王五", "position": "经理", "mobile": "+8613900000000"}]
    document = store_document(pdf("盖章回执.pdf"), unit=unit, kind=DocumentKind.RECEIPT, by=person)
    return tracking.submit_receipt(
        delivery, by=person, version=0, opinions=opinions, attendees=attendees, document=document
    )


def read(page, unit):
    tracking.mark_read(page.deliveries.get(unit=unit), by=clerk(unit, name="赵六"))


@pytest.fixture
def deliberation():
    """Four units: one has not read, one has read, two have answered; a fifth got something else."""
    units = [UnitFactory(certified=True, name=name) for name in ("甲建设", "乙检测", "丙监理", "丁学院")]
    page = sent_to(*units, receipt_kind="deliberation", deadline=in_days(3), items=["章程修订案", "会费标准"])
    other = UnitFactory(certified=True, name="局外建设")
    sent_to(other, title="别的通知")
    read(page, units[1])
    answer(page, units[2])
    answer(page, units[3], choice="disagree", comment="标准过高")
    return page


def listed(response):
    return [row["delivery"].unit.name for row in response.context["rows"]]


def test_the_numbers_and_the_three_lists(client, editor, deliberation):
    first = client.get(board(deliberation))
    assert first.context["counts"] == {"sent": 4, "read": 3, "asked": 4, "receipted": 2, "overdue": 0}
    assert (first.context["read_percent"], first.context["receipted_percent"]) == (75, 50)
    assert [(tab["query"].removeprefix("list="), tab["count"]) for tab in first.context["tabs"]] == [
        ("unread", 1),
        ("awaiting", 1),
        ("receipted", 2),
        ("overdue", 0),
    ]
    lists = {name: listed(client.get(board(deliberation, list=name))) for name in ("unread", "awaiting", "receipted")}
    assert lists == {"unread": ["甲建设"], "awaiting": ["乙检测"], "receipted": ["丁学院", "丙监理"]}
    assert listed(first) == ["甲建设"]


def test_the_answers_stand_in_the_list(client, editor, deliberation):
    shown = client.get(board(deliberation, list="receipted"))
    assert [row["summary"] for row in shown.context["rows"]] == ["不同意 2", "同意 2"]
    html = shown.content.decode()
    assert "局外建设" not in html
    receipt = Receipt.objects.get(delivery__unit__name="丙监理")
    assert reverse("notices:receipt", args=[receipt.pk]) in html
    assert reverse("notices:receipt_file", args=[receipt.document_id]) in html


def test_a_meeting_counts_heads(client, editor, unit):
    page = sent_to(unit, receipt_kind="attendance", deadline=in_days(3))
    answer(page, unit)
    assert client.get(board(page, list="receipted")).context["rows"][0]["summary"] == "参会 1 人"


def test_a_notice_without_a_receipt_has_two_lists(client, editor, unit, outsider):
    page = sent_to(unit, outsider)
    read(page, unit)
    assert [tab["query"] for tab in client.get(board(page)).context["tabs"]] == ["list=unread", "list=read"]
    assert listed(client.get(board(page, list="read"))) == [unit.name]
    assert listed(client.get(board(page, list="receipted"))) == [outsider.name]


def test_who_is_late_is_marked(client, editor, unit, outsider):
    page = sent_to(unit, outsider, receipt_kind="attendance", deadline=in_days(-1))
    Delivery.objects.filter(notice=page, unit=outsider).update(deadline_override=in_days(1))
    assert listed(client.get(board(page, list="overdue"))) == [unit.name]
    shown = client.get(board(page))
    assert shown.context["counts"]["overdue"] == 1
    assert [(row["delivery"].unit.name, row["overdue"]) for row in shown.context["rows"]] == [
        (outsider.name, False),
        (unit.name, True),
    ]


def test_being_sent_is_said_until_it_is_delivered(client, editor, unit):
    page = notice(rules=[{"kind": "unit", "unit": unit}])
    assert client.get(board(page)).context["is_sending"] is True
    assert "发送中" in client.get(board(page)).content.decode()
    tracking.deliver(page)
    assert client.get(board(page)).context["is_sending"] is False
    assert "发送中" not in client.get(board(page)).content.decode()


def test_a_recalled_notice_says_so(client, editor, unit):
    page = sent_to(unit)
    page.unpublish()
    assert "已撤回" in client.get(board(page)).content.decode()


def test_a_long_list_has_pages(client, editor):
    page = sent_to(*[UnitFactory(certified=True, name=f"第{number:02d}单位") for number in range(51)])
    first, second = client.get(board(page)), client.get(board(page, p=2))
    assert (len(first.context["rows"]), listed(second)) == (50, ["第50单位"])
    assert "第 1 / 2 页" in first.content.decode()
    assert listed(client.get(board(page, p=99))) == listed(second)
    assert listed(client.get(board(page, p="x"))) == listed(first)


@pytest.mark.parametrize("number", [1, 50])
def test_the_board_runs_a_constant_number_of_queries(client, editor, django_assert_num_queries, number):
    units = [UnitFactory(certified=True) for _number in range(number)]
    page = sent_to(*units, receipt_kind="deliberation", deadline=in_days(3), items=["章程修订案", "会费标准"])
    for unit in units:
        answer(page, unit)
    url = board(page, list="receipted")
    client.get(url)
    with django_assert_num_queries(23):
        assert len(client.get(url).context["rows"]) == number


def test_a_line_names_the_branches_of_the_unit(client, editor, unit, outsider):
    branches = list(Body.objects.filter(slug__in=["quality", "safety"]))
    for body in branches:
        MembershipFactory(unit=unit, body=body, active=True)
    MembershipFactory(unit=outsider, body=branches[0], active=True)
    MembershipFactory(unit=unit, body=Body.objects.get(slug="testing"), state="left")
    page = sent_to(unit, receipt_kind="attendance", deadline=in_days(3))
    shown = client.get(board(page))
    assert [line["branches"] for line in shown.context["rows"]] == ["、".join(each.short_name for each in branches)]
    assert shown.context["rows"][0]["branches"] in shown.content.decode()


@pytest.mark.parametrize("columns", [[], ["accommodation"], ["gender", "email", "accommodation", "remark"]])
def test_the_receipt_shows_what_was_asked_of_each_person(client, editor, unit, columns):
    page = sent_to(unit, receipt_kind="attendance", deadline=in_days(3), attendee_columns=columns)
    receipt = answer(page, unit)
    receipt.attendees.update(gender="male", email="wang@example.com", accommodation="single", remark="素食")
    page = BeautifulSoup(client.get(reverse("notices:receipt", args=[receipt.pk])).content, "html.parser")
    table = page.select_one(".board__table")
    cells = [cell.get_text(strip=True) for cell in table.tbody.find_all("td")]
    asked = {"gender": "男", "email": "wang@example.com", "accommodation": "单间", "remark": "素食"}
    shown = [words for name, words in asked.items() if name in columns]
    assert sorted(cells) == sorted(["王五", "经理", "13900000000", *shown])
    assert len(table.thead.find_all("th")) == len(cells)


@pytest.mark.parametrize("group", [*GROUPS, "member", "visitor"])
def test_who_sees_what(client, deliberation, group):
    if group == "member":
        client.force_login(Delivery.objects.get(unit__name="丙监理").unit.seats.first().user)
    elif group != "visitor":
        client.force_login(staff(group))
    receipt = Receipt.objects.get(delivery__unit__name="丁学院")
    pages = [board(deliberation, list="receipted"), reverse("notices:overview"), reverse("notices:overview_results")]
    answers = [client.get(url) for url in pages]
    assert [a.status_code for a in answers] == ([200] * 3 if group in READS else [302] * 3)
    assert ["丁学院" in a.content.decode() for a in answers] == [group in READS, False, False]
    shown = client.get(reverse("notices:receipt", args=[receipt.pk]))
    file = client.get(reverse("notices:receipt_file", args=[receipt.document_id]))
    if group in READS:
        assert (shown.status_code, file.status_code) == (200, 200)
        assert "标准过高" in shown.content.decode()
        assert b"".join(file.streaming_content)[:4] == b"%PDF"
        assert file["Content-Disposition"].startswith("attachment")
    else:
        assert shown.status_code == 302
        assert file.status_code == (404 if group in GROUPS else 302)
        assert "标准过高" not in shown.content.decode()


def test_who_may_read_deliveries_but_no_receipts_sees_who_answered_but_not_what(client, deliberation):
    colleague = UserFactory(staff=True)
    rights = Permission.objects.filter(codename__in=["access_admin", "view_delivery"])
    colleague.user_permissions.set(rights)
    client.force_login(colleague)
    shown = client.get(board(deliberation, list="receipted"))
    html = shown.content.decode()
    assert listed(shown) == ["丁学院", "丙监理"]
    assert [row["summary"] for row in shown.context["rows"]] == ["", ""]
    assert ("/receipts/" in html, "/receipt-files/" in html) == (False, False)


def test_the_receipt_page_tells_the_whole_answer(client, editor, deliberation):
    receipt = Receipt.objects.get(delivery__unit__name="丁学院")
    html = client.get(reverse("notices:receipt", args=[receipt.pk])).content.decode()
    for word in (
        "丁学院",
        "章程修订案",
        "会费标准",
        "不同意",
        "标准过高",
        "李四",
        "盖章回执.pdf",
        receipt.delivery.receipt_number,
    ):
        assert word in html
    assert "丙监理" not in html


def test_numbers_of_attendees_are_written_as_they_are_dialled(client, editor, unit):
    page = sent_to(unit, receipt_kind="attendance", deadline=in_days(3))
    receipt = answer(page, unit)
    html = client.get(reverse("notices:receipt", args=[receipt.pk])).content.decode()
    assert ("13900000000" in html, "+86" in html) == (True, False)


def test_an_older_version_stays_readable(client, editor, deliberation):
    first = Receipt.objects.get(delivery__unit__name="丙监理")
    items = deliberation.agenda_items.all()
    second = tracking.submit_receipt(
        first.delivery,
        by=first.submitted_by,
        version=1,
        opinions=[{"item": item, "choice": "abstain"} for item in items],
    )
    html = client.get(reverse("notices:receipt", args=[first.pk])).content.decode()
    assert "该版本已被新的回执替换。" in html
    assert reverse("notices:receipt", args=[second.pk]) in html
    rows = client.get(board(deliberation, list="receipted")).context["rows"]
    assert [row["summary"] for row in rows] == ["不同意 2", "弃权 2"]


@pytest.mark.parametrize("number", [1, 50])
def test_the_overview_runs_a_constant_number_of_queries(client, editor, unit, django_assert_num_queries, number):
    for _number in range(number):
        sent_to(unit, receipt_kind="attendance", deadline=in_days(3))
    url = reverse("notices:overview")
    client.get(url)
    with django_assert_num_queries(15):
        response = client.get(url)
    assert len(response.context["object_list"]) == min(number, 25)


def test_the_overview_tells_how_each_notice_fares(client, editor, deliberation, unit):
    notice(title="未发送的通知", rules=[{"kind": "unit", "unit": unit}])
    rows = client.get(reverse("notices:overview")).context["object_list"]
    assert [(row.title, row.counts["sent"], row.counts["read"], row.counts["receipted"]) for row in rows] == [
        ("别的通知", 1, 0, 0),
        ("关于看板的通知", 4, 3, 2),
    ]


def rates(client):
    """The cells of the list of all notices, by title: what was read and what was returned."""
    page = BeautifulSoup(client.get("/cms/notice_list/").content, "html.parser")
    heads = [head.get_text(" ", strip=True) for head in page.select("table.listing thead th")]
    places = [heads.index(words) for words in ("已读", "已回执")]
    lines = [line.find_all("td", recursive=False) for line in page.select("table.listing tbody tr")]
    return {
        cells[1].select_one(".title-wrapper").get_text(" ", strip=True): [
            cells[place].get_text(" ", strip=True) for place in places
        ]
        for cells in lines
    }


def test_the_list_of_notices_tells_how_each_fares(client, editor, deliberation, unit):
    notice(title="未发送的通知", rules=[{"kind": "unit", "unit": unit}])
    assert rates(client) == {
        "关于看板的通知": ["3 (75%)", "2 (50%)"],
        "别的通知": ["0 (0%)", "--"],
        "未发送的通知": ["--", "--"],
    }


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_of_notices_asks_a_constant_number_of_questions(
    client, editor, unit, django_assert_num_queries, number
):
    for count in range(number):
        sent_to(unit, title=f"关于会议的第 {count} 号通知", receipt_kind="attendance", deadline=in_days(3))
    client.get("/cms/notice_list/")
    with django_assert_num_queries(27):
        assert len(rates(client)) == number


def test_the_overview_shows_deadlines_in_full(client, editor, unit):
    page = sent_to(unit, receipt_kind="attendance", deadline=in_days(3))
    html = client.get(reverse("notices:overview")).content.decode()
    assert timezone.localtime(page.deadline).strftime("%Y-%m-%d %H:%M") in html
    assert (
        timezone.localtime(page.deadline).strftime("%Y-%m-%d %H:%M") in client.get("/cms/notice_list/").content.decode()
    )


def test_the_overview_finds_a_part_of_title_or_number(client, editor, unit):
    sent_to(unit, title="关于会员大会的通知", document_no="示字〔2026〕7号")
    sent_to(unit, title="关于培训的通知")
    found = {
        words: [row.title for row in client.get(reverse("notices:overview"), {"q": words}).context["object_list"]]
        for words in ("员大会", "2026〕7", "没有")
    }
    assert found == {"员大会": ["关于会员大会的通知"], "2026〕7": ["关于会员大会的通知"], "没有": []}


@pytest.mark.parametrize(
    ("query", "names", "counts"),
    [
        ({"q": "学院"}, [], [0, 0, 1, 0]),
        ({"q": "设", "list": "unread"}, ["甲建设"], [1, 0, 0, 0]),
        ({"level": "council", "list": "receipted"}, ["丁学院"], [0, 0, 1, 0]),
        ({"body": "quality", "list": "awaiting"}, ["乙检测"], [0, 1, 0, 0]),
        ({"body": "quality", "level": "council"}, [], [0, 0, 0, 0]),
        ({"body": "99999"}, [], [0, 0, 0, 0]),
        ({"level": "x"}, [], [0, 0, 0, 0]),
    ],
)
def test_lists_are_filtered_by_name_body_and_level(client, editor, deliberation, query, names, counts):
    council = Level.objects.get(body_kind="association", slug="council")
    Membership.objects.filter(unit__name="丁学院").update(level=council)
    quality = Body.objects.get(slug="quality")
    MembershipFactory(unit=Delivery.objects.get(unit__name="乙检测").unit, body=quality, active=True)
    keys = {"council": council.pk, "quality": quality.pk}
    shown = client.get(board(deliberation, **{name: keys.get(value, value) for name, value in query.items()}))
    assert (listed(shown), [tab["count"] for tab in shown.context["tabs"]]) == (names, counts)
    assert shown.context["counts"]["sent"] == 4


def test_the_curve_ends_with_today(client, editor, deliberation):
    Delivery.objects.filter(unit__name="乙检测").update(read_at=in_days(-2))
    curve = client.get(board(deliberation)).context["curve"]
    assert [(point.read, point.receipted) for point in curve.points] == [(0, 0)] * 4 + [(1, 0)] * 2 + [(3, 2)]
    assert curve.points[-1].day == timezone.localdate()
    assert len(curve.read_line.split()) == 7


def test_opinions_are_tallied_with_the_quorum(client, editor, deliberation):
    shown = client.get(board(deliberation)).context
    assert (shown["rule"].entitled, shown["rule"].present, shown["rule"].needed_present) == (4, 2, 3)
    assert [[line.number for line in tally.lines] for tally in shown["tallies"]] == [[1, 1, 0], [1, 1, 0]]


def test_what_one_may_not_do_is_not_offered(client, deliberation):
    client.force_login(staff("秘书长"))
    html = client.get(board(deliberation)).content.decode()
    offered = [word in html for word in ("提醒未读", "延长截止时间", "代录", 'name="unit"', "导出 XLSX")]
    assert offered == [False] * 4 + [True]


def test_a_board_that_is_not_there_is_not_found(client, editor):
    assert client.get("/cms/notices/999/board/").status_code == 404
    assert client.get("/cms/notices/receipts/999/").status_code == 404
