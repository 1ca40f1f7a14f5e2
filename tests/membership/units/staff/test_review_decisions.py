"""What a reviewer says on the page of one review: verdicts, notes, decisions, and those that come too late."""

from datetime import date

import pytest

from membership.messaging.gateways import memory
from membership.units import actions
from membership.units.models import Membership, Review, ReviewNote
from membership.units.states import MembershipState, ReviewState
from tests.factories import UnitFactory, put_papers_on_file
from tests.membership.units.conftest import level
from tests.membership.units.staff.conftest import (
    applying,
    applying_to_branch,
    approval,
    browser,
    decide,
    look,
    page_of,
    state,
    url,
)

pytestmark = pytest.mark.django_db

S, R = MembershipState, ReviewState

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
