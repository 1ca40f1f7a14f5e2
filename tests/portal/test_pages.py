"""The shell and all pages but messages, for each state of a unit, for staff and for visitors."""

import re

import pytest
from django.utils import timezone

from cms.models import NoticeCategory, NoticePage
from membership.audit.models import AuditEntry
from membership.tracking import actions
from membership.units.actions import store_document
from membership.units.models import Body, Level, Membership, Unit
from membership.units.states import BodyKind, DocumentKind, MembershipState
from tests.factories import MembershipFactory, UserFactory, notice
from tests.files import pdf
from tests.portal.conftest import deliberation, deliver, in_days, look

pytestmark = pytest.mark.django_db

S = MembershipState
PAGES = ["/portal/", "/portal/unit/", "/portal/unit/branches/", "/portal/dues/", "/portal/account/", "/portal/me/"]
BEFORE = ["首页", "单位信息", "账号管理"]
AFTER = ["首页", "单位信息", "消息管理", "会费缴纳", "账号管理"]
LABELS = {
    S.DRAFT: "未认证",
    S.PENDING: "待审核",
    S.RETURNED: "已退回",
    S.ACTIVE: "已认证",
    S.REJECTED: "未通过",
    S.SUSPENDED: "已暂停",
    S.LEFT: "已退会",
}


def put(unit, state, remark=""):
    """Bring the unit's certification into a state."""
    Membership.objects.filter(unit=unit, body__kind=BodyKind.ASSOCIATION).update(state=state, remark=remark)


def entries(page):
    for count in page.select(".rail__link .count"):
        count.extract()
    return page.select(".rail__link")


# --- The shell ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", S)
def test_menu_and_identity_card_follow_the_state(ours, state):
    put(ours.unit, state)
    page = look(ours.client, "/portal/")

    assert [link.text.strip() for link in entries(page)] == (AFTER if state == S.ACTIVE else BEFORE)
    assert [link.text.strip() for link in page.select(".tabbar__item")] == (
        ["首页", "单位", "消息", "会费", "我的"] if state == S.ACTIVE else ["首页", "单位", "我的"]
    )
    card = page.select_one(".identity")
    assert (card.select_one(".identity__name").text, card.select_one(".tag").text) == (
        "示范工程检测有限公司",
        LABELS[state],
    )
    assert [line.text for line in card.select("li")] == (["大协会普通会员"] if state == S.ACTIVE else [])


def test_identity_card_has_a_line_for_each_body_that_has_approved(ours):
    safety, quality, testing = (Body.objects.get(slug=slug) for slug in ("safety", "quality", "testing"))
    MembershipFactory(unit=ours.unit, body=safety, active=True)
    MembershipFactory(
        unit=ours.unit, body=quality, active=True, level=Level.objects.get(name="理事", body_kind="branch")
    )
    MembershipFactory(unit=ours.unit, body=testing)
    page = look(ours.client, "/portal/")
    assert [line.text for line in page.select(".identity li")] == [
        "大协会普通会员",
        "安全分会普通会员",
        "质量分会理事",
    ]


@pytest.mark.parametrize(
    ("url", "entry", "tab"),
    [
        ("/portal/", "首页", "首页"),
        ("/portal/unit/branches/", "单位信息", "单位"),
        ("/portal/messages/?category=notice", "消息管理", "消息"),
        ("/portal/dues/", "会费缴纳", "会费"),
        ("/accounts/password/change/", "账号管理", "我的"),
        ("/portal/me/", None, "我的"),
    ],
)
def test_the_menu_marks_where_one_is(ours, url, entry, tab):
    page = look(ours.client, url)
    here = [link.text.strip() for link in page.select(".rail__link[aria-current]")]
    assert here == ([entry] if entry else [])
    assert [link.text.strip() for link in page.select(".tabbar__item[aria-current]")] == [tab]


def test_header_names_the_person_and_the_way_out(ours):
    header = look(ours.client, "/portal/").select_one(".topbar__user")
    assert header.select_one(".topbar__account").text.strip() == "李四"
    assert (header.a.text, header.a["href"]) == ("个人中心", "/portal/me/")
    assert (header.form["action"], header.form["method"], header.button.text) == ("/accounts/logout/", "post", "退出")


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


def steps(page):
    return [
        (row.select_one(".tasks__name").contents[0].text, row.select_one(".tasks__status").text.strip())
        for row in page.select(".tasks__row")
    ]


DONE = "已完成"
NOT_YET = "暂不能开始"


@pytest.mark.parametrize(
    ("state", "states"),
    [
        (S.DRAFT, ["待核对", "未上传", "未提交", NOT_YET, NOT_YET]),
        (S.PENDING, [DONE, "暂无存档", "已提交", "可选", "待审核"]),
        (S.RETURNED, ["待核对", "未上传", "已退回", NOT_YET, NOT_YET]),
        (S.REJECTED, [DONE, "暂无存档", "已提交", NOT_YET, "未通过"]),
        (S.SUSPENDED, [DONE, "暂无存档", "已提交", "可选", "已暂停"]),
        (S.LEFT, [DONE, "暂无存档", "已提交", NOT_YET, "已退会"]),
    ],
)
def test_before_certification_home_lists_the_steps(ours, state, states):
    put(ours.unit, state)
    names = ["填写单位信息", "上传证书材料", "提交认证", "加入分会（可选）", "等待审核", "缴纳会费"]
    assert steps(look(ours.client, "/portal/")) == list(zip(names, [*states, "认证通过后办理"], strict=True))


def test_steps_know_papers_and_branches_that_are_there(ours):
    put(ours.unit, S.PENDING)
    MembershipFactory(unit=ours.unit, body=Body.objects.get(slug="safety"))
    store_document(pdf(), unit=ours.unit, kind=DocumentKind.BUSINESS_LICENSE, by=ours.user)
    got = dict(steps(look(ours.client, "/portal/")))
    assert (got["上传证书材料"], got["加入分会（可选）"]) == (DONE, "已申请 1 个")


@pytest.mark.parametrize("state", [S.RETURNED, S.REJECTED])
def test_home_and_profile_say_why_an_application_came_back(ours, state):
    put(ours.unit, state, remark="营业执照不清晰")
    for url in ("/portal/", "/portal/unit/"):
        inset = look(ours.client, url).select_one(".inset-warn")
        assert [p.text for p in inset.select("p")] == [LABELS[state], "营业执照不清晰"]


@pytest.mark.parametrize("state", [S.PENDING, S.SUSPENDED])
def test_what_was_once_remarked_is_not_said_again(ours, state):
    put(ours.unit, state, remark="营业执照不清晰")
    assert "营业执照不清晰" not in look(ours.client, "/portal/").text


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
    assert cards(page) == [["未读", "4", "去查阅"], ["待回执", "2", f"最近截止 {clock}，剩 2 天"]]
    assert len(page.select(".msg")) == 4


def test_home_with_nothing_to_do(ours):
    page = look(ours.client, "/portal/")
    assert cards(page) == [["未读", "0", "已全部阅读"], ["待回执", "0", "暂无待办"]]
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
    with django_assert_num_queries(7):
        look(ours.client, "/portal/")


# --- 单位信息, 分会管理, 会费缴纳 ---


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


def test_branches_are_listed_as_in_the_guide(ours):
    put(ours.unit, S.PENDING)
    for slug, fields in {
        "safety": {"active": True},
        "quality": {},
        "testing": {"state": S.RETURNED, "remark": "请补充业绩"},
        "supervision": {"draft": True},
    }.items():
        MembershipFactory(unit=ours.unit, body=Body.objects.get(slug=slug), **fields)
    page = look(ours.client, "/portal/unit/branches/")
    assert [head.text for head in page.select("thead th")] == ["分会", "分会会员等级", "状态"]
    assert [[cell.get_text(" ", strip=True) for cell in row.select("th, td")] for row in page.select("tbody tr")] == [
        ["检测分会", "非会员", "已退回 请补充业绩"],
        ["安全分会", "普通会员", "已通过"],
        ["监理分会", "非会员", "草稿"],
        ["鉴定分会", "", ""],
        ["质量分会", "非会员", "待审核"],
    ]


def test_a_closed_branch_stays_for_its_members_only(ours, outsider):
    body = Body.objects.get(slug="safety")
    MembershipFactory(unit=ours.unit, body=body, active=True)
    Body.objects.filter(pk=body.pk).update(is_open=False)

    def names(client):
        return [row.th.text for row in look(client, "/portal/unit/branches/").select("tbody tr")]

    assert ("安全分会" in names(ours.client), "安全分会" in names(outsider.client)) == (True, False)


def test_dues_say_how_they_are_reckoned(ours):
    facts = {row.dt.text: row.dd.text.strip() for row in look(ours.client, "/portal/dues/").select("dl > div")}
    assert facts["会员等级"] == "普通会员"
    assert facts["计算方式"] == "会费按年度计算（1月1日至12月31日）"


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
    return [*PAGES[:4], "/portal/me/", "/accounts/password/change/", "/portal/messages/", *urls]


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
