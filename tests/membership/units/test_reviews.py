"""The desk of a reviewer: open, hand on, judge, note, send back, refuse, for applications, changes and leaving."""

from datetime import timedelta

import pytest
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.messaging.gateways import memory
from membership.units import actions
from membership.units.models import Membership, Review, ReviewNote
from membership.units.states import MembershipState as S
from tests.factories import MembershipFactory
from tests.membership.units.conftest import act, branch, employee, handed_in, refused_with, snapshot

pytestmark = pytest.mark.django_db

SUBJECTS = {"application": "pending", "change": "active", "leave": "active"}
VERDICTS = {
    "name": {"ok": True, "reason": "", "words": ""},
    "business_license": {"ok": False, "reason": "expired", "words": "有效期至 2025 年"},
}


def run_out(made):
    Review.objects.filter(pk=made.pk).update(claimed_until=timezone.now() - timedelta(seconds=1))


@pytest.fixture
def waiting(people):
    return handed_in(people.unit)


@pytest.fixture
def colleague(people):
    return employee("会员审核", name="周审核")


# --- claim and release ----------------------------------------------------------------------------------------------
def test_claim_is_for_half_an_hour_and_marks_the_first_look(people, waiting):
    before = timezone.now()

    claimed = actions.claim(waiting, by=people.reviewer)

    assert claimed.claimed_by == people.reviewer
    assert before <= claimed.opened_at == claimed.claimed_until - timedelta(minutes=30)
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor, entry.unit_id) == ("units.claim_review", people.reviewer, people.unit.pk)


def test_claiming_on_prolongs_without_another_record(people, waiting):
    first = actions.claim(waiting, by=people.reviewer)
    Review.objects.filter(pk=waiting.pk).update(claimed_until=timezone.now() + timedelta(minutes=1))

    second = actions.claim(waiting, by=people.reviewer)

    assert (second.opened_at, second.claimed_until > first.claimed_until) == (first.opened_at, True)
    assert AuditEntry.objects.count() == 1


def test_claim_of_a_colleague_is_named(people, waiting, colleague):
    actions.claim(waiting, by=colleague)
    calls = [
        lambda: actions.claim(waiting, by=people.reviewer),
        lambda: actions.judge(waiting, by=people.reviewer, verdicts=VERDICTS),
        *(
            lambda verb=verb: act(verb, waiting.membership, people.reviewer)
            for verb in ("approve", "send_back", "reject")
        ),
    ]
    assert {refused_with("claimed", call) for call in calls} == {"周审核 正在审核此项申请。"}


def test_claim_that_ran_out_is_taken_over(people, waiting, colleague):
    first = actions.claim(waiting, by=colleague)
    run_out(waiting)

    taken = actions.claim(waiting, by=people.reviewer)

    assert (taken.claimed_by, taken.opened_at) == (people.reviewer, first.opened_at)
    assert [entry.actor for entry in AuditEntry.objects.order_by("pk")] == [colleague, people.reviewer]


@pytest.mark.parametrize("verb", ["approve", "send_back", "reject"])
def test_claim_that_ran_out_holds_no_decision_up(people, waiting, colleague, verb):
    actions.claim(waiting, by=colleague)
    run_out(waiting)
    act(verb, waiting.membership, people.reviewer)
    waiting.refresh_from_db()
    assert (waiting.decided_by, waiting.claimed_by, waiting.claimed_until) == (people.reviewer, None, None)


def test_release_ends_the_own_claim_alone(people, waiting, colleague):
    actions.claim(waiting, by=colleague)
    before = snapshot()
    actions.release(waiting, by=people.reviewer)
    assert snapshot() == before

    actions.release(waiting, by=colleague)

    waiting.refresh_from_db()
    assert (waiting.claimed_by, waiting.claimed_until, waiting.opened_at is None) == (None, None, False)
    assert [entry.verb for entry in AuditEntry.objects.order_by("pk")] == ["units.claim_review", "units.release_review"]


# --- assign, judge, add_note ----------------------------------------------------------------------------------------
def test_assigning_hands_on_and_ends_the_givers_claim(people, waiting, colleague):
    actions.claim(waiting, by=people.reviewer)

    handed_on = actions.assign(waiting, by=people.reviewer, to=colleague)

    assert (handed_on.assigned_to, handed_on.claimed_by) == (colleague, None)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.after) == ("units.assign_review", {"to": colleague.pk})


def test_assigning_leaves_the_claim_of_a_third(people, waiting, colleague):
    actions.claim(waiting, by=people.administrator)
    assert actions.assign(waiting, by=people.reviewer, to=colleague).claimed_by == people.administrator


@pytest.mark.parametrize("who", ["owner", "editor", "secretary", "other_secretary", "finance"])
def test_assigning_to_somebody_who_may_not_decide_is_refused(people, waiting, who):
    sentence = refused_with("no_reviewer", lambda: actions.assign(waiting, by=people.reviewer, to=getattr(people, who)))
    assert sentence == f"{getattr(people, who)} 无权审核此项申请。"


def test_verdicts_are_kept_until_the_decision(people, waiting):
    judged = actions.judge(waiting, by=people.reviewer, verdicts=VERDICTS)
    assert (judged.verdicts, judged.marked) == (VERDICTS, {"business_license": VERDICTS["business_license"]})
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.after) == ("units.judge", {"marked": ["business_license"]})


@pytest.mark.parametrize("state", ["approved", "returned", "rejected", "void"])
def test_desk_is_closed_after_the_decision(people, colleague, state):
    made = handed_in(people.unit, "returned", review_state=state, verdicts=VERDICTS)
    for call in (
        lambda: actions.claim(made, by=people.reviewer),
        lambda: actions.judge(made, by=people.reviewer, verdicts={}),
        lambda: actions.assign(made, by=people.reviewer, to=colleague),
    ):
        refused_with("already_decided", call)


def test_note_is_a_word_among_the_staff(people, waiting):
    note = actions.add_note(waiting, by=people.reviewer, text="已电话核实")
    assert list(ReviewNote.objects.values_list("review", "text", "written_by")) == [
        (waiting.pk, "已电话核实", people.reviewer.pk)
    ]
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.object_id, entry.after) == ("units.add_note", str(waiting.pk), {})
    assert str(note) == "已电话核实"


# --- Decisions in general -------------------------------------------------------------------------------------------
def test_second_decision_reads_who_was_faster(people, waiting, colleague):
    actions.reject(waiting, by=colleague, remark="不属于发展范围")
    waiting.refresh_from_db()
    when = timezone.localtime(waiting.decided_at).strftime("%m-%d %H:%M")
    for verb in ("approve", "send_back", "reject"):
        sentence = refused_with("already_decided", lambda verb=verb: act(verb, waiting.membership, people.reviewer))
        assert sentence == f"周审核 已于 {when} 作出决定：未通过。"


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("verb", ["send_back", "reject"])
def test_refusing_decision_keeps_its_words_and_tells_the_owner(people, verb, subject):
    made = handed_in(people.unit, SUBJECTS[subject], subject=subject)

    act(verb, made.membership, people.reviewer)

    made.refresh_from_db()
    made.membership.refresh_from_db()
    words = {"send_back": "请补充营业执照", "reject": "不属于发展范围"}[verb]
    assert (made.remark, made.decided_by, made.opened_at) == (words, people.reviewer, made.decided_at)
    if subject == "application":
        assert (made.membership.remark, made.membership.decided_by) == (words, people.reviewer)
        assert made.membership.decided_at is not None
    else:
        assert (made.membership.state, made.membership.remark) == (S.ACTIVE, "")
    sentence = {
        "send_back": "【会员之家】示范建设的申请需修改：请补充营业执照，请登录会员之家修改后重新提交。",
        "reject": "【会员之家】示范建设的申请未通过：不属于发展范围。如有疑问，请致电协会。",
    }[verb]
    assert [text for _to, text in memory.outbox] == [sentence]


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("verb", ["send_back", "reject"])
@pytest.mark.parametrize("remark", ["", "  \n"])
def test_refusing_decision_needs_words(people, verb, subject, remark):
    made = handed_in(people.unit, SUBJECTS[subject], subject=subject)
    sentence = refused_with("no_words", lambda: getattr(actions, verb)(made, by=people.reviewer, remark=remark))
    assert sentence == "请填写需修改的内容或原因，单位将看到这段文字。"


def test_sending_back_keeps_the_verdicts_given_with_it_or_before(people, waiting):
    actions.judge(waiting, by=people.reviewer, verdicts=VERDICTS)
    actions.send_back(waiting, by=people.reviewer, remark="请补充营业执照")
    waiting.refresh_from_db()
    assert waiting.verdicts == VERDICTS

    other = handed_in(people.other)
    actions.send_back(other, by=people.reviewer, remark="请补充营业执照", verdicts=VERDICTS)
    other.refresh_from_db()
    assert other.verdicts == VERDICTS


def test_decision_touches_no_other_membership(people, waiting):
    theirs = MembershipFactory(unit=people.other, body=branch())
    before = list(Membership.objects.exclude(pk=waiting.membership_id).order_by("pk").values())
    act("reject", waiting.membership, people.reviewer)
    assert list(Membership.objects.exclude(pk=waiting.membership_id).order_by("pk").values()) == before
    theirs.refresh_from_db()
    assert (theirs.state, theirs.decided_by) == (S.PENDING, None)


def test_decision_on_a_unit_without_owner_sends_nothing(people, waiting):
    people.unit.seats.filter(user=people.owner).delete()
    act("reject", waiting.membership, people.reviewer)
    assert memory.outbox == []
