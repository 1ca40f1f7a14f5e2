"""The page of one review: who sees it, what it shows, in whose hands it is."""

from datetime import timedelta

import pytest
from django.utils import timezone

from membership.units import actions
from membership.units.models import Document, Level, Membership, Review, ReviewNote
from membership.units.profile import profile_of
from membership.units.states import MembershipState, ReviewState
from tests.factories import document, review
from tests.membership.units.conftest import in_state
from tests.membership.units.staff.conftest import (
    applying,
    applying_to_branch,
    approval,
    browser,
    decide,
    leaving,
    look,
    page_of,
    state,
    url,
)

pytestmark = pytest.mark.django_db

S, R = MembershipState, ReviewState


# --- Who sees it ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "statuses"),
    [
        ("reviewer", (200, 200)),
        ("administrator", (200, 200)),
        ("root", (200, 200)),
        ("secretary_general", (200, 200)),
        ("finance", (200, 200)),
        ("secretary", (404, 200)),
        ("other_secretary", (404, 404)),
    ],
)
def test_each_role_sees_what_is_theirs(waiting, role, statuses):
    client = browser(getattr(waiting, role))
    rows = (waiting.application, waiting.branch_application)
    assert tuple(client.get(url(row)).status_code for row in rows) == statuses


@pytest.mark.parametrize("more", ["", "next/", "release/", "hand-on/", "notes/"])
def test_others_change_nothing(waiting, more):
    before = state(waiting.application)
    for person in (waiting.editor, waiting.owner, waiting.outsider, waiting.secretary):
        response = browser(person).post(url(waiting.application, more), {"do": "approve", **approval(), "text": "x"})
        assert response.status_code in (302, 403, 404)
    assert state(waiting.application) == before
    assert ReviewNote.objects.count() == 0


def test_a_secretary_finds_no_licence_of_a_unit_that_did_not_apply_there(waiting):
    licence = waiting.application.membership.unit.business_license
    theirs = waiting.branch_application.membership.unit.business_license
    client = browser(waiting.secretary)
    for more in ("", "view/", "pages/1/"):
        assert client.get(f"/portal/documents/{licence.pk}/{more}").status_code == 404
    assert client.get(f"/portal/documents/{theirs.pk}/view/").status_code == 200


@pytest.mark.parametrize("role", ["secretary_general", "finance"])
def test_who_only_reads_claims_and_decides_nothing(waiting, role):
    user, row = getattr(waiting, role), waiting.application
    before = state(row)
    page = look(user, row)
    assert page.select(".review__bar, #decision, [data-save]") == []
    assert "您可以查看，无审核权限" in page.text
    assert decide(user, row, "approve", **approval()).status_code in (302, 403)
    assert Review.objects.get(pk=row.pk).claimed_by is None
    assert state(row) == before
    files = Document.objects.for_user(user).filter(unit=row.membership.unit).count()
    assert len(page.select(".viewer")) == files == (0 if role == "finance" else 5)


# --- What it shows --------------------------------------------------------------------------------------------------


def test_it_shows_files_facts_and_checks(waiting):
    page = look(waiting.reviewer, waiting.application)
    tabs = [tab.contents[0].strip() for tab in page.select("[data-tabs] a")]
    assert tabs == ["营业执照", "入川备案许可证", "入会申请书", "申请材料真实性承诺书", "资质证书"]
    facts = {line.dt.contents[0].strip(): line.select_one(".sheet__value").text for line in page.select(".sheet__line")}
    assert (facts["单位名称"], facts["法人代表"], facts["邮编"]) == ("示范检测", "张三", "--")
    assert page.select_one(".sheet__proof")["data-tab"] == "paper-1"
    assert [found.contents[-1] for found in page.select(".findings .finding--ok")][0] == "统一社会信用代码校验通过"
    assert [box["name"] for box in page.select("[data-panel] .verdict__ok")][0] == "verdict:business_license"
    chosen = page.select_one("[name=approve-level] option[selected]")
    assert (chosen.text, page.select_one("[name=approve-member_no]")["value"]) == ("普通会员", "HY00001")
    told = page.select_one(".outcome:not([hidden])")
    assert told.p.text == "通过后，单位将看到：已认证，大协会普通会员"
    assert "示范检测认证已通过，等级：大协会普通会员" in told.select_one(".sms").text


def test_a_second_round_shows_what_is_new_and_what_was_said(people):
    row = applying(state=R.RETURNED, remark="营业执照：模糊不清。", decided_by=people.root, decided_at=timezone.now())
    unit = row.membership.unit
    before = unit.business_license
    unit.legal_representative, unit.business_license = "王五", document(unit, original_name="新执照.pdf")
    unit.save()
    page = look(people.reviewer, review(row.membership))
    new = {line.dt.contents[0].strip(): line.del_ for line in page.select(".sheet__line--new")}
    assert list(new) == ["法人代表"]
    assert page.select_one(".sheet__line--new del").contents[-1] == "张三"
    assert f"原文件：{before.original_name}" in page.select_one("#paper-1").text
    assert "与上次提交相比，有 2 项不同。" in page.text
    assert page.select_one(".rounds__words").text == "营业执照：模糊不清。"


def change(unit, **facts):
    profile = profile_of(unit)
    profile["facts"] |= facts
    return actions.request_change(unit, by=unit.seats.get().user, profile=profile)


@pytest.fixture
def certified(people):
    row = applying("老会员单位")
    unit = row.membership.unit
    row.delete()
    in_state(unit, S.ACTIVE)
    return unit


def test_a_change_shows_what_is_to_change_and_folds_the_rest(people, certified):
    row = change(certified, name="新名称单位")
    page = look(people.reviewer, row)
    first, folded = page.select(".review__right .sheet")
    assert [line.dt.contents[0].strip() for line in first.select(".sheet__line")] == ["单位名称"]
    assert first.select_one("del").contents[-1] == "老会员单位"
    assert "法人代表" in folded.text
    assert page.select("[name=approve-level]") == []
    decide(people.reviewer, row, "approve")
    certified.refresh_from_db()
    assert (certified.name, Review.objects.get(pk=row.pk).state) == ("新名称单位", R.APPROVED)


def test_a_branch_application_shows_contact_and_answers(people):
    row = applying_to_branch()
    page = look(people.secretary, row)
    facts = {line.dt.contents[0].strip(): line.select_one(".sheet__value").text for line in page.select(".sheet__line")}
    assert (facts["联系人"], facts["主要业绩"]) == ("李四", "三座大桥")
    assert "该单位已通过协会认证" in page.text
    assert [option.text for option in page.select("[name=approve-level] option")] == [
        level.name for level in Level.objects.filter(body_kind="branch").order_by("rank")
    ]
    assert len(page.select(".viewer")) == 5
    assert page.select("[data-panel] .verdict") == []


def test_a_request_to_leave_shows_the_reason_and_ends_the_membership(people):
    row = leaving()
    page = look(people.reviewer, row)
    assert "公司合并" in page.select_one(".review__right .block").text
    decide(people.reviewer, row, "approve")
    assert Membership.objects.get(pk=row.membership_id).state == S.LEFT


@pytest.mark.parametrize("rounds", [1, 10])
def test_it_asks_as_often_after_ten_rounds_as_after_one(people, rounds, django_assert_num_queries):
    row = applying("示范检测")
    for _n in range(rounds - 1):
        Review.objects.filter(pk=row.pk).update(state=R.VOID)
        row = review(row.membership)
    client = browser(people.reviewer)
    client.get(url(row))
    with django_assert_num_queries(QUERIES if rounds == 1 else QUERIES + 2):  # what differs from the last round
        assert client.get(url(row)).status_code == 200


QUERIES = 27

# --- In whose hands -------------------------------------------------------------------------------------------------


def test_opening_claims_it_for_half_an_hour(waiting):
    page = look(waiting.reviewer, waiting.application)
    row = Review.objects.get(pk=waiting.application.pk)
    assert row.claimed_by == waiting.reviewer
    assert timedelta(minutes=29) < row.claimed_until - timezone.now() <= timedelta(minutes=30)
    assert row.opened_at is not None
    assert f"至 {timezone.localtime(row.claimed_until):%H:%M} 前" in page.select_one(".notice").text


def test_who_comes_second_reads_until_the_claim_lapses(waiting):
    row = waiting.application
    look(waiting.reviewer, row)
    page = look(waiting.administrator, row)
    assert f"{waiting.reviewer} 正在审核" in page.select_one(".notice--warn").text
    assert page.select("#decision, [data-save]") == []
    assert page.select(".verdict__ok:not([disabled])") == []

    before = state(row)
    page = page_of(decide(waiting.administrator, row, "send_back", **{"send_back-remark": "请补盖章"}), 422)
    assert page.select_one(".problem").text == f"{waiting.reviewer} 正在审核此项申请。"
    assert "您填写的意见：请补盖章" in page.text
    assert state(row) == before

    Review.objects.filter(pk=row.pk).update(claimed_until=timezone.now() - timedelta(seconds=1))
    look(waiting.administrator, row)
    assert Review.objects.get(pk=row.pk).claimed_by == waiting.administrator


def test_it_can_be_given_back_and_left_for_the_next(waiting):
    other = applying("另一家")
    row = waiting.application
    client = browser(waiting.reviewer)
    client.get(url(row))
    assert client.post(url(row, "release/"))["Location"] == "/cms/reviews/units/"
    assert Review.objects.get(pk=row.pk).claimed_by is None
    client.get(url(row))
    assert client.post(url(row, "next/"))["Location"] == url(other)
    assert Review.objects.get(pk=row.pk).claimed_by is None


def test_it_is_handed_on(waiting):
    row = waiting.application
    client = browser(waiting.reviewer)
    client.get(url(row))
    page = page_of(client.post(url(row, "hand-on/"), {"to": waiting.secretary.pk}, follow=True))
    assert "请选择同事" in page.text
    assert client.post(url(row, "hand-on/"), {"to": waiting.administrator.pk})["Location"] == "/cms/reviews/units/"
    known = Review.objects.get(pk=row.pk)
    assert (known.assigned_to, known.claimed_by) == (waiting.administrator, None)
