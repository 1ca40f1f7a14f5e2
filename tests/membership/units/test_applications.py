"""What a unit does to become a member: register, draft, hand in, revise, withdraw, apply to a branch."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms.models import model_to_dict
from django.utils.translation import gettext

from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.units import actions
from membership.units.models import Body, MembershipSettings, ProfileDraft, Review
from membership.units.profile import profile_of
from membership.units.states import Duty
from membership.units.states import MembershipState as S
from tests.factories import UnitFactory, UserFactory, clerk, document, put_papers_on_file, uscc
from tests.membership.units.conftest import branch, handed_in, in_state, snapshot

pytestmark = pytest.mark.django_db

FACTS = {
    "name": "新设建设有限公司",
    "unit_type": "contractor",
    "province": "51",
    "legal_representative": "张三",
    "contact_name": "李四",
    "contact_phone": "13811138111",
}


@pytest.fixture
def ready(people):
    """The unit lacks no paper."""
    put_papers_on_file(people.unit)
    return people


def rounds(membership):
    return list(Review.objects.filter(membership=membership).order_by("pk").values_list("round", "state"))


# --- register_unit --------------------------------------------------------------------------------------------------
def test_register_makes_unit_owner_and_draft_with_one_record():
    person = UserFactory()

    unit = actions.register_unit(by=person, uscc=uscc(1), **FACTS)

    assert (unit.seats.get().user, unit.seats.get().duty) == (person, Duty.OWNER)
    assert list(unit.memberships.values_list("body__kind", "state")) == [("association", "draft")]
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor, entry.unit_id, entry.after) == ("units.register_unit", person, unit.pk, {})


@pytest.mark.parametrize("typed", [uscc(1).lower(), f" {uscc(1)[:8]} {uscc(1)[8:]}", uscc(1).replace("9", "９")])
def test_register_normalises_the_credit_code(typed):
    assert actions.register_unit(by=UserFactory(), uscc=typed, **FACTS).uscc == uscc(1)


def test_register_refuses_a_wrong_credit_code():
    before = snapshot()
    with pytest.raises(ValidationError):
        actions.register_unit(by=UserFactory(), uscc="91510100MA0000001M", **FACTS)
    assert snapshot() == before


def test_register_sends_a_person_to_the_unit_that_has_the_code(people):
    before = snapshot()
    with pytest.raises(Refusal) as refused:
        actions.register_unit(by=UserFactory(), uscc=people.other.uscc, **FACTS)
    assert refused.value.code == "uscc_taken"
    assert snapshot() == before


def test_person_with_a_seat_registers_no_second_unit(people):
    before = snapshot()
    with pytest.raises(Refusal) as refused:
        actions.register_unit(by=people.agent, uscc=uscc(900), **FACTS)
    assert refused.value.code == "has_seat"
    assert snapshot() == before


def test_staff_register_no_unit(people):
    before = snapshot()
    with pytest.raises(PermissionDenied):
        actions.register_unit(by=people.reviewer, uscc=uscc(900), **FACTS)
    assert snapshot() == before


# --- save_draft -----------------------------------------------------------------------------------------------------
def test_draft_keeps_what_was_typed_right_or_wrong_and_counts(people):
    first = actions.save_draft(people.unit, by=people.owner, version=0, values={"founded_on": "去年"})
    second = actions.save_draft(people.unit, by=people.agent, version=1, values={"founded_on": "2003-05-18"})

    assert [(draft.version, draft.saved_by) for draft in (first, second)] == [(1, people.owner), (2, people.agent)]
    kept = ProfileDraft.objects.get()
    assert (kept.unit, kept.version, kept.values) == (people.unit, 2, {"founded_on": "2003-05-18"})
    assert AuditEntry.objects.count() == 0


@pytest.mark.parametrize("version", [0, 1, 3])
def test_draft_of_a_colleague_is_not_overwritten_unseen(people, version):
    for known in (0, 1):
        actions.save_draft(people.unit, by=people.owner, version=known, values={"name": "示范建设集团"})
    before = snapshot()

    with pytest.raises(Refusal) as refused:
        actions.save_draft(people.unit, by=people.agent, version=version, values={"name": "旧"})

    assert refused.value.code == "stale"
    words = str(refused.value)
    assert words.startswith(people.owner.name)
    assert snapshot() == before


def test_draft_that_has_been_handed_in_is_not_brought_back(people):
    before = snapshot()
    with pytest.raises(Refusal) as refused:
        actions.save_draft(people.unit, by=people.agent, version=4, values={})
    assert refused.value.code == "stale"
    assert str(refused.value) == gettext("This draft has been handed in or discarded meanwhile. Reload the page.")
    assert snapshot() == before


# --- submit ---------------------------------------------------------------------------------------------------------
def test_first_submit_dates_unit_and_membership_alike_and_opens_a_round(ready):
    actions.submit(ready.certification, by=ready.owner)

    ready.certification.refresh_from_db()
    ready.unit.refresh_from_db()
    assert ready.unit.submitted_at == ready.certification.submitted_at is not None
    made = Review.objects.get()
    assert (made.membership, made.subject, made.round, made.handed_in_by) == (
        ready.certification,
        "application",
        1,
        ready.owner,
    )
    assert made.snapshot == profile_of(ready.unit)
    assert (made.opened_at, made.assigned_to, made.verdicts) == (None, None, {})


def test_submit_puts_the_profile_on_file_and_ends_the_draft(ready):
    actions.save_draft(ready.unit, by=ready.agent, version=0, values={"city": "成都"})
    profile = profile_of(ready.unit)
    profile["facts"] |= {"city": "成都市", "founded_on": "2003-05-18", "uscc": uscc(41).lower()}

    actions.submit(ready.certification, by=ready.owner, profile=profile)

    ready.unit.refresh_from_db()
    assert (ready.unit.city, f"{ready.unit.founded_on}", ready.unit.uscc) == ("成都市", "2003-05-18", uscc(41))
    assert ProfileDraft.objects.count() == 0
    assert Review.objects.get().snapshot == profile_of(ready.unit)


def test_submit_refuses_a_profile_with_a_wrong_credit_code(ready):
    profile = profile_of(ready.unit)
    profile["facts"]["uscc"] = "91510100MA0000001M"
    before = snapshot()
    with pytest.raises(ValidationError):
        actions.submit(ready.certification, by=ready.owner, profile=profile)
    assert snapshot() == before


def test_submit_names_what_is_missing(people):
    people.unit.business_license = document(people.unit)
    people.unit.save()
    before = snapshot()
    with pytest.raises(Refusal) as refused:
        actions.submit(people.certification, by=people.owner)
    assert refused.value.code == "papers_missing"
    names = "资质证书、入会申请书、申请材料真实性承诺书"
    assert str(refused.value) == gettext("Still missing: %(names)s.") % {"names": names}
    assert snapshot() == before


def test_old_member_is_spared_papers_and_the_round_says_so(ready):
    exempt = MembershipSettings.current().paperwork_exempt_before
    profile = profile_of(ready.unit)
    profile["facts"] |= {"was_member_before": True, "joined_on": f"{exempt.replace(year=exempt.year - 1)}"}
    profile["documents"]["application_form"] = ""

    actions.submit(ready.certification, by=ready.owner, profile=profile)

    assert Review.objects.get().waives_papers is True


def test_second_round_starts_undecided_and_without_the_words_of_the_first(ready):
    membership = actions.submit(ready.certification, by=ready.owner)
    first = membership.submitted_at
    made = Review.objects.get()
    actions.assign(made, by=ready.reviewer, to=ready.administrator)
    actions.send_back(made, by=ready.reviewer, remark="请补充营业执照")

    membership = actions.submit(membership, by=ready.agent)

    membership.refresh_from_db()
    ready.unit.refresh_from_db()
    assert (membership.decided_at, membership.decided_by, membership.remark) == (None, None, "")
    assert ready.unit.submitted_at == first < membership.submitted_at
    assert (membership.round, rounds(membership)) == (2, [(1, "returned"), (2, "open")])
    newest = Review.objects.open().get()
    assert (newest.handed_in_by, newest.assigned_to) == (ready.agent, ready.administrator)
    made.refresh_from_db()
    assert (made.remark, made.decided_by) == ("请补充营业执照", ready.reviewer)


def test_credit_code_belongs_to_the_first_who_submits(ready):
    rival = put_papers_on_file(UnitFactory(uscc=ready.unit.uscc, submitted_at=None))
    rival_owner = clerk(rival)
    actions.submit(ready.certification, by=ready.owner)
    before = snapshot()

    with pytest.raises(Refusal) as refused:
        actions.submit(rival.memberships.get(), by=rival_owner)

    assert refused.value.code == "uscc_taken"
    assert str(refused.value) == "该统一社会信用代码已登记。请联系该单位的管理员或协会。"
    assert snapshot() == before


def test_revision_takes_no_credit_code_of_another_unit(ready):
    actions.submit(ready.certification, by=ready.owner)
    profile = profile_of(ready.unit)
    profile["facts"]["uscc"] = ready.other.uscc
    before = snapshot()
    with pytest.raises(Refusal) as refused:
        actions.revise(ready.certification, by=ready.owner, profile=profile)
    assert refused.value.code == "uscc_taken"
    assert snapshot() == before


# --- revise and withdraw --------------------------------------------------------------------------------------------
def test_revision_voids_the_round_that_a_reviewer_has_open(ready):
    actions.submit(ready.certification, by=ready.owner)
    opened = actions.claim(Review.objects.get(), by=ready.reviewer)
    profile = profile_of(ready.unit)
    profile["facts"]["city"] = "绵阳市"

    membership = actions.revise(ready.certification, by=ready.agent, profile=profile)

    assert (membership.state, membership.round, rounds(membership)) == (S.PENDING, 2, [(1, "void"), (2, "open")])
    newest = Review.objects.open().get()
    assert (newest.snapshot["facts"]["city"], newest.claimed_by, newest.opened_at) == ("绵阳市", None, None)
    with pytest.raises(Refusal) as refused:
        actions.reject(opened, by=ready.reviewer, remark="不属于发展范围")
    assert refused.value.code == "already_decided"


def test_withdrawal_frees_the_credit_code_and_voids_the_round(ready):
    actions.submit(ready.certification, by=ready.owner)

    membership = actions.withdraw(ready.certification, by=ready.owner)

    ready.unit.refresh_from_db()
    assert (membership.state, membership.submitted_at, ready.unit.submitted_at) == (S.DRAFT, None, None)
    assert rounds(membership) == [(1, "void")]
    rival = put_papers_on_file(UnitFactory(uscc=ready.unit.uscc, submitted_at=None))
    assert actions.submit(rival.memberships.get(), by=clerk(rival)).state == S.PENDING


def test_what_a_reviewer_has_opened_is_not_withdrawn(ready):
    actions.submit(ready.certification, by=ready.owner)
    opened = actions.claim(Review.objects.get(), by=ready.reviewer)
    actions.release(opened, by=ready.reviewer)
    before = snapshot()
    with pytest.raises(Refusal) as refused:
        actions.withdraw(ready.certification, by=ready.owner)
    assert refused.value.code == "opened"
    assert snapshot() == before


def test_withdrawn_application_to_a_branch_leaves_the_certification(people):
    made = handed_in(people.unit, "pending", branch())
    actions.withdraw(made.membership, by=people.agent)
    assert list(people.unit.memberships.order_by("pk").values_list("state", flat=True)) == ["active", "draft"]


# --- apply ----------------------------------------------------------------------------------------------------------
ANSWERS = [{"label": "检测资质编号", "value": "检测第 12 号"}]


def test_apply_makes_a_pending_membership_with_its_contact_and_answers(people):
    in_state(people.unit, "pending")

    membership = actions.apply(
        people.unit, branch(), by=people.agent, answers=ANSWERS, contact_name="王五", contact_phone="13811138112"
    )

    assert model_to_dict(membership, ["contact_name", "contact_phone"]) == {
        "contact_name": "王五",
        "contact_phone": "13811138112",
    }
    assert (membership.state, membership.body, membership.answers) == (S.PENDING, branch(), ANSWERS)
    assert [e.verb for e in AuditEntry.objects.about(membership)] == ["units.submit"]
    contact = {"contact_department": "", "contact_name": "王五", "contact_phone": "13811138112", "qq": "", "email": ""}
    assert Review.objects.get().snapshot == {"contact": contact, "answers": ANSWERS}


def test_applying_again_after_a_return_takes_the_new_contact(people):
    returned = handed_in(people.unit, "returned", branch(), review_state="returned").membership

    actions.apply(people.unit, branch(), by=people.owner, contact_name="赵六")

    returned.refresh_from_db()
    assert (returned.state, returned.contact_name, returned.round) == (S.PENDING, "赵六", 2)
    assert [e.verb for e in AuditEntry.objects.about(returned)] == ["units.submit"]


def test_applying_again_while_it_waits_is_a_revision(people):
    in_state(people.unit, "pending")
    actions.apply(people.unit, branch(), by=people.owner, contact_name="王五")

    membership = actions.apply(people.unit, branch(), by=people.agent, contact_name="赵六")

    assert (membership.contact_name, rounds(membership)) == ("赵六", [(1, "void"), (2, "open")])
    assert sorted(e.verb for e in AuditEntry.objects.about(membership)) == ["units.revise", "units.submit"]


@pytest.mark.parametrize("state", ["active", "rejected", "suspended", "left"])
def test_applying_after_the_decision_is_refused_and_changes_no_contact(people, state):
    handed_in(people.unit, state, branch(), review_state="approved")
    before = snapshot()
    with pytest.raises(Refusal) as refused:
        actions.apply(people.unit, branch(), by=people.owner, contact_name="赵六")
    assert refused.value.code == "wrong_state"
    assert snapshot() == before


def test_apply_waits_for_the_unit_profile(people):
    before = snapshot()
    with pytest.raises(Refusal) as refused:
        actions.apply(people.unit, branch(), by=people.owner)
    assert refused.value.code == "profile_first"
    assert snapshot() == before


@pytest.mark.parametrize("slug", ["quality", "association"])
def test_apply_is_for_open_branches(people, slug):
    in_state(people.unit, "returned")
    Body.objects.filter(slug="quality").update(is_open=False)
    before = snapshot()
    with pytest.raises(Refusal) as refused:
        actions.apply(people.unit, branch(slug), by=people.owner)
    assert refused.value.code == "branch_closed"
    assert snapshot() == before


@pytest.mark.parametrize("who", ["outsider", "reviewer", "secretary", "root"])
def test_nobody_applies_for_a_unit_of_others(people, who):
    in_state(people.unit, "pending")
    before = snapshot()
    with pytest.raises(PermissionDenied):
        actions.apply(people.unit, branch(), by=getattr(people, who))
    assert snapshot() == before
