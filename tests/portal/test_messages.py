"""消息管理: what the list and the page of a message say, and who reads (guide 二.(一), 二.(二))."""

import unicodedata
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.test import Client
from django.utils import timezone

from cms.models import AgendaItem, NoticeCategory
from membership.audit.models import AuditEntry
from membership.tracking import actions
from membership.tracking.models import Attendee, Delivery
from membership.tracking.states import ReceiptKind
from membership.units.models import Unit
from tests.factories import clerk, notice
from tests.portal.conftest import LI, attach, badges, deliberation, deliver, in_days, line, look, meeting, titles

pytestmark = pytest.mark.django_db

LIST = "/portal/messages/"


def url_of(delivery, more=""):
    return f"{LIST}{delivery.pk}/{more}"


def said(page, title):
    """Mark before the title, mark after it, and the words about the deadline."""
    before, _title, after = line(page, title)
    row = next(row for row in page.select(".msg") if row.a.text == title)
    return before, after, row.select_one(".msg__due").text


def answer(delivery, user):
    """Return the receipt that this notice asks for."""
    items = delivery.notice.agenda_items.all()
    given = [{"item": item, "choice": "agree", "comment": ""} for item in items]
    people = [LI | {"mobile": "+8613811138111"}] if delivery.receipt_kind == ReceiptKind.ATTENDANCE else []
    return actions.submit_receipt(delivery, by=user, version=delivery.receipt_version, opinions=given, attendees=people)


def acknowledgement(**fields):
    """A live notice that is to be acknowledged."""
    kind = ReceiptKind.ACKNOWLEDGEMENT
    return notice(receipt_kind=kind, category="notice", **{"upload_required": False, **fields})


# --- The list -------------------------------------------------------------------------------------------------------


def test_each_tab_counts_what_is_unread_in_its_category(ours, outsider):
    deliver(notice(category="notice"))
    deliver(notice(category="notice"))
    read = deliver(notice(category="activity"))[ours.unit]
    deliver(deliberation())
    actions.mark_read(read, by=ours.user)
    deliver(notice(category="training", rules=[{"kind": "unit", "unit": outsider.unit}]))

    page = look(ours.client, LIST)
    assert badges(page) == {"menu": 3, "全部": 3, "通知": 2, "回执通知": 1}
    assert [tab.contents[0].strip() for tab in page.select("main .tabs__link")] == [
        "全部",
        *NoticeCategory.objects.values_list("name", flat=True),
    ]
    assert len(titles(page)) == 4
    assert [tag.text for tag in page.select(".tabbar .count")] == ["3 条未读"]


def test_a_tab_shows_its_category_alone_and_keeps_the_filter(ours):
    deliver(notice(title="通知甲", category="notice"))
    deliver(notice(title="活动乙", category="activity"))

    page = look(ours.client, f"{LIST}?category=activity&state=unread&page=1")
    assert titles(page) == ["活动乙"]
    assert page.select_one("main .tabs [aria-current=page]")["href"] == "?category=activity&state=unread"
    assert page.select_one("#tab-all")["href"] == "?state=unread"
    assert page.select_one("#state-any")["href"] == "?category=activity"
    assert page.title.text.startswith("活动 - 消息管理 - 会员之家")


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("", ["已答", "已过期", "待答", "已读", "新到"]),
        ("unread", ["已过期", "待答", "新到"]),
        ("awaiting", ["待答"]),
        ("closed", ["已过期"]),
        ("nonsense", ["已答", "已过期", "待答", "已读", "新到"]),
        ("\x00", ["已答", "已过期", "待答", "已读", "新到"]),
    ],
)
def test_filters(ours, state, shown):
    deliver(notice(title="新到"))
    actions.mark_read(deliver(notice(title="已读"))[ours.unit], by=ours.user)
    deliver(deliberation(title="待答"))
    deliver(meeting(title="已过期", deadline=in_days(-1)))
    answer(deliver(deliberation(title="已答"))[ours.unit], ours.user)

    assert titles(look(ours.client, f"{LIST}?state={state}")) == shown


KINDS = {"none": (notice, [], "未读"), "deliberation": (deliberation, ["会议审议回执"], "未回执")}
KINDS["attendance"] = (meeting, ["参加会议回执"], "未回执")
KINDS["acknowledgement"] = (acknowledgement, ["阅知确认"], "未回执")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("is_read", [False, True])
@pytest.mark.parametrize("is_answered", [False, True])
@pytest.mark.parametrize("deadline", ["ahead", "soon", "past", "none"])
def test_marks(ours, kind, is_read, is_answered, deadline):
    make, before, awaited = KINDS[kind]
    days = {"ahead": 30, "soon": 1, "past": -1}.get(deadline)
    when = timezone.now() + timedelta(days=days) if days else None
    page = make(title="某通知", **({} if kind == "none" else {"deadline": in_days(60)}))
    delivery = deliver(page)[ours.unit]
    if is_answered and kind != "none":
        answer(delivery, ours.user)
    if is_read:
        actions.mark_read(delivery, by=ours.user)
    if kind != "none":
        type(page).objects.filter(pk=page.pk).update(deadline=when)

    got_before, after, due = said(look(ours.client, LIST), "某通知")

    assert got_before == before
    if kind == "none":
        assert (after, due) == ([] if is_read else ["未读"], "")
        return
    when = timezone.localtime(when) if when else None
    if is_answered:
        expected = ["已回执"], f"已于 {timezone.localdate():%m-%d} 回执"
    elif deadline == "past":
        day = f"{when:%m-%d}" if when.year == timezone.localdate().year else f"{when:%Y-%m-%d}"
        expected = ["已截止"], f"已于 {day} 截止"
    elif deadline == "none":
        expected = [awaited], ""
    else:
        clock = f"{when:%m-%d %H:%M}" if when.year == timezone.localdate().year else f"{when:%Y-%m-%d %H:%M}"
        expected = [awaited], f"截止 {clock}，剩 {days} 天"
    assert (after, due) == expected


def test_unread_says_so_in_words_to_those_who_do_not_see_bold_type(ours):
    deliver(deliberation(title="某通知"))
    row = look(ours.client, LIST).select_one(".msg--unread")
    assert row.select_one("h3 > .visually-hidden").text.strip() == "未读"


def test_pinned_stands_first_then_the_newest(ours):
    deliver(notice(title="置顶的", pinned=True))
    deliver(notice(title="较早的"))
    deliver(notice(title="最新的"))

    page = look(ours.client, LIST)
    assert titles(page) == ["置顶的", "最新的", "较早的"]
    assert line(page, "置顶的") == (["置顶"], "置顶的", ["未读"])
    assert titles(look(ours.client, "/portal/")) == ["最新的", "较早的", "置顶的"]


@pytest.mark.parametrize(
    ("query", "words", "action"),
    [
        ("", "暂无消息，新的通知会在这里显示", None),
        ("?category=training", "“培训”暂无消息，新的通知会在这里显示", None),
        ("?state=closed&category=training", "没有符合条件的消息", ("清除筛选", "?category=training")),
    ],
)
def test_an_empty_list_says_why(ours, query, words, action):
    empty = look(ours.client, LIST + query).select_one(".empty")
    assert empty.p.text == words
    link = empty.select_one("a")
    assert (link and (link.text, link["href"])) == action


@pytest.mark.parametrize("count", [1, 50])
def test_the_list_asks_the_database_as_often_for_one_as_for_fifty(ours, count, django_assert_num_queries):
    for n in range(count):
        deliver((deliberation, meeting, notice)[n % 3](pinned=n == 7))
    with django_assert_num_queries(5):
        assert len(titles(look(ours.client, LIST))) == min(count, 20)


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("会员大会", ["关于召开2026年会员大会的通知"]),
        ("质量 检查", ["关于专项检查的通知"]),
        ("９月", ["关于专项检查的通知"]),
        ("大会\x00", ["关于召开2026年会员大会的通知"]),
        ("100%", []),
        ("没有这样的词", []),
        ("", ["关于专项检查的通知", "关于召开2026年会员大会的通知"]),
    ],
)
def test_search_finds_chinese_within_titles_and_bodies(ours, outsider, typed, shown):
    deliver(notice(title="关于召开2026年会员大会的通知"))
    deliver(notice(title="关于专项检查的通知", body=[("paragraph", "<p>定于 9月开展工程质量检查。</p>")]))
    deliver(notice(title="关于召开会员大会质量检查的通知", rules=[{"kind": "unit", "unit": outsider.unit}]))
    page = look(ours.client, f"{LIST}?{urlencode({'q': typed})}")
    assert titles(page) == shown
    assert page.select_one("#message-search")["value"] == unicodedata.normalize("NFKC", typed).replace("\x00", "")


def test_the_year_is_that_of_the_association(ours):
    Unit.objects.update(created_at=datetime(2024, 5, 1, tzinfo=UTC))
    old, new = deliver(notice(title="去年"))[ours.unit], deliver(notice(title="今年"))[ours.unit]
    year = timezone.localdate().year
    edge = datetime(year, 1, 1, tzinfo=timezone.get_default_timezone())
    Delivery.objects.filter(pk=old.pk).update(delivered_at=edge - timedelta(seconds=1))
    Delivery.objects.filter(pk=new.pk).update(delivered_at=edge)
    assert titles(look(ours.client, f"{LIST}?year={year}")) == ["今年"]
    assert titles(look(ours.client, f"{LIST}?year={year - 1}")) == ["去年"]
    assert titles(look(ours.client, f"{LIST}?year=99999")) == ["今年", "去年"]
    options = [option.text for option in look(ours.client, LIST).select("#message-year option")]
    assert options == ["全部年份", *(str(number) for number in range(year, 2023, -1))]


# --- 全部标为已读 -----------------------------------------------------------------------------------------------------


def test_all_marked_as_read_but_what_wants_a_receipt(ours, outsider):
    plain, training = deliver(notice()), deliver(notice(category="training"))
    asking = deliver(deliberation())
    page = ours.client.post(f"{LIST}read-all/", {"category": "notice"}, follow=True)
    assert page.redirect_chain == [(f"{LIST}?category=notice", 302)]
    assert "全部标为已读" in page.content.decode()
    unread = set(Delivery.objects.unread())
    assert unread == {training[ours.unit], asking[ours.unit], *(d[outsider.unit] for d in (plain, training, asking))}
    ours.client.post(f"{LIST}read-all/")
    assert set(Delivery.objects.unread().filter(unit=ours.unit)) == {asking[ours.unit]}
    assert Delivery.objects.get(pk=training[ours.unit].pk).read_by == ours.user


def test_the_button_stands_where_it_does_something(ours):
    deliver(deliberation())
    button = f"form[action='{LIST}read-all/']"
    assert look(ours.client, LIST).select(button) == []
    deliver(notice())
    assert len(look(ours.client, LIST).select(button)) == 1
    assert look(ours.client, f"{LIST}?category=receipt").select(button) == []


# --- One message ----------------------------------------------------------------------------------------------------


def test_opening_marks_as_read_and_says_by_whom(ours):
    delivery = deliver(notice(title="某通知"))[ours.unit]
    colleague = clerk(ours.unit, duty="agent", name="王五")
    before = AuditEntry.objects.count()

    page = look(ours.client, url_of(delivery))
    assert page.h1.text == "某通知"
    assert page.select(".article-head .tag") == []
    other = Client()
    other.force_login(colleague)
    assert badges(look(other, LIST)) == {}
    look(other, url_of(delivery))
    delivery.refresh_from_db()
    assert delivery.read_by == ours.user
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Purpose": "preview"},
        {"X-Moz": "Prefetch"},
    ],
)
def test_a_browser_that_looks_ahead_reads_nothing(ours, headers):
    delivery = deliver(notice())[ours.unit]
    assert ours.client.get(url_of(delivery), headers=headers).status_code == 200
    delivery.refresh_from_db()
    assert delivery.is_unread


def test_asking_for_the_head_reads_nothing(ours):
    delivery = deliver(notice())[ours.unit]
    assert ours.client.head(url_of(delivery)).status_code == 200
    delivery.refresh_from_db()
    assert delivery.is_unread


def test_attachments_stand_under_the_text_and_those_to_fill_in_with_the_receipt(ours):
    page = deliberation()
    attach(page, "章程修订对照表.pdf")
    attach(page, "会议审议回执表.pdf", is_receipt_form=True)
    shown = look(ours.client, url_of(deliver(page)[ours.unit]))

    def names(scope):
        return [name.contents[0] for name in shown.select(f"{scope} .file__name")]

    assert (names("article"), names("#receipt-form")) == (["章程修订对照表.pdf"], ["会议审议回执表.pdf"])


def test_without_attachments_there_is_neither_section_nor_step(ours):
    shown = look(ours.client, url_of(deliver(deliberation())[ours.unit]))
    assert shown.select(".file") == []
    assert [h.text for h in shown.select("#receipt-form .step__title")] == [
        "选择审议意见",
        "上传回执文件（选填）",
        "提交回执",
    ]


def test_the_side_card_says_what_is_left_to_do(ours):
    page = deliberation(upload_required=True, contact="秘书处 028-86000001")
    card = look(ours.client, url_of(deliver(page)[ours.unit])).select_one(".with-aside__aside")
    facts = {row.dt.text: row.dd.get_text(" ", strip=True) for row in card.select("dl > div")}
    assert card.select_one(".tag").text == "未回执"
    assert facts["联系人"] == "秘书处 028-86000001"
    assert facts["还需完成"] == "选择审议意见（2 项） 上传回执文件 提交回执"
    assert facts["截止时间"].endswith("剩 7 天")


def test_past_the_deadline_it_says_so_and_whom_to_ask(ours):
    page = look(ours.client, url_of(deliver(meeting(deadline=in_days(-1), contact="王工 028-1"))[ours.unit]))
    when = timezone.localtime(in_days(-1)).strftime("%Y-%m-%d")
    assert page.select("#receipt-form") == []
    words = page.select_one(".banner-warn").p.text
    assert words.startswith(f"回执已于 {when}")
    assert words.endswith("如需补交请联系 王工 028-1")


def test_a_recalled_notice_is_gone_from_list_and_badges_and_its_page_says_so(ours):
    page = notice(title="撤回的通知", body=[("paragraph", "<p>正文不再显示</p>")])
    delivery = deliver(page)[ours.unit]
    file = attach(page)
    actions.recall(page)

    shown = look(ours.client, url_of(delivery), status=410)
    assert shown.h1.text == "该通知已撤回"
    assert "撤回的通知" in shown.select_one("main").text
    assert "正文不再显示" not in shown.text
    listed = look(ours.client, LIST)
    assert (titles(listed), badges(listed)) == ([], {})
    assert titles(look(ours.client, "/portal/")) == []
    assert ours.client.get(url_of(delivery, f"attachments/{file.pk}/")).status_code == 404
    delivery.refresh_from_db()
    assert delivery.read_at is None


def test_a_recalled_notice_says_why(ours):
    page = notice(title="撤回的通知")
    delivery = deliver(page)[ours.unit]
    actions.recall(page, reason="会议改期，另行通知")
    assert "撤回原因：会议改期，另行通知" in look(ours.client, url_of(delivery), status=410).select_one("main").text


def test_a_correction_stands_above_the_text_with_its_time(ours):
    when = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
    page = notice(body=[("paragraph", "<p>正文</p>")], correction="会议地点有误", corrected_at=when)
    article = look(ours.client, url_of(deliver(page)[ours.unit])).select_one("article").text
    assert "会议地点有误" in article
    assert "2026-11-20 10:30" in article
    assert article.index("会议地点有误") < article.index("正文")


def test_what_was_not_corrected_says_nothing_of_it(ours):
    draft_word = notice(body=[("paragraph", "<p>正文</p>")], correction="尚未发布的说明")
    page = look(ours.client, url_of(deliver(draft_word)[ours.unit]))
    assert page.select(".callout") == []
    assert "尚未发布的说明" not in page.text


def test_words_of_the_page_are_escaped(ours):
    delivery = deliver(deliberation(title="<b>甲</b>", contact="<i>乙</i>"))[ours.unit]
    page = look(ours.client, url_of(delivery))
    assert page.h1.text == "<b>甲</b>"
    assert page.select("main i, main h1 b") == []


@pytest.mark.parametrize("count", [1, 50])
def test_a_deliberation_asks_as_often_for_one_matter_as_for_fifty(ours, count, django_assert_num_queries):
    page = deliberation()
    AgendaItem.objects.bulk_create(AgendaItem(page=page, title=f"事项{n}", sort_order=n) for n in range(count))
    for n in range(count):
        attach(page, f"附件{n}.pdf", is_receipt_form=n % 2)
    delivery = deliver(page)[ours.unit]
    actions.mark_read(delivery, by=ours.user)
    with django_assert_num_queries(7):
        assert len(look(ours.client, url_of(delivery)).select(".file")) == count
    answer(delivery, ours.user)
    with django_assert_num_queries(10):
        look(ours.client, url_of(delivery, "?revise=1"))


@pytest.mark.parametrize("count", [1, 50])
def test_a_meeting_asks_as_often_for_one_attendee_as_for_fifty(ours, count, django_assert_num_queries):
    delivery = deliver(meeting())[ours.unit]
    receipt = answer(delivery, ours.user)
    Attendee.objects.bulk_create(
        Attendee(receipt=receipt, name=f"甲{n}", position="工程师", mobile="+8613800000000") for n in range(count - 1)
    )
    with django_assert_num_queries(9):
        shown = look(ours.client, url_of(delivery))
    assert len(shown.select("#receipt tbody tr")) == count


def test_the_first_opening_costs_one_more_query(ours, django_assert_num_queries):
    delivery = deliver(notice())[ours.unit]
    for number in (7, 6):
        with django_assert_num_queries(number):
            look(ours.client, url_of(delivery))
