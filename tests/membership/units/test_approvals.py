"""Saying yes: level, number, day and term of a new member, the waiver of papers, what is put on file, who is let go."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.jobs.models import Job
from membership.messaging.gateways import memory
from membership.messaging.models import OutboundMessage
from membership.units import actions
from membership.units.models import LevelTerm, Membership, MembershipSettings, Unit
from membership.units.profile import profile_of
from membership.units.states import Duty
from membership.units.states import MembershipState as S
from tests.membership.units.conftest import act, branch, handed_in, in_state, level, refused_with

pytestmark = pytest.mark.django_db
DELIVERY = "tracking.deliver_open_notices"


def terms(membership):
    return list(
        LevelTerm.objects.filter(membership=membership).order_by("pk").values_list("level__slug", "since", "until")
    )


# --- Applications ---------------------------------------------------------------------------------------------------
def test_approval_gives_level_number_and_day_asks_for_delivery_and_tells_the_owner(people):
    made = handed_in(people.unit)

    actions.approve(made, by=people.reviewer, level=level(slug="council"), member_no="HY00077")

    membership = made.membership
    membership.refresh_from_db()
    assert (membership.level.slug, membership.member_no, membership.remark) == ("council", "HY00077", "")
    assert membership.since == timezone.localdate()
    assert terms(membership) == [("council", timezone.localdate(), None)]
    assert [job.arguments for job in Job.objects.filter(name=DELIVERY)] == [{"unit_id": people.unit.pk}]
    message = OutboundMessage.objects.get()
    assert (message.recipient, message.caused_by) == (str(people.owner.phone), people.reviewer)
    assert [text for _to, text in memory.outbox] == [
        "【会员之家】示范建设认证已通过，等级：大协会理事单位。请登录会员之家查看。"
    ]
    made.refresh_from_db()
    assert (made.state, made.decided_by, made.membership.decided_by) == ("approved", people.reviewer, people.reviewer)


def test_branch_gives_a_level_and_no_number_and_delivers_nothing(people):
    made = handed_in(people.unit, "pending", branch())
    actions.approve(made, by=people.secretary, level=level("branch", "council"))
    made.membership.refresh_from_db()
    assert (made.membership.member_no, made.membership.since) == ("", timezone.localdate())
    assert Job.objects.filter(name=DELIVERY).count() == 0
    assert [text for _to, text in memory.outbox] == [
        "【会员之家】示范建设认证已通过，等级：质量分会理事。请登录会员之家查看。"
    ]


def test_approval_clears_the_words_of_an_earlier_return(people):
    made = handed_in(people.unit)
    Membership.objects.filter(pk=made.membership_id).update(remark="请补充营业执照")
    act("approve", made.membership, people.reviewer)
    made.membership.refresh_from_db()
    assert made.membership.remark == ""


def test_approval_of_a_unit_without_owner_sends_nothing(people):
    people.unit.seats.filter(duty=Duty.OWNER).delete()
    act("approve", handed_in(people.unit).membership, people.reviewer)
    assert OutboundMessage.objects.count() == 0


def test_numbers_go_on_from_the_highest_of_the_prefix(people):
    Membership.objects.filter(unit=people.other).update(member_no="HY00012")
    act("approve", handed_in(people.unit).membership, people.reviewer)
    assert people.unit.certification.member_no == "HY00013"


@pytest.mark.parametrize(
    ("given", "following"), [("", "HY00001"), ("VIP99999", "HY00001"), ("HY0001X", "HY00001"), ("HY99999", "HY100000")]
)
def test_next_number_counts_numbers_of_the_prefix_alone(people, given, following):
    Membership.objects.filter(unit=people.other).update(member_no=given)
    assert actions.next_member_no(people.certification.body) == following


def test_next_number_follows_the_rules(people):
    MembershipSettings.objects.create(member_no_prefix="SC-")
    Membership.objects.filter(unit=people.other).update(member_no="SC-00041")
    assert actions.next_member_no(people.certification.body) == "SC-00042"


def test_member_number_in_use_is_refused(people):
    Membership.objects.filter(unit=people.other).update(member_no="HY00001")
    made = handed_in(people.unit)
    sentence = refused_with(
        "number_taken", lambda: actions.approve(made, by=people.reviewer, level=level(), member_no="HY00001")
    )
    assert sentence == "该会员编号已被使用，请改用其他编号。"


@pytest.mark.parametrize(
    ("was_member", "joined", "since", "expected"),
    [
        (True, date(2012, 3, 6), None, date(2012, 3, 6)),
        (False, date(2012, 3, 6), None, None),
        (True, None, None, None),
        (True, date(2012, 3, 6), date(2020, 1, 1), date(2020, 1, 1)),
    ],
)
def test_day_of_joining(people, was_member, joined, since, expected):
    Unit.objects.filter(pk=people.unit.pk).update(was_member_before=was_member, joined_on=joined)
    made = handed_in(people.unit)
    actions.approve(made, by=people.reviewer, level=level(), since=since)
    expected = expected or timezone.localdate()
    assert (people.unit.certification.since, terms(made.membership)) == (expected, [("ordinary", expected, None)])


def test_nobody_joins_tomorrow(people):
    made = handed_in(people.unit)
    tomorrow = timezone.localdate() + timedelta(days=1)
    sentence = refused_with(
        "in_the_future", lambda: actions.approve(made, by=people.reviewer, level=level(), since=tomorrow)
    )
    assert sentence == "日期不能晚于今天。"


@pytest.mark.parametrize("state", sorted(set(S.values) - {"active"}))
def test_branch_approves_certified_units_only(people, state):
    made = handed_in(people.unit, "pending", branch())
    in_state(people.unit, state)
    refused_with("not_certified", lambda: act("approve", made.membership, people.secretary))


@pytest.mark.parametrize(
    ("where", "kind"), [(None, "branch"), ("quality", "association"), (None, None), ("quality", None)]
)
def test_level_of_the_other_kind_or_none_is_refused(people, where, kind):
    made = handed_in(people.unit, "pending", where and branch(where))
    wrong = kind and level(kind)
    refused_with("wrong_level", lambda: actions.approve(made, by=people.reviewer, level=wrong))


# --- The waiver of papers (T37) -------------------------------------------------------------------------------------
@pytest.mark.parametrize("subject", ["application", "change"])
@pytest.mark.parametrize("reason", ["", "  "])
def test_old_membership_that_spares_papers_must_have_been_checked(people, subject, reason):
    state = "pending" if subject == "application" else "active"
    made = handed_in(people.unit, state, subject=subject, waives_papers=True)
    sentence = refused_with(
        "waiver_unchecked",
        lambda: actions.approve(made, by=people.reviewer, level=level(), waiver_reason=reason),
    )
    assert sentence == "该单位以原会员身份免交材料。请勾选“已核实”，并填写核实依据。"

    actions.approve(made, by=people.reviewer, level=level(), waiver_reason=" 已核对 2019 年会员名册 ")
    made.refresh_from_db()
    assert (made.state, made.waiver_reason) == ("approved", "已核对 2019 年会员名册")


# --- Changes and leaving --------------------------------------------------------------------------------------------
def test_approved_change_is_put_on_file_and_the_membership_stays(people):
    proposal = profile_of(people.unit)
    proposal["facts"] |= {"name": "示范建设集团", "legal_representative": "李四"}
    made = handed_in(people.unit, "active", subject="change", snapshot=proposal)
    before = list(Membership.objects.order_by("pk").values())

    actions.approve(made, by=people.reviewer)

    people.unit.refresh_from_db()
    assert (people.unit.name, people.unit.legal_representative) == ("示范建设集团", "李四")
    assert list(Membership.objects.order_by("pk").values()) == before
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.after) == ("units.approve_change", {"review": made.pk})
    assert [text for _to, text in memory.outbox] == [
        "【会员之家】示范建设集团的信息变更申请已通过，请登录会员之家查看。"
    ]


def test_approved_change_keeps_what_the_unit_has_changed_at_once_meanwhile(people):
    made = handed_in(people.unit, "active", subject="change")
    actions.update_contact(people.unit, by=people.owner, contact_name="王五", introduction="新的简介")
    actions.approve(made, by=people.reviewer)
    people.unit.refresh_from_db()
    assert (people.unit.contact_name, people.unit.introduction) == ("王五", "新的简介")


def test_approved_change_takes_no_credit_code_that_is_registered_meanwhile(people):
    proposal = profile_of(people.unit)
    proposal["facts"]["uscc"] = people.other.uscc
    made = handed_in(people.unit, "active", subject="change", snapshot=proposal)
    Unit.objects.filter(pk=people.unit.pk).update(submitted_at=timezone.now())
    refused_with("uscc_taken", lambda: actions.approve(made, by=people.reviewer))


def test_approved_leaving_ends_the_membership_with_the_words_of_the_unit(people):
    made = handed_in(people.unit, "active", branch(), subject="leave", reason="业务调整")

    actions.approve(made, by=people.secretary)

    made.membership.refresh_from_db()
    assert (made.membership.state, made.membership.remark) == (S.LEFT, "业务调整")
    assert people.unit.certification.state == S.ACTIVE
    assert [text for _to, text in memory.outbox] == [
        "【会员之家】示范建设已退出质量分会。感谢您的支持，如有疑问请致电协会。"
    ]
