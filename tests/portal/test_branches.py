"""分会管理: the table, the application to a branch, what is on file there (guide 一.(三))."""

import pytest

from membership.audit.models import AuditEntry
from membership.units import actions
from membership.units.models import Body, BranchQuestion, Membership, Review
from membership.units.states import BodyKind, MembershipState, ReviewState, ReviewSubject
from tests.factories import MembershipFactory, UserFactory, review
from tests.portal.branches import (
    APPLY,
    LI,
    TABLE,
    counted,
    entered,
    facts,
    in_branch,
    in_chinese,
    nothing_happened,
    of,
    row,
    rows,
    toast,
)
from tests.portal.conftest import look, put

pytestmark = pytest.mark.django_db

S = MembershipState


# --- The table ------------------------------------------------------------------------------------------------------
def test_the_table_is_that_of_the_guide(ours):
    put(ours.unit, S.PENDING)
    in_branch(ours.unit, S.PENDING)
    page = look(ours.client, TABLE)
    assert [head.text for head in page.select("thead th")] == ["分会", "分会会员等级", "状态", "操作"]
    assert rows(page) == [
        ["检测分会", "", "", "申请加入"],
        ["安全分会", "", "", "申请加入"],
        ["监理分会", "", "", "申请加入"],
        ["鉴定分会", "", "", "申请加入"],
        ["质量分会", "非会员", "待审核", "修改资料"],
    ]
    assert page.find("a", string="申请加入")["href"] == f"{TABLE}testing/apply/"


@pytest.mark.parametrize(
    ("state", "told", "for_agents"),
    [
        (S.DRAFT, ["非会员", "草稿", "继续填写"], "继续填写"),
        (S.PENDING, ["非会员", "待审核", "修改资料"], "修改资料"),
        (S.RETURNED, ["非会员", "已退回 请补充业绩", "修改资料"], "修改资料"),
        (S.ACTIVE, ["普通会员", "已通过", "查看资料 申请退出"], "查看资料"),
        (S.REJECTED, ["非会员", "未通过 请补充业绩", ""], ""),
        (S.SUSPENDED, ["普通会员", "已暂停 请补充业绩", "查看资料 申请退出"], "查看资料"),
        (S.LEFT, ["非会员", "已退出", ""], ""),
    ],
)
def test_every_state_has_its_row(ours, agent, state, told, for_agents):
    in_branch(ours.unit, state, remark="请补充业绩")
    page = look(ours.client, TABLE)
    assert row(page) == told
    assert row(look(agent, TABLE)) == [*told[:2], for_agents]
    assert ("028-86000000" in page.select_one("main").text) == (state in {S.REJECTED, S.LEFT})


def test_before_the_profile_is_handed_in_the_table_says_what_comes_first(ours):
    put(ours.unit, S.DRAFT)
    page = look(ours.client, TABLE)
    assert page.select_one("#obstacle").get_text(" ", strip=True) == "请先提交单位信息。 填写单位信息"
    assert page.select_one("#obstacle a")["href"] == "/portal/unit/"
    assert [found[3] for found in rows(page)] == ["申请加入"] * 5
    assert page.select(".table-actions a") == []


@pytest.mark.parametrize("state", [S.REJECTED, S.SUSPENDED, S.LEFT])
def test_who_is_no_member_of_the_association_cannot_join_a_branch(ours, state):
    put(ours.unit, state)
    page = look(ours.client, TABLE)
    assert "贵单位目前不是协会正式会员，不能申请加入分会。" in page.select_one("#obstacle").text
    assert "028-86000000" in page.select_one("#obstacle").text
    assert page.select(".table-actions a") == []


@pytest.mark.parametrize("state", [None, S.DRAFT, S.PENDING, S.RETURNED])
def test_a_closed_branch_takes_nothing(ours, state):
    if state:
        in_branch(ours.unit, state)
    Body.objects.filter(slug="quality").update(is_open=False)
    page = look(ours.client, TABLE)
    assert row(page)[2] == "暂停受理"
    assert page.select("#obstacle") == []
    response = ours.client.get(APPLY)
    assert (response.status_code, response["Location"]) == (302, TABLE)
    assert toast(ours.client) == ["该分会暂停受理。"]


def test_members_of_a_closed_branch_keep_their_row(ours):
    in_branch(ours.unit, S.ACTIVE)
    Body.objects.filter(slug="quality").update(is_open=False)
    assert row(look(ours.client, TABLE)) == ["普通会员", "已通过", "查看资料 申请退出"]


def test_nobody_sees_what_others_are(ours, outsider):
    in_branch(outsider.unit, S.ACTIVE)
    assert row(look(ours.client, TABLE)) == ["", "", "申请加入"]
    response = ours.client.get(f"{TABLE}quality/")
    assert (response.status_code, response["Location"]) == (302, TABLE)


PAGES = ["", "quality/", "quality/apply/", "quality/contact/", "quality/leave/"]


@pytest.mark.parametrize("address", [*(TABLE + page for page in PAGES), "/portal/unit/leave/"])
def test_who_acts_for_no_unit_is_sent_elsewhere(client, address):
    for user in (UserFactory(), UserFactory(staff=True)):
        client.force_login(user)
        assert client.get(address).status_code == 403


@pytest.mark.parametrize("page", ["", "apply/", "contact/", "leave/"])
@pytest.mark.parametrize("slug", ["association", "nowhere"])
def test_there_are_no_pages_for_what_is_no_branch(ours, slug, page):
    if slug == "association":
        slug = Body.objects.get(kind=BodyKind.ASSOCIATION).slug
    assert ours.client.get(f"{TABLE}{slug}/{page}").status_code == 404
    assert ours.client.post(f"{TABLE}{slug}/withdraw/").status_code == 404


@pytest.mark.parametrize("count", [1, 50])
def test_the_table_asks_as_often_for_one_branch_as_for_fifty(ours, count, django_assert_num_queries):
    Body.objects.filter(kind=BodyKind.BRANCH).delete()
    for number in range(count):
        body = Body.objects.create(kind=BodyKind.BRANCH, name=f"{number}", short_name=f"{number}", slug=f"b{number}")
        review(MembershipFactory(unit=ours.unit, body=body, active=True), ReviewSubject.LEAVE, reason="业务调整")
    with django_assert_num_queries(7):
        assert len(rows(look(ours.client, TABLE))) == count


# --- 入会资料填报 --------------------------------------------------------------------------------------------------
def test_the_form_knows_the_unit_and_asks_for_no_file(ours):
    ours.unit.contact_department, ours.unit.qq = "综合部", "10000001"
    ours.unit.save()
    page = look(ours.client, APPLY)
    assert page.h1.text == "质量分会入会资料填报"
    back = page.select_one(".page-head__actions a")
    assert (back.text.strip(), back["href"]) == ("返回", TABLE)
    assert facts(page) == {"单位名称": "示范工程检测有限公司", "法人代表": "张三"}
    labels = [label.get_text(strip=True) for label in page.select("main .field__label")]
    assert labels == ["联系部门（选填）", "联系人*", "联系电话*", "QQ（选填）", "邮箱（选填）"]
    inputs = {field["name"]: field.get("value", "") for field in page.select("main .field input")}
    assert inputs == {**LI, "contact_department": "综合部", "qq": "10000001"}
    assert page.select_one(".inset").p.text == (
        "入会申请书、申请材料真实性承诺书、营业执照、资质证书等已在单位信息中上传，此处无需再次上传。"
    )
    assert page.select("input[type=file]") == []


@pytest.mark.parametrize("who", ["owner", "agent"])
def test_an_application_is_handed_in(ours, agent, who):
    put(ours.unit, S.PENDING)
    response = {"owner": ours.client, "agent": agent}[who].post(
        APPLY, entered(contact_name=" 王　五 ", qq="１２３４５")
    )
    assert (response.status_code, response["Location"]) == (302, TABLE)
    membership = of(ours.unit)
    assert (membership.state, membership.round, membership.contact_name, membership.qq) == (
        "pending",
        1,
        "王 五",
        "12345",
    )
    asked = Review.objects.get(membership=membership)
    assert (asked.subject, asked.state, asked.snapshot["contact"]["contact_name"]) == ("application", "open", "王 五")
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.unit_id, entry.after["state"]) == ("units.submit", ours.unit.pk, "pending")


def test_after_handing_in_the_table_says_so(ours):
    ours.client.post(APPLY, entered())
    page = look(ours.client, TABLE)
    banner = page.select_one(".banner")
    assert (banner.p.text, "data-toast" in banner.attrs) == ("已提交，等待审核", True)
    assert row(page) == ["非会员", "待审核", "修改资料"]


@pytest.mark.parametrize("state", [S.DRAFT, S.REJECTED, S.SUSPENDED, S.LEFT])
def test_a_unit_that_may_not_apply_loses_nothing_that_it_has_typed(ours, state):
    put(ours.unit, state)
    before = counted(ours.unit)
    assert ours.client.get(APPLY)["Location"] == TABLE
    response = ours.client.post(APPLY, entered(contact_name="王五"))
    assert response.status_code == 409
    assert 'value="王五"' in response.text
    assert nothing_happened(ours.unit, before)


@pytest.mark.parametrize("state", [S.ACTIVE, S.REJECTED, S.SUSPENDED, S.LEFT])
def test_what_the_table_of_moves_forbids_is_not_offered(ours, state):
    membership = in_branch(ours.unit, state)
    before = counted(ours.unit)
    for method in (ours.client.get, ours.client.post):
        response = method(APPLY, entered(contact_name="王五"))
        assert (response.status_code, response["Location"]) == (302, f"{TABLE}quality/")
    membership.refresh_from_db()
    assert (membership.state, membership.contact_name) == (state, "李四")
    assert nothing_happened(ours.unit, before)


def test_the_branch_may_close_while_somebody_types(ours):
    before = counted(ours.unit)
    Body.objects.filter(slug="quality").update(is_open=False)
    response = ours.client.post(APPLY, entered(contact_name="王五"))
    assert (response.status_code, "该分会暂停受理。" in response.text) == (409, True)
    assert nothing_happened(ours.unit, before)


# --- Changing it ----------------------------------------------------------------------------------------------------
def test_the_data_of_a_waiting_application_can_be_changed(ours):
    ours.client.post(APPLY, entered())
    page = look(ours.client, APPLY)
    assert page.select_one("#id_contact_department")["value"] == "质量部"
    assert page.select_one("#id_round")["value"] == "1"
    ours.client.post(APPLY, entered(1, contact_department="安全部"))
    membership = of(ours.unit)
    assert (membership.state, membership.round, membership.contact_department) == ("pending", 2, "安全部")
    assert list(Review.objects.order_by("pk").values_list("round", "state")) == [(1, "void"), (2, "open")]


@pytest.mark.parametrize("number", [0, 1])
def test_pressing_the_button_again_changes_nothing(ours, number):
    ours.client.post(APPLY, entered())
    before = counted(ours.unit)
    response = ours.client.post(APPLY, entered(number))
    assert (response.status_code, toast(ours.client)) == (302, ["已提交，等待审核", "已提交，等待审核"])
    assert nothing_happened(ours.unit, before)


def test_what_a_colleague_has_changed_meanwhile_is_shown_and_not_overwritten(ours, agent):
    ours.client.post(APPLY, entered())
    agent.post(APPLY, entered(1, contact_department="安全部"))
    before = counted(ours.unit)

    page = ours.client.post(APPLY, entered(1, contact_department="综合部"))
    assert page.status_code == 409
    assert ("同事刚刚修改了这份申请" in page.text, 'value="综合部"' in page.text, "<dd>安全部</dd>" in page.text) == (
        True,
        True,
        True,
    )
    assert nothing_happened(ours.unit, before)
    assert 'name="round" value="2"' in page.text
    ours.client.post(APPLY, entered(2, contact_department="综合部"))
    assert of(ours.unit).contact_department == "综合部"


def test_who_has_decided_while_somebody_types_is_heard(ours):
    membership = in_branch(ours.unit, S.PENDING)
    Membership.objects.filter(pk=membership.pk).update(state=S.REJECTED)
    before = counted(ours.unit)
    assert ours.client.post(APPLY, entered())["Location"] == f"{TABLE}quality/"
    assert nothing_happened(ours.unit, before)


def test_what_came_back_shows_the_words_and_the_marked_items(ours):
    membership = in_branch(ours.unit, S.RETURNED, remark="请补充业绩")
    question = BranchQuestion.objects.create(
        body=membership.body, label="近三年业绩", field_type="multiline", required=False
    )
    membership.answers = [{"label": "以前的问题", "value": "无"}, {"label": "近三年业绩", "value": "无"}]
    review(membership, state=ReviewState.RETURNED, verdicts={"qq": {"ok": False, "reason": "other", "words": "早先"}})
    marks = {
        "contact_phone": {"ok": False, "reason": "other", "words": "号码打不通"},
        "answer:1": {"ok": False, "reason": "page_missing", "words": ""},
        "contact_name": {"ok": True, "reason": "", "words": ""},
        "answer:0": {"ok": False, "reason": "other", "words": "不再需要"},
    }
    review(membership, state=ReviewState.RETURNED, verdicts=marks)
    inset = look(ours.client, APPLY).select_one(".inset-warn")
    assert [p.text for p in inset.select("p")] == ["已退回", "请补充业绩"]
    assert [(item.text, item.a and item.a["href"]) for item in inset.select("li")] == [
        ("联系电话：号码打不通", "#id_contact_phone"),
        ("以前的问题：不再需要", None),
        ("近三年业绩：缺页", f"#id_question_{question.pk}"),
    ]


def test_what_came_back_is_handed_in_again(ours):
    in_branch(ours.unit, S.RETURNED, remark="请补充业绩")
    ours.client.post(APPLY, entered(contact_department="安全部"))
    assert row(look(ours.client, TABLE)) == ["非会员", "待审核", "修改资料"]
    assert of(ours.unit).remark == ""


# --- Taking it back -------------------------------------------------------------------------------------------------
def test_an_application_that_nobody_has_opened_can_be_withdrawn(ours):
    ours.client.post(APPLY, entered(contact_department="安全部"))
    response = ours.client.post(f"{TABLE}quality/withdraw/")
    assert (response.status_code, response["Location"]) == (302, TABLE)
    page = look(ours.client, TABLE)
    assert row(page) == ["非会员", "草稿", "继续填写"]
    assert look(ours.client, APPLY).select_one("#id_contact_department")["value"] == "安全部"


def test_what_a_reviewer_has_opened_stays(ours):
    ours.client.post(APPLY, entered())
    actions.claim(Review.objects.get(), by=UserFactory(root=True))
    before = counted(ours.unit)
    ours.client.post(f"{TABLE}quality/withdraw/")
    words = "A reviewer has already opened the application. Change its data instead of withdrawing it."
    assert toast(ours.client)[-1] == in_chinese(words)
    assert (of(ours.unit).state, nothing_happened(ours.unit, before)) == ("pending", True)


# --- 查看资料 and the contact -----------------------------------------------------------------------------------------
def test_a_member_reads_what_is_on_file(ours, agent):
    membership = in_branch(ours.unit, S.ACTIVE)
    membership.member_no, membership.answers = "ZL-001", [{"label": "专业", "value": "房建；市政"}]
    membership.save()
    for client, ways in ((ours.client, ["申请退出"]), (agent, [])):
        page = look(client, f"{TABLE}quality/")
        assert facts(page) == {
            "分会会员等级": "普通会员",
            "加入分会时间": f"{membership.since:%Y-%m-%d}",
            "会员编号": "ZL-001",
            "联系部门": "质量部",
            "联系人": "李四",
            "联系电话": "13811138111",
            "QQ": "",
            "邮箱": "",
            "专业": "房建；市政",
        }
        assert [link.text for link in page.select("main > p a")] == ways


@pytest.mark.parametrize("state", [S.ACTIVE, S.SUSPENDED])
def test_the_contact_of_a_member_changes_at_once(ours, agent, state):
    in_branch(ours.unit, state)
    response = agent.post(f"{TABLE}quality/contact/", LI | {"contact_name": "王五", "email": "wang@example.com"})
    assert (response.status_code, response["Location"]) == (302, f"{TABLE}quality/")
    membership = of(ours.unit)
    assert (membership.state, membership.contact_name, membership.email) == (state, "王五", "wang@example.com")
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.after) == ("units.update_branch_contact", {"changed": ["contact_name", "email"]})
    ours.unit.refresh_from_db()
    assert ours.unit.contact_name == "李四"


@pytest.mark.parametrize("state", [S.DRAFT, S.PENDING, S.RETURNED, S.REJECTED, S.LEFT])
def test_only_members_have_data_and_contact_pages(ours, state):
    in_branch(ours.unit, state)
    before = counted(ours.unit)
    for address in ("", "contact/"):
        assert ours.client.get(f"{TABLE}quality/{address}")["Location"] == TABLE
    assert ours.client.post(f"{TABLE}quality/contact/", LI | {"contact_name": "王五"})["Location"] == TABLE
    assert (of(ours.unit).contact_name, nothing_happened(ours.unit, before)) == ("李四", True)
