"""Identity card, menu and locked pages, for each state of a unit (guide 一.(四))."""

import pytest

from membership.units.models import Body, Level
from membership.units.states import MembershipState
from tests.factories import MembershipFactory, UserFactory
from tests.portal.conftest import look, put

pytestmark = pytest.mark.django_db

S = MembershipState
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


def entries(page):
    for count in page.select(".rail__link .count"):
        count.extract()
    return page.select(".rail__link")


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


# --- Locked pages ---------------------------------------------------------------------------------------------------
TO_UNIT = ("/portal/unit/", "查看单位信息")
NEXT = {
    S.DRAFT: [("/portal/unit/", "填写单位信息"), TO_UNIT],
    S.PENDING: [("/portal/", "查看办理进度"), TO_UNIT],
    S.RETURNED: [("/portal/unit/", "去修改"), TO_UNIT],
    S.REJECTED: [TO_UNIT],
    S.SUSPENDED: [TO_UNIT],
    S.LEFT: [TO_UNIT],
}


@pytest.mark.parametrize("url", ["/portal/messages/", "/portal/dues/"])
@pytest.mark.parametrize("state", NEXT)
def test_a_locked_page_explains_itself_and_leads_on(ours, url, state):
    put(ours.unit, state)
    card = look(ours.client, url, status=403).select_one(".locked")
    stopped = state in {S.SUSPENDED, S.LEFT}
    assert card.h1.text == ("会员资格有效期间" if stopped else "认证通过后") + "可使用消息、会费功能"
    assert card.select_one(".tag").text == LABELS[state]
    assert [(link["href"], link.text) for link in card.select(".btn")] == NEXT[state]
    assert "028-86000000" in card.text


@pytest.mark.parametrize(
    ("state", "told"),
    [(S.DRAFT, 0), (S.PENDING, 0), (S.RETURNED, 1), (S.REJECTED, 1), (S.SUSPENDED, 1), (S.LEFT, 1)],
)
def test_a_locked_page_tells_what_the_staff_wrote_last(ours, state, told):
    put(ours.unit, state, remark="逾期未缴会费")
    assert look(ours.client, "/portal/dues/", status=403).text.count("逾期未缴会费") == told


def test_a_certified_unit_meets_no_locked_page(ours):
    assert look(ours.client, "/portal/dues/").select(".locked") == []


def test_whose_membership_is_suspended_keeps_its_branches_but_not_its_messages(ours):
    MembershipFactory(unit=ours.unit, body=Body.objects.get(slug="safety"), active=True)
    put(ours.unit, S.SUSPENDED, remark="逾期未缴会费")
    page = look(ours.client, "/portal/")
    assert [link.text.strip() for link in entries(page)] == BEFORE
    assert [line.text for line in page.select(".identity li")] == ["安全分会普通会员"]
    card = page.select_one("main .card")
    assert (card.h2.text, card.select_one(".tag").text, card.dd.text) == ("协会会员资格", "已暂停", "逾期未缴会费")
    assert page.select(".tasks") == []


def test_who_has_no_unit_is_shown_the_number_as_name(client):
    client.force_login(UserFactory(phone="+8613811138111"))
    card = look(client, "/portal/").select_one(".identity")
    assert (card.select_one(".identity__name").text, card.select_one(".tag").text) == ("138****8111", "未认证")
