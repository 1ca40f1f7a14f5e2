"""申请退出 a branch or the association: who may, what is asked, what the table says meanwhile."""

from datetime import timedelta

import pytest
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.units import actions
from membership.units.models import Document, Review
from membership.units.states import MembershipState, ReviewState, ReviewSubject
from tests.factories import UserFactory, document, review
from tests.files import pdf, upload
from tests.portal.branches import TABLE, errors, facts, in_branch, in_chinese, look_at, of, row, toast
from tests.portal.conftest import look, put

pytestmark = pytest.mark.django_db

S = MembershipState
LEAVE, ALL = f"{TABLE}quality/leave/", "/portal/unit/leave/"


def asked():
    return [(found.membership.body.slug, found.state, found.reason) for found in Review.objects.order_by("pk")]


def counted():
    return Review.objects.count(), AuditEntry.objects.count()


@pytest.fixture
def member(ours):
    """The unit as a member of the branch."""
    return in_branch(ours.unit, S.ACTIVE)


@pytest.mark.parametrize("state", [S.ACTIVE, S.SUSPENDED])
def test_the_owner_asks_to_leave_a_branch(ours, state):
    in_branch(ours.unit, state)
    page = look(ours.client, LEAVE)
    assert (page.h1.text, facts(page)["现有等级"]) == ("申请退出质量分会", "质量分会普通会员")
    response = ours.client.post(LEAVE, {"remark": " 业务调整 "})
    assert (response.status_code, response["Location"]) == (302, TABLE)
    assert asked() == [("quality", "open", "业务调整")]
    assert AuditEntry.objects.get().verb == "units.request_leave"
    assert of(ours.unit).state == state


def test_while_the_request_is_under_review_the_table_says_so(ours, agent, member):
    ours.client.post(LEAVE, {"remark": "业务调整"})
    page = look(ours.client, TABLE)
    assert page.select_one(".banner").p.text == "退出申请已提交，审核结果作出前可以撤回。"
    assert row(page) == ["普通会员", "已通过 退出审核中", "查看资料 撤回退出申请"]
    assert row(look(agent, TABLE)) == ["普通会员", "已通过 退出审核中", "查看资料"]
    assert Review.objects.get().reference in look(ours.client, f"{TABLE}quality/").text


def test_the_request_is_taken_back(ours, member):
    ours.client.post(LEAVE, {"remark": "业务调整"})
    page = look(ours.client, TABLE)
    response = ours.client.post(page.select_one(".table-actions form")["action"])
    assert (response.status_code, response["Location"]) == (302, TABLE)
    assert asked() == [("quality", "void", "业务调整")]
    assert row(look(ours.client, TABLE)) == ["普通会员", "已通过", "查看资料 申请退出"]


def test_the_request_is_made_once(ours, member):
    for _press in range(2):
        assert ours.client.post(LEAVE, {"remark": "业务调整"})["Location"] == TABLE
    assert asked() == [("quality", "open", "业务调整")]
    assert ours.client.get(LEAVE)["Location"] == TABLE


def test_once_the_staff_agrees_the_unit_has_left(ours, member):
    ours.client.post(LEAVE, {"remark": "业务调整"})
    actions.approve(Review.objects.get(), by=UserFactory(root=True))
    assert row(look(ours.client, TABLE)) == ["非会员", "已退出", ""]


@pytest.mark.parametrize(("verb", "word"), [(actions.reject, "未通过"), (actions.send_back, "已退回")])
def test_who_is_not_let_go_reads_why_and_may_ask_again(ours, member, verb, word):
    ours.client.post(LEAVE, {"remark": "业务调整"})
    verb(Review.objects.get(), by=UserFactory(root=True), remark="会费未结清")
    told = ["普通会员", f"已通过 退出申请{word}：会费未结清", "查看资料 申请退出"]
    assert row(look(ours.client, TABLE)) == told
    ours.client.post(LEAVE, {"remark": "会费已结清"})
    assert row(look(ours.client, TABLE))[1] == "已通过 退出审核中"


def test_an_old_answer_is_not_told_for_ever(ours, member):
    month = timedelta(days=30, minutes=1)
    review(member, ReviewSubject.LEAVE, ReviewState.REJECTED, remark="会费未结清", decided_at=timezone.now() - month)
    assert row(look(ours.client, TABLE))[1] == "已通过"


@pytest.mark.parametrize("url", [LEAVE, ALL])
def test_an_agent_cannot_leave(ours, agent, member, url):
    before = counted()
    assert agent.get(url).status_code == 403
    assert agent.post(url, {"remark": "业务调整"}).status_code == 403
    assert look(agent, TABLE).find("a", string="申请退会") is None
    assert counted() == before


def test_an_agent_cannot_take_the_owners_request_back(ours, agent, member):
    asked_for = review(member, ReviewSubject.LEAVE, reason="业务调整")
    before = counted()
    assert agent.post(f"{ALL}{asked_for.pk}/withdraw/").status_code == 403
    assert (counted(), Review.objects.get().state) == (before, "open")


def test_others_find_neither_page_nor_request(ours, outsider, member):
    asked_for = review(member, ReviewSubject.LEAVE, reason="业务调整")
    assert outsider.client.get(LEAVE).status_code == 404
    assert outsider.client.post(LEAVE, {"remark": "业务调整"}).status_code == 404
    assert outsider.client.post(f"{ALL}{asked_for.pk}/withdraw/").status_code == 404
    assert Review.objects.get().state == "open"


def test_other_requests_are_not_taken_back_here(ours, member):
    for subject in (ReviewSubject.APPLICATION, ReviewSubject.CHANGE):
        other = review(member, subject)
        assert ours.client.post(f"{ALL}{other.pk}/withdraw/").status_code == 404
        other.refresh_from_db()
        assert other.state == "open"


def test_what_has_been_decided_on_cannot_be_taken_back(ours, member):
    ours.client.post(LEAVE, {"remark": "业务调整"})
    actions.reject(Review.objects.get(), by=UserFactory(root=True), remark="会费未结清")
    before = counted()
    ours.client.post(f"{ALL}{Review.objects.get().pk}/withdraw/")
    assert (counted(), Review.objects.get().state) == (before, "rejected")
    words = "This request has been decided on already. Reload the page."
    assert toast(ours.client)[-1] == in_chinese(words)


@pytest.mark.parametrize("state", [S.DRAFT, S.PENDING, S.RETURNED, S.REJECTED, S.LEFT])
def test_only_members_can_leave(ours, state):
    in_branch(ours.unit, state)
    before = counted()
    for method in (ours.client.get, ours.client.post):
        assert method(LEAVE, {"remark": "业务调整"})["Location"] == TABLE
    assert counted() == before


# --- The form -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("remark", ["", "  ", "\u3000", "字" * 501, "一\x00二"])
def test_without_a_reason_nothing_is_asked_but_the_file_stays(ours, member, remark):
    before = Review.objects.count()
    page = look_at(ours.client.post(LEAVE, {"remark": remark, "file": pdf("退会申请.pdf")}), 422)
    assert list(errors(page)) == ["remark"]
    stored = Document.objects.get()
    assert (stored.kind, stored.unit) == ("leave_application", ours.unit)
    assert (page.select_one("[name=document]")["value"], "退会申请.pdf" in page.text) == (str(stored.pk), True)
    assert Review.objects.count() == before

    ours.client.post(LEAVE, {"remark": "业务调整", "document": str(stored.pk)})
    assert Review.objects.get().document == stored


def test_the_application_to_leave_is_kept_with_the_request(ours, member):
    ours.client.post(LEAVE, {"remark": "业务调整", "file": pdf("退会申请.pdf")})
    assert Review.objects.get().document.original_name == "退会申请.pdf"


@pytest.mark.parametrize(
    "file",
    [upload("a.pdf", b"", "application/pdf"), upload("a.exe", b"MZ", "application/pdf"), upload("a.pdf", b"x", "x/y")],
)
def test_a_bad_file_is_refused_and_the_reason_stays(ours, member, file):
    page = look_at(ours.client.post(LEAVE, {"remark": "业务调整", "file": file}), 422)
    assert list(errors(page)) == ["file"]
    assert page.select_one("textarea").text.strip() == "业务调整"
    assert (Review.objects.count(), Document.objects.count()) == (0, 0)


def test_files_of_others_or_of_another_kind_are_not_taken(ours, outsider, member):
    for found in (document(outsider.unit, "leave_application"), document(ours.unit, "receipt")):
        Review.objects.all().delete()
        ours.client.post(LEAVE, {"remark": "业务调整", "document": str(found.pk)})
        assert Review.objects.get().document is None


@pytest.mark.parametrize("key", ["x", "../", "0" * 400, "一\x00二"])
def test_a_forged_file_does_no_harm(ours, member, key):
    assert ours.client.post(LEAVE, {"remark": "业务调整", "document": key}).status_code in {302, 422}


# --- The association ------------------------------------------------------------------------------------------------
def test_the_owner_of_a_certified_unit_asks_to_leave_the_association(ours, member):
    link = look(ours.client, TABLE).find("a", string="申请退会")
    page = look(ours.client, link["href"])
    assert (page.h1.text, "各分会的会员资格同时终止" in page.select_one(".inset-warn").text) == ("申请退会", True)
    ours.client.post(ALL, {"remark": "公司注销"})
    assert asked() == [("association", "open", "公司注销")]
    page = look(ours.client, TABLE)
    assert "退会申请审核中" in page.select_one("main .inset-warn").text
    assert page.find("a", string="申请退会") is None
    ours.client.post(page.select_one("main .inset-warn form")["action"])
    assert asked() == [("association", "void", "公司注销")]


def test_who_may_not_leave_the_association_reads_why(ours):
    ours.client.post(ALL, {"remark": "公司注销"})
    actions.reject(Review.objects.get(), by=UserFactory(root=True), remark="会费未结清")
    page = look(ours.client, TABLE)
    assert page.select_one("main .inset-warn").text.strip() == "退出申请未通过：会费未结清"
    assert page.find("a", string="申请退会")["href"] == ALL


def test_who_has_left_the_association_has_left_its_branches(ours, member):
    ours.client.post(ALL, {"remark": "公司注销"})
    actions.approve(Review.objects.get(), by=UserFactory(root=True))
    page = look(ours.client, TABLE)
    assert row(page) == ["非会员", "已退出", ""]
    assert page.select(".identity li") == []


@pytest.mark.parametrize("state", [S.DRAFT, S.PENDING, S.RETURNED, S.REJECTED, S.LEFT])
def test_who_is_no_member_has_nothing_to_leave(ours, state):
    put(ours.unit, state)
    before = counted()
    assert look(ours.client, TABLE).find("a", string="申请退会") is None
    for method in (ours.client.get, ours.client.post):
        assert method(ALL, {"remark": "公司注销"})["Location"] == TABLE
    assert counted() == before
