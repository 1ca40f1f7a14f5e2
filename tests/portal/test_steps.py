"""首页: the steps before certification, what waits afterwards."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from membership.units import actions
from membership.units.models import Body, MembershipSettings, Qualification, Review
from membership.units.profile import profile_of
from membership.units.states import MembershipState, ReviewState, ReviewSubject
from tests.factories import MembershipFactory, UserFactory, clerk, document, put_papers_on_file, qualification, review
from tests.portal.conftest import look, put

pytestmark = pytest.mark.django_db

S = MembershipState
DONE = "已完成"
NOT_YET = "暂不能开始"
NAMES = ["填写单位信息", "上传证书材料", "提交认证", "加入分会（可选）", "等待审核", "缴纳会费"]
LATER = "认证通过后办理"


def steps(page):
    return [
        (row.select_one(".tasks__name").contents[0].text, row.select_one(".tasks__status").text.strip())
        for row in page.select(".tasks__row")
    ]


def states(page):
    found = steps(page)
    assert [name for name, _state in found] == NAMES
    return [state for _name, state in found]


def links(page):
    """{step: address} of those that lead somewhere."""
    rows = page.select(".tasks__row--link")
    return {row.a.text: row.a["href"] for row in rows}


def fill_in(unit):
    """Everything the profile must say, and no file."""
    unit.address, unit.joined_on = "示范市建设路 88 号", date(2024, 5, 1)
    unit.save()


@pytest.fixture
def starting(ours):
    """The unit before it has handed anything in."""
    put(ours.unit, S.DRAFT)
    ours.unit.memberships.update(level=None, since=None, decided_at=None, decided_by=None, submitted_at=None)
    ours.unit.submitted_at = None
    ours.unit.save()
    return ours


# --- Before certification -------------------------------------------------------------------------------------------
def test_a_person_without_a_unit_can_take_the_first_step_only(client):
    client.force_login(UserFactory())
    page = look(client, "/portal/")
    assert states(page) == ["未开始", NOT_YET, NOT_YET, NOT_YET, NOT_YET, LATER]
    assert links(page) == {"填写单位信息": "/portal/unit/"}


def test_a_new_unit_is_told_how_much_is_missing(starting):
    page = look(starting.client, "/portal/")
    # the address, and whether it is a member already; licence, certificate, application form, letter of commitment
    assert states(page) == ["还缺 2 项", "还缺 4 份", NOT_YET, NOT_YET, NOT_YET, LATER]
    assert links(page) == {"填写单位信息": "/portal/unit/", "上传证书材料": "/portal/unit/#papers"}


def test_the_steps_follow_the_papers_on_file(starting):
    fill_in(starting.unit)
    starting.unit.business_license = document(starting.unit)
    starting.unit.save()
    qualification(starting.unit)
    assert states(look(starting.client, "/portal/"))[:3] == [DONE, "还缺 2 份", NOT_YET]


def test_the_steps_follow_the_draft_of_a_colleague(starting):
    fill_in(starting.unit)
    values = profile_of(starting.unit) | {"documents": {"business_license": str(document(starting.unit).pk)}}
    values["facts"] = {name: str(value) for name, value in values["facts"].items()} | {"address": " "}
    actions.save_draft(starting.unit, by=clerk(starting.unit, duty="agent"), version=0, values=values)
    assert states(look(starting.client, "/portal/"))[:3] == ["还缺 1 项", "还缺 3 份", NOT_YET]


def test_an_old_member_needs_fewer_papers(starting):
    fill_in(starting.unit)
    starting.unit.joined_on, starting.unit.was_member_before = date(2023, 12, 31), True
    starting.unit.save()
    assert states(look(starting.client, "/portal/"))[1] == "还缺 2 份"


def test_a_complete_profile_waits_to_be_handed_in(starting):
    fill_in(starting.unit)
    put_papers_on_file(starting.unit)
    page = look(starting.client, "/portal/")
    assert states(page) == [DONE, DONE, "未提交", NOT_YET, NOT_YET, LATER]
    assert links(page)["提交认证"] == "/portal/unit/"


def test_after_handing_in_the_number_and_the_time_are_told(starting):
    fill_in(starting.unit)
    put_papers_on_file(starting.unit)
    actions.submit(starting.unit.certification, by=starting.user)
    page = look(starting.client, "/portal/")
    assert states(page) == [DONE, DONE, "已提交", "可选", "待审核", LATER]
    application = Review.objects.get()
    hint = page.select(".tasks__row")[4].select_one(".tasks__hint").text
    today = f"{timezone.localdate():%Y-%m-%d}"
    assert hint == f"编号 {application.reference}，{today} 提交。一般在 3 个工作日内完成审核，结果将以短信告知。"


def test_applications_to_branches_are_counted(starting):
    put(starting.unit, S.PENDING)
    for slug in ("safety", "quality"):
        MembershipFactory(unit=starting.unit, body=Body.objects.get(slug=slug))
    MembershipFactory(unit=starting.unit, body=Body.objects.get(slug="testing"), draft=True)
    page = look(starting.client, "/portal/")
    assert states(page)[3] == "已申请 2 个"
    assert links(page)["加入分会（可选）"] == "/portal/unit/branches/"


def test_what_came_back_is_told_with_the_way_to_mend_it(starting):
    fill_in(starting.unit)
    put_papers_on_file(starting.unit)
    put(starting.unit, S.RETURNED, remark="营业执照不清晰")
    page = look(starting.client, "/portal/")
    inset = page.select_one("main .inset-warn")
    assert [p.text for p in inset.select("p")] == ["已退回", "营业执照不清晰", "去修改"]
    assert inset.a["href"] == "/portal/unit/"
    assert states(page) == [DONE, DONE, "已退回", "可选", NOT_YET, LATER]


def test_who_was_refused_reads_why_and_may_call(starting):
    put(starting.unit, S.REJECTED, remark="业务范围不符")
    page = look(starting.client, "/portal/")
    assert [p.text for p in page.select("main .inset-warn p")] == ["未通过", "业务范围不符"]
    assert states(page) == [DONE, DONE, "已提交", NOT_YET, "未通过", LATER]
    assert "028-86000000" in page.select_one(".card__foot").text


@pytest.mark.parametrize("state", [S.SUSPENDED, S.LEFT])
def test_who_is_no_member_now_sees_no_steps_but_the_reason(ours, state):
    put(ours.unit, state, remark="逾期未缴会费")
    page = look(ours.client, "/portal/")
    assert steps(page) == []
    assert page.select_one("main dd").text == "逾期未缴会费"
    assert "028-86000000" in page.select_one("main").text


def test_a_remark_of_an_earlier_round_is_not_said_again(ours):
    put(ours.unit, S.PENDING, remark="营业执照不清晰")
    assert "营业执照不清晰" not in look(ours.client, "/portal/").text


@pytest.mark.parametrize("count", [1, 50])
def test_steps_ask_as_often_for_one_certificate_as_for_fifty(starting, count, django_assert_num_queries):
    for _n in range(count):
        qualification(starting.unit)
    MembershipSettings.current()
    with django_assert_num_queries(8):
        look(starting.client, "/portal/")


# --- After certification --------------------------------------------------------------------------------------------
def in_days(days):
    return timezone.localdate() + timedelta(days=days)


def papers(page):
    """What runs out: name, day, state."""
    rows = page.select("main .table-cards tbody tr")
    return [(row.th.text, *(cell.get_text(strip=True) for cell in row.select("td"))) for row in rows]


def test_certificates_that_run_out_within_sixty_days_are_listed(ours, outsider):
    for name, days in (("建筑工程", 60), ("市政公用工程", 61), ("公路工程", -1)):
        qualification(ours.unit, name=name, valid_until=in_days(days))
    qualification(ours.unit, name="铁路工程", valid_until=None)
    qualification(outsider.unit, valid_until=in_days(1))
    ours.unit.entry_permit, ours.unit.entry_permit_valid_until = document(ours.unit, "entry_permit"), in_days(0)
    ours.unit.save()
    page = look(ours.client, "/portal/")
    assert papers(page) == [
        ("施工总承包 · 公路工程一级", f"{in_days(-1):%Y-%m-%d}", "已到期"),
        ("入川备案许可证", f"{in_days(0):%Y-%m-%d}", "今日到期"),
        ("施工总承包 · 建筑工程一级", f"{in_days(60):%Y-%m-%d}", "剩 60 天"),
    ]
    assert page.find("a", string="去更新")["href"] == "/portal/unit/#papers"


def test_nothing_is_said_of_certificates_that_last(ours):
    qualification(ours.unit, valid_until=in_days(61))
    ours.unit.entry_permit_valid_until = in_days(-5)  # of a permit that is no longer on file
    ours.unit.save()
    assert papers(look(ours.client, "/portal/")) == []


def test_a_change_under_review_is_told_with_its_number(ours):
    change = review(ours.unit.certification, ReviewSubject.CHANGE)
    inset = look(ours.client, "/portal/").select_one("main .inset")
    assert inset.strong.text == "变更申请审核中"
    assert change.reference in inset.text
    assert inset.a["href"] == "/portal/unit/"


def test_a_change_that_came_back_is_told_with_the_words(ours):
    review(ours.unit.certification, ReviewSubject.CHANGE, ReviewState.RETURNED, remark="新执照缺页")
    inset = look(ours.client, "/portal/").select_one("main .inset-warn")
    assert [p.text for p in inset.select("p")] == ["变更申请已退回", "新执照缺页", "去修改"]


@pytest.mark.parametrize("state", [ReviewState.APPROVED, ReviewState.REJECTED, ReviewState.VOID])
def test_a_change_that_is_over_is_not_told(ours, state):
    review(ours.unit.certification, ReviewSubject.CHANGE, ReviewState.RETURNED, remark="新执照缺页")
    review(ours.unit.certification, ReviewSubject.CHANGE, state)
    insets = look(ours.client, "/portal/").select("main .inset")
    assert [inset.strong.text for inset in insets] == (["变更申请已退回"] if state == ReviewState.VOID else [])


def test_requests_of_others_are_not_told(ours, outsider):
    review(outsider.unit.certification, ReviewSubject.CHANGE)
    review(outsider.unit.certification, ReviewSubject.LEAVE)
    assert look(ours.client, "/portal/").select("main .inset") == []


def test_a_request_to_leave_is_told(ours):
    leaving = review(ours.unit.certification, ReviewSubject.LEAVE, reason="业务调整")
    inset = look(ours.client, "/portal/").select_one("main .inset-warn")
    assert inset.strong.text == "退会申请审核中"
    assert leaving.reference in inset.text


@pytest.mark.parametrize("count", [1, 50])
def test_home_asks_as_often_for_one_certificate_as_for_fifty(ours, count, django_assert_num_queries):
    for _n in range(count):
        qualification(ours.unit, valid_until=in_days(10))
    assert Qualification.objects.count() == count
    with django_assert_num_queries(10):
        look(ours.client, "/portal/")
