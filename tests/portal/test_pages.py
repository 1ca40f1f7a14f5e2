"""What all pages have in common, for each state of a unit, for staff and for visitors."""

import re

import pytest
from django.utils import timezone

from cms.models import NoticeCategory, NoticePage
from membership.audit.models import AuditEntry
from membership.tracking import actions
from membership.units.actions import store_document
from membership.units.models import Body, Level, Unit
from membership.units.states import DocumentKind, MembershipState
from tests.factories import UserFactory, notice
from tests.files import pdf
from tests.portal.conftest import deliberation, deliver, in_days, look, put

pytestmark = pytest.mark.django_db

S = MembershipState
PAGES = [
    "/portal/",
    "/portal/unit/",
    "/portal/unit/branches/",
    "/portal/dues/",
    "/portal/orders/",
    "/portal/account/",
    "/portal/me/",
]


@pytest.mark.parametrize("url", PAGES)
def test_a_visitor_is_asked_to_log_in(client, url):
    response = client.get(url)
    assert (response.status_code, response["Location"]) == (302, f"/accounts/login/?next={url}")


@pytest.mark.parametrize("url", PAGES)
@pytest.mark.parametrize("trait", ["staff", "root"])
def test_staff_see_their_account_and_are_told_where_the_rest_is(client, url, trait):
    client.force_login(UserFactory(**{trait: True}, name="王晓编", phone="+8613800000001"))
    personal = {"/portal/account/": 302, "/portal/me/": 200}
    response = client.get(url)
    assert response.status_code == personal.get(url, 403)
    if response.status_code == 403:
        page = look(client, url, status=403)
        assert page.h1.text == "这里是会员单位使用的页面"
        assert page.select_one(".locked a")["href"] == "/cms/"
        assert page.select_one(".identity .tag").text == "协会工作人员"
        assert page.select_one(".identity__name").text == "138****0001"


def test_a_person_without_a_unit_is_told_where_to_begin(client):
    client.force_login(UserFactory())
    page = look(client, "/portal/dues/", status=403)
    assert page.h1.text == "您的账号尚未关联单位"
    assert "028-86000000" in page.select_one(".locked").text


# --- 首页 ------------------------------------------------------------------------------------------------------------


def cards(page):
    return [[part.text.strip() for part in card.select("span")] for card in page.select(".stat")]


def test_home_of_a_certified_unit_counts_what_waits(ours, outsider):
    now = timezone.localtime(in_days(2))
    deliver(notice())
    deliver(deliberation(deadline=in_days(2)))
    deliver(deliberation(deadline=in_days(9)))
    deliver(deliberation(deadline=in_days(-1)))
    deliver(deliberation(rules=[{"kind": "unit", "unit": outsider.unit}]))
    page = look(ours.client, "/portal/")
    clock = f"{now:%m-%d %H:%M}" if now.year == timezone.localdate().year else f"{now:%Y-%m-%d %H:%M}"
    dues = ["会费到期日期", "--", "无应缴会费"]
    assert cards(page) == [["未读", "4", "去查阅"], ["待回执", "2", f"最近截止 {clock}，剩 2 天"], dues]
    assert len(page.select(".msg")) == 4


def test_home_with_nothing_to_do(ours):
    page = look(ours.client, "/portal/")
    assert cards(page)[:2] == [["未读", "0", "已全部阅读"], ["待回执", "0", "暂无待办"]]
    assert page.select_one(".empty p").text == "暂无消息，新的通知会在这里显示"


def test_home_shows_the_five_newest_and_no_recalled_one(ours):
    pages = [notice(title=f"第{n}号") for n in range(1, 8)]
    for page in pages:
        deliver(page)
    actions.recall(pages[5])
    shown = [link.text for link in look(ours.client, "/portal/").select(".msg a")]
    assert shown == ["第7号", "第5号", "第4号", "第3号", "第2号"]


@pytest.mark.parametrize("count", [1, 50])
def test_home_asks_as_often_for_one_as_for_fifty(ours, count, django_assert_num_queries):
    for _n in range(count):
        deliver(deliberation())
    with django_assert_num_queries(10):
        look(ours.client, "/portal/")


# --- 单位信息, 分会管理 ---


@pytest.mark.parametrize("state", S)
def test_the_profile_is_open_in_every_state(ours, state):
    put(ours.unit, state)
    page = look(ours.client, "/portal/unit/")
    if state in {S.DRAFT, S.RETURNED}:
        facts = [page.select_one(f"#id_{name}")["value"] for name in ("name", "uscc", "legal_representative")]
    else:
        rows = {row.dt.text: row.dd.text.strip() for row in page.select("dl > div")}
        facts = [rows[label] for label in ("单位名称", "统一社会信用代码", "法人代表")]
    assert facts == ["示范工程检测有限公司", ours.unit.uscc, "张三"]
    assert [tab.text for tab in page.select("main .tabs a")] == ["单位信息", "分会管理"]


def test_the_profile_lists_our_papers_but_neither_receipts_nor_those_of_others(ours, outsider):
    licence = store_document(pdf("营业执照.pdf"), unit=ours.unit, kind=DocumentKind.BUSINESS_LICENSE, by=ours.user)
    Unit.objects.filter(pk=ours.unit.pk).update(business_license=licence)
    store_document(pdf("回执.pdf"), unit=ours.unit, kind=DocumentKind.RECEIPT, by=ours.user)
    store_document(pdf("别家.pdf"), unit=outsider.unit, kind=DocumentKind.BUSINESS_LICENSE, by=outsider.user)
    files = look(ours.client, "/portal/unit/").select("#papers dd a")
    assert [(file.text, file["href"]) for file in files] == [("营业执照.pdf", f"/portal/documents/{licence.pk}/view/")]


# --- 账号管理, 个人中心 ---


@pytest.mark.parametrize("state", [S.DRAFT, S.ACTIVE])
def test_account_opens_with_the_change_of_password(ours, state):
    put(ours.unit, state)
    assert ours.client.get("/portal/account/")["Location"] == "/accounts/password/change/"
    page = look(ours.client, "/accounts/password/change/")
    labels = [label.contents[0].strip() for label in page.select("main .field__label")]
    assert labels == ["原密码", "新密码", "确认密码"]
    assert page.select_one("main form .btn-primary").text.strip() == "重置密码"


def test_my_name_can_be_changed_and_is_shown_at_once(ours):
    response = ours.client.post("/portal/me/", {"name": " 李　四 四 "})
    assert (response.status_code, response["Location"]) == (302, "/portal/me/")
    page = look(ours.client, "/portal/me/")
    assert page.select_one(".topbar__account").text.strip() == "李 四 四"
    assert page.select_one(".banner").p.text == "个人信息已保存"
    facts = {row.dt.text: row.dd.text.strip() for row in page.select("dl > div")}
    assert (facts["单位"], facts["职责"]) == ("示范工程检测有限公司", "单位管理员")
    assert "13900" not in facts["手机号"]


@pytest.mark.parametrize("name", ["", "   ", "一\x00二", "字" * 200])
def test_a_name_that_is_none_is_refused(ours, name):
    before = AuditEntry.objects.count()
    response = ours.client.post("/portal/me/", {"name": name})
    ours.user.refresh_from_db()
    assert (response.status_code, ours.user.name, AuditEntry.objects.count()) == (422, "李四", before)


# --- All pages ------------------------------------------------------------------------------------------------------


def every_page(client, unit):
    """The addresses of all pages of the portal that a certified unit sees, with both forms."""
    made = [deliberation(), notice(), deliberation(upload_required=True, deadline=in_days(-1))]
    urls = [f"/portal/messages/{deliver(page)[unit].pk}/" for page in made]
    return [*PAGES[:5], "/portal/me/", "/accounts/password/change/", "/portal/messages/", *urls]


def test_no_page_holds_inline_code_or_style(ours):
    for url in every_page(ours.client, ours.unit):
        page = look(ours.client, url)
        assert page.select("style, script:not([src]), [style]") == [], url
        handlers = [name for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")]
        links = [a["href"] for a in page.select("a[href]") if a["href"].startswith("javascript:")]
        assert (handlers, links) == ([], []), url
        assert {s["src"].split("/")[1] for s in page.select("script[src]")} == {"static"}, url


def test_every_page_has_one_heading_a_title_and_no_double_id(ours):
    titles = {}
    for url in every_page(ours.client, ours.unit):
        page = look(ours.client, url)
        ids = [tag["id"] for tag in page.select("[id]") if not tag.find_parent("template")]
        assert (len(page.select("h1")), len(ids) - len(set(ids))) == (1, 0), url
        titles[url] = page.title.text
    assert all(title.endswith(" - 会员之家 - 示范省建设工程质量安全协会") for title in titles.values())


def test_an_english_page_shows_chinese_only_where_it_is_data(ours):
    urls = every_page(ours.client, ours.unit)
    ours.client.get("/language/en/")
    data = {
        "简体中文",
        "示范省建设工程质量安全协会",
        ours.unit.name,
        "李四",
        "张三",
        "大协会普通会员",
        "修订章程",
        "增补理事",
    }
    data |= {name for model in (Body, Level, NoticeCategory) for name in model.objects.values_list("name", flat=True)}
    data |= set(NoticePage.objects.values_list("title", flat=True))
    known = re.compile("|".join(sorted(map(re.escape, data), key=len, reverse=True)))
    for url in urls:
        page = look(ours.client, url)
        assert page.html["lang"] == "en"
        assert re.findall("[\u4e00-\u9fff]+", known.sub("", page.get_text(" "))) == [], url
