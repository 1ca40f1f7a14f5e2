"""The page of one review: who sees and claims it, what it shows, verdicts, decisions, what came too late."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.messaging.gateways import memory
from membership.units import actions
from membership.units.models import Document, Level, Membership, Review, ReviewNote
from membership.units.profile import profile_of
from membership.units.states import MembershipState, ReviewState
from tests.factories import UnitFactory, document, put_papers_on_file, review
from tests.membership.units.conftest import in_state, level
from tests.membership.units.staff.conftest import applying, applying_to_branch, browser, leaving, page_of

pytestmark = pytest.mark.django_db

S, R = MembershipState, ReviewState


def url(row, more=""):
    return f"/cms/reviews/{row.pk}/{more}"


def look(user, row, status=200):
    return page_of(browser(user).get(url(row)), status)


def decide(user, row, do, **data):
    return browser(user).post(url(row), {"do": do, **data})


def approval(membership=None, **more):
    kind = membership.body.kind if membership else "association"
    return {"approve-level": level(kind).pk, "approve-member_no": "HY00077", "approve-since": "2026-11-02", **more}


def state(row):
    """What no refused request may change."""
    return (
        Review.objects.filter(pk=row.pk).values("state", "remark", "decided_by", "verdicts").get(),
        Membership.objects.filter(pk=row.membership_id).values("state", "level", "remark").get(),
        AuditEntry.objects.exclude(verb__in=["units.claim_review", "units.judge"]).count(),
        len(memory.outbox),
    )


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


# --- Verdicts and notes ---------------------------------------------------------------------------------------------

SCRIPT = {"X-Requested-With": "XMLHttpRequest"}
MARKS = {
    "verdict:name": "ok",
    "verdict:legal_representative": "marked",
    "words:legal_representative": "与执照不一致",
    "verdict:business_license": "marked",
    "reason:business_license": "blurred",
}
KEPT = {
    "name": {"ok": True, "reason": "", "words": ""},
    "legal_representative": {"ok": False, "reason": "", "words": "与执照不一致"},
    "business_license": {"ok": False, "reason": "blurred", "words": ""},
}
WORDS = "法人代表：与执照不一致；营业执照：模糊不清。"


def test_verdicts_are_kept_as_one_goes_and_are_there_again(waiting):
    row = waiting.application
    client = browser(waiting.reviewer)
    response = client.post(url(row), {"do": "judge", **MARKS}, headers=SCRIPT)
    told = response.json()
    assert told["remark"] == WORDS
    assert told["sms"].startswith("【会员之家】示范检测的申请需修改：法人代表：与执照不一致；")
    assert told["saved"].startswith("已保存 ")
    assert Review.objects.get(pk=row.pk).verdicts == KEPT

    page = page_of(client.get(url(row)))
    assert [box["name"] for box in page.select(".verdict__marked[checked]")] == [
        "verdict:business_license",
        "verdict:legal_representative",
    ]
    assert page.select_one("[name='words:legal_representative']")["value"] == "与执照不一致"
    assert page.select_one("[name='reason:business_license'][checked]")["value"] == "blurred"
    assert page.select_one("[name=send_back-remark]").text.strip() == WORDS


def test_verdicts_are_kept_without_the_script(waiting):
    response = decide(waiting.reviewer, waiting.application, "judge", **MARKS)
    assert response["Location"] == url(waiting.application)
    assert Review.objects.get(pk=waiting.application.pk).verdicts == KEPT


def test_verdicts_of_who_comes_second_are_refused(waiting):
    look(waiting.reviewer, waiting.application)
    client = browser(waiting.administrator)
    response = client.post(url(waiting.application), {"do": "judge", **MARKS}, headers=SCRIPT)
    assert (response.status_code, response.json()) == (409, {"refused": f"{waiting.reviewer} 正在审核此项申请。"})
    assert Review.objects.get(pk=waiting.application.pk).verdicts == {}


def test_notes_are_for_the_staff(waiting):
    row = waiting.application
    client = browser(waiting.reviewer)
    assert client.post(url(row, "notes/"), {"text": "电话核实过"})["Location"] == url(row, "#notes")
    assert client.post(url(row, "notes/"), {"text": " "}).status_code == 302
    assert [note.contents[-1] for note in page_of(client.get(url(row))).select(".note")] == ["电话核实过"]
    owner = row.membership.unit.seats.get().user
    assert list(ReviewNote.objects.for_user(owner)) == []


# --- Decisions ------------------------------------------------------------------------------------------------------


def test_approving_goes_on_to_the_next(waiting):
    other = applying("另一家")
    row = waiting.application
    response = decide(waiting.reviewer, row, "approve", **approval(), **{"verdict:name": "ok"})
    assert response["Location"] == url(other)
    membership = Membership.objects.get(pk=row.membership_id)
    assert (membership.state, membership.level, membership.member_no, membership.since) == (
        S.ACTIVE,
        level(),
        "HY00077",
        date(2026, 11, 2),
    )
    assert Review.objects.get(pk=row.pk).verdicts == {"name": {"ok": True, "reason": "", "words": ""}}
    page = page_of(browser(waiting.reviewer).get(response["Location"]))
    assert page.h1.text.strip() == "另一家"


def test_the_last_one_leads_back_to_the_queue(waiting):
    response = decide(waiting.reviewer, waiting.application, "approve", **approval())
    assert response["Location"] == "/cms/reviews/units/"


def test_sending_back_needs_reasons_and_keeps_what_was_typed(waiting):
    row = waiting.application
    before = state(row)
    data = {**MARKS, "words:legal_representative": "", "send_back-remark": "请补正"}
    page = page_of(decide(waiting.reviewer, row, "send_back", **data), 422)
    assert page.select_one(".problem").text == "请为以下内容选择原因或写明问题：法人代表"
    assert page.select_one("[name=send_back-remark]").text.strip() == "请补正"
    assert len(page.select(".verdict__marked[checked]")) == 2
    assert state(row) == before

    page = page_of(decide(waiting.reviewer, row, "send_back", **MARKS, **{"send_back-remark": " "}), 422)
    assert page.select_one("#send_back .error-message").text == "请填写需修改的内容或原因，单位将看到这段文字。"
    assert state(row) == before


def test_the_unit_gets_words_and_marks(waiting):
    row = waiting.application
    decide(waiting.reviewer, row, "send_back", **MARKS, **{"send_back-remark": WORDS})
    known = Review.objects.get(pk=row.pk)
    assert (known.state, known.remark, known.verdicts) == (R.RETURNED, WORDS, KEPT)
    assert Membership.objects.get(pk=row.membership_id).state == S.RETURNED
    assert memory.outbox[-1][1].startswith("【会员之家】示范检测的申请需修改：法人代表")


def test_rejecting_needs_a_reason(waiting):
    row = waiting.application
    before = state(row)
    page = page_of(decide(waiting.reviewer, row, "reject", **{"reject-remark": ""}), 422)
    assert page.select_one("#reject").has_attr("open")
    assert state(row) == before
    decide(waiting.reviewer, row, "reject", **{"reject-remark": "不属于本行业"})
    assert Membership.objects.get(pk=row.membership_id).state == S.REJECTED


def test_what_is_marked_is_not_approved(waiting):
    before = state(waiting.application)
    page = page_of(decide(waiting.reviewer, waiting.application, "approve", **MARKS, **approval()), 422)
    assert page.select_one(".problem").text == (
        "以下内容已标为需修改：法人代表、营业执照。请退回修改，或将其改为通过。"
    )
    assert page.select_one("[name=approve-member_no]")["value"] == "HY00077"
    assert state(waiting.application) == before


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"approve-level": ""}, "请选择会员等级"),
        ({"approve-since": ""}, "请填写日期"),
        ({"approve-since": "昨天"}, "请按 2026-11-25 的格式填写日期"),
        ({"approve-since": "2999-01-01"}, "日期不能晚于今天。"),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_is_kept(waiting, fields, words):
    before = state(waiting.application)
    page = page_of(decide(waiting.reviewer, waiting.application, "approve", **{**approval(), **fields}), 422)
    assert words in [message.text for message in page.select(".review [role=alert]")]
    assert page.select_one("[name=approve-member_no]")["value"] == "HY00077"
    assert state(waiting.application) == before


def test_a_branch_waits_for_the_association(people):
    row = applying_to_branch(certified=False)
    before = state(row)
    page = page_of(decide(people.secretary, row, "approve", **approval(row.membership)), 422)
    assert "分会" in page.select_one(".problem").text
    assert state(row) == before


def test_an_old_membership_must_be_ticked_and_explained(people):
    row = applying(
        facts={"joined_on": date(2019, 3, 1), "was_member_before": True, "province": "51"}, waives_papers=True
    )
    page = look(people.reviewer, row)
    assert page.select_one("[name=approve-since]")["value"] == "2019-03-01"
    before = state(row)
    for given in ({}, {"approve-waiver_checked": "on"}, {"approve-waiver_reason": "2019 年名册"}):
        assert decide(people.reviewer, row, "approve", **approval(), **given).status_code == 422
        assert state(row) == before
    both = {"approve-waiver_checked": "on", "approve-waiver_reason": "2019 年名册"}
    assert decide(people.reviewer, row, "approve", **approval(), **both).status_code == 302
    assert Review.objects.get(pk=row.pk).waiver_reason == "2019 年名册"


# --- Too late -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("do", ["approve", "send_back", "reject", "judge"])
def test_a_decision_on_a_round_that_the_unit_has_replaced_shows_the_new_round(people, do):
    unit = put_papers_on_file(UnitFactory(name="示范检测", submitted_at=None))
    owner = people.owner
    owner.seat.unit = unit
    owner.seat.save()
    actions.submit(unit.certification, by=owner)
    row = Review.objects.get()
    look(people.reviewer, row)
    actions.revise(unit.certification, by=owner)
    newest = Review.objects.open().get()
    before = (state(row), state(newest))

    words = {"send_back-remark": "请补正", "reject-remark": "不予通过"}
    response = browser(people.reviewer).post(url(row), {"do": do, **approval(), **words}, follow=True)
    assert response.redirect_chain == [(url(newest), 302)]
    page = page_of(response)
    assert "该单位已修改或撤回这份申请，请打开最新一次提交。" in page.text
    assert "第 2 次提交" in page.select_one(".review__head").text
    assert (state(row), state(newest)) == before


def test_the_second_of_two_decisions_is_told_who_was_first(waiting):
    row = waiting.application
    decide(waiting.reviewer, row, "send_back", **{"send_back-remark": "请补正"})
    before = state(row)
    response = browser(waiting.administrator).post(url(row), {"do": "approve", **approval()}, follow=True)
    assert response.redirect_chain == [(url(row), 302)]
    page = page_of(response)
    assert f"{waiting.reviewer} 已于" in page.text
    assert page.select("#decision") == []
    assert "请补正" in page.select_one(".notice--warn").text
    assert state(row) == before
