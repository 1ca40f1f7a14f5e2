"""Verbs of the member register: every move from every state, who may, what each leaves behind."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.forms.models import model_to_dict

from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.jobs.models import Job
from membership.messaging.gateways import memory
from membership.messaging.models import OutboundMessage
from membership.units import actions
from membership.units.models import Body, Document, Membership, Seat, Unit
from membership.units.states import MOVES, DocumentKind, Duty
from membership.units.states import MembershipState as S
from tests.factories import MembershipFactory, UnitFactory, UserFactory, clerk, uscc
from tests.files import pdf, private_files
from tests.membership.units.conftest import branch, in_state, level

pytestmark = pytest.mark.django_db

FACTS = {
    "name": "新设建设有限公司",
    "unit_type": "contractor",
    "province": "51",
    "legal_representative": "张三",
    "contact_name": "李四",
    "contact_phone": "13811138111",
}
PEOPLE = "owner agent outsider reviewer secretary other_secretary editor finance secretary_general administrator root"


def act(verb, membership, by):
    """Call the verb with whatever else it needs."""
    more = {
        "submit": {},
        "approve": {"level": level(membership.body.kind)},
        "send_back": {"remark": "请补充营业执照"},
        "reject": {"remark": "不属于发展范围"},
    }
    return getattr(actions, verb)(membership, by=by, **more[verb])


def snapshot():
    """Everything a refused verb must leave as it was."""
    return {
        "memberships": list(Membership.objects.order_by("pk").values()),
        "units": list(Unit.objects.order_by("pk").values()),
        "seats": list(Seat.objects.order_by("pk").values()),
        "documents": Document.objects.count(),
        "audit": AuditEntry.objects.count(),
        "jobs": Job.objects.count(),
        "messages": OutboundMessage.objects.count(),
        "files": len(private_files()),
    }


# --- Moves ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("where", ["association", "quality"])
@pytest.mark.parametrize("state", S.values)
@pytest.mark.parametrize("verb", MOVES)
def test_every_verb_in_every_state(people, verb, state, where):
    if where == "association":
        membership = in_state(people.unit, state)
    else:
        in_state(people.unit, "active")
        membership = in_state(people.unit, state, body=branch())
    by = people.owner if verb == "submit" else people.reviewer
    sources, target = MOVES[verb]
    before = snapshot()

    if state in sources:
        assert act(verb, membership, by).state == target
        membership.refresh_from_db()
        assert membership.state == target
        entry = AuditEntry.objects.about(membership).get()
        assert (entry.verb, entry.actor, entry.unit_id) == (f"units.{verb}", by, people.unit.pk)
        assert entry.before == {"state": state}
        assert entry.after == {"state": target, "level": membership.level_id}
        assert AuditEntry.objects.count() == before["audit"] + 1
    else:
        with pytest.raises(Refusal) as refused:
            act(verb, membership, by)
        assert refused.value.code == "wrong_state"
        assert str(refused.value) == f"当前状态为“{S(state).label}”，不能进行此操作。请刷新页面后查看可进行的操作。"
        assert snapshot() == before


def test_table_of_moves_has_no_other_verbs():
    assert set(MOVES) == {"submit", "approve", "send_back", "reject"}


# --- Who ------------------------------------------------------------------------------------------------------------
MAY_DECIDE = {"association": {"reviewer", "administrator", "root"}}
MAY_DECIDE["quality"] = MAY_DECIDE["association"] | {"secretary"}


@pytest.mark.parametrize("verb", ["approve", "send_back", "reject"])
@pytest.mark.parametrize("where", ["association", "quality"])
@pytest.mark.parametrize("who", PEOPLE.split())
def test_who_decides(people, verb, where, who):
    if where == "association":
        membership = in_state(people.unit, "pending")
    else:
        in_state(people.unit, "active")
        membership = in_state(people.unit, "pending", body=branch())
    before = snapshot()

    if who in MAY_DECIDE[where]:
        act(verb, membership, getattr(people, who))
        membership.refresh_from_db()
        assert (membership.state, membership.decided_by) == (MOVES[verb][1], getattr(people, who))
    else:
        with pytest.raises(PermissionDenied):
            act(verb, membership, getattr(people, who))
        assert snapshot() == before


@pytest.mark.parametrize("who", PEOPLE.split())
def test_only_who_acts_for_the_unit_submits(people, who):
    before = snapshot()
    if who in {"owner", "agent"}:
        actions.submit(people.certification, by=getattr(people, who))
        people.certification.refresh_from_db()
        assert people.certification.state == S.PENDING
    else:
        with pytest.raises(PermissionDenied):
            actions.submit(people.certification, by=getattr(people, who))
        assert snapshot() == before


@pytest.mark.parametrize("who", ["owner", "reviewer"])
def test_whoever_has_been_switched_off_does_nothing(people, who):
    membership = in_state(people.unit, "draft" if who == "owner" else "pending")
    user = getattr(people, who)
    user.is_active = False
    user.save()
    before = snapshot()
    with pytest.raises(PermissionDenied):
        act("submit" if who == "owner" else "reject", membership, user)
    assert snapshot() == before


def test_member_is_no_reviewer_whatever_rights_the_account_was_given(people):
    people.owner.groups.add(*people.reviewer.groups.all())
    membership = in_state(people.unit, "pending")
    with pytest.raises(PermissionDenied):
        act("approve", membership, people.owner)


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


# --- submit and apply -----------------------------------------------------------------------------------------------
def test_first_submit_dates_unit_and_membership_alike(people):
    actions.submit(people.certification, by=people.owner)
    people.certification.refresh_from_db()
    people.unit.refresh_from_db()
    assert people.unit.submitted_at == people.certification.submitted_at is not None


def test_second_round_starts_undecided_and_keeps_the_reviewers_words(people):
    membership = actions.submit(people.certification, by=people.owner)
    first = membership.submitted_at
    actions.send_back(membership, by=people.reviewer, remark="请补充营业执照")

    membership = actions.submit(membership, by=people.agent)

    membership.refresh_from_db()
    people.unit.refresh_from_db()
    assert (membership.decided_at, membership.decided_by, membership.remark) == (None, None, "请补充营业执照")
    assert people.unit.submitted_at == first < membership.submitted_at


def test_credit_code_belongs_to_the_first_who_submits(people):
    rival = UnitFactory(uscc=people.unit.uscc, submitted_at=None)
    rival_owner = clerk(rival)
    actions.submit(people.certification, by=people.owner)
    before = snapshot()

    with pytest.raises(Refusal) as refused:
        actions.submit(rival.memberships.get(), by=rival_owner)

    assert refused.value.code == "uscc_taken"
    assert str(refused.value) == "该统一社会信用代码已登记。请联系该单位的管理员或协会。"
    assert snapshot() == before


def test_apply_makes_a_pending_membership_with_its_contact(people):
    actions.submit(people.certification, by=people.owner)

    membership = actions.apply(people.unit, branch(), by=people.agent, contact_name="王五", contact_phone="13811138112")

    assert model_to_dict(membership, ["contact_name", "contact_phone"]) == {
        "contact_name": "王五",
        "contact_phone": "13811138112",
    }
    assert (membership.state, membership.body) == (S.PENDING, branch())
    assert [e.verb for e in AuditEntry.objects.about(membership)] == ["units.submit"]


def test_applying_again_after_a_return_takes_the_new_contact(people):
    in_state(people.unit, "pending")
    returned = in_state(people.unit, "returned", body=branch())

    actions.apply(people.unit, branch(), by=people.owner, contact_name="赵六")

    returned.refresh_from_db()
    assert (returned.state, returned.contact_name) == (S.PENDING, "赵六")


def test_applying_twice_is_refused_and_changes_no_contact(people):
    in_state(people.unit, "pending")
    actions.apply(people.unit, branch(), by=people.owner, contact_name="王五")
    before = snapshot()
    with pytest.raises(Refusal):
        actions.apply(people.unit, branch(), by=people.owner, contact_name="赵六")
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


def test_outsider_applies_for_no_other_unit(people):
    in_state(people.unit, "pending")
    before = snapshot()
    with pytest.raises(PermissionDenied):
        actions.apply(people.unit, branch(), by=people.outsider)
    assert snapshot() == before


# --- Decisions ------------------------------------------------------------------------------------------------------
def test_approval_gives_level_and_number_asks_for_delivery_and_tells_the_owner(people):
    membership = in_state(people.unit, "pending")

    actions.approve(membership, by=people.reviewer, level=level(slug="council"), member_no="HY00001")

    membership.refresh_from_db()
    assert (membership.level.slug, membership.member_no, membership.remark) == ("council", "HY00001", "")
    job = Job.objects.get(name="tracking.deliver_open_notices")
    assert job.arguments == {"unit_id": people.unit.pk}
    message = OutboundMessage.objects.get()
    assert (message.recipient, message.caused_by) == (str(people.owner.phone), people.reviewer)
    assert [text for _to, text in memory.outbox] == [
        "【会员之家】示范建设认证已通过，等级：大协会理事单位。请登录会员之家查看。"
    ]


def test_approval_clears_the_words_of_an_earlier_return(people):
    membership = in_state(people.unit, "pending")
    Membership.objects.filter(pk=membership.pk).update(remark="请补充营业执照")
    actions.approve(membership, by=people.reviewer, level=level())
    membership.refresh_from_db()
    assert membership.remark == ""


def test_approval_of_a_unit_without_owner_sends_nothing(people):
    people.unit.seats.filter(duty=Duty.OWNER).delete()
    actions.approve(in_state(people.unit, "pending"), by=people.reviewer, level=level())
    assert OutboundMessage.objects.count() == 0


@pytest.mark.parametrize("verb", ["send_back", "reject"])
def test_refusing_decisions_keep_their_reason(people, verb):
    membership = in_state(people.unit, "pending")
    act(verb, membership, people.reviewer)
    membership.refresh_from_db()
    words = {"send_back": "请补充营业执照", "reject": "不属于发展范围"}
    assert (membership.remark, membership.level, membership.decided_at is None) == (words[verb], None, False)


@pytest.mark.parametrize("state", sorted(set(S.values) - {"active"}))
def test_branch_approves_certified_units_only(people, state):
    in_state(people.unit, state)
    membership = in_state(people.unit, "pending", body=branch())
    before = snapshot()
    with pytest.raises(Refusal) as refused:
        act("approve", membership, people.secretary)
    assert refused.value.code == "not_certified"
    assert snapshot() == before


@pytest.mark.parametrize(("where", "kind"), [("association", "branch"), ("quality", "association")])
def test_level_of_the_other_kind_is_refused(people, where, kind):
    in_state(people.unit, "active")
    membership = in_state(people.unit, "pending", body=branch(where))
    before = snapshot()
    with pytest.raises(Refusal) as refused:
        actions.approve(membership, by=people.reviewer, level=level(kind))
    assert refused.value.code == "wrong_level"
    assert snapshot() == before


def test_decision_touches_no_other_membership(people):
    theirs = MembershipFactory(unit=people.other, body=branch())
    act("reject", in_state(people.unit, "pending"), people.reviewer)
    theirs.refresh_from_db()
    assert (theirs.state, theirs.decided_by, people.other.memberships.get(body__kind="association").state) == (
        S.PENDING,
        None,
        S.ACTIVE,
    )


# --- store_document -------------------------------------------------------------------------------------------------
def test_document_is_kept_with_its_facts_and_one_record(people):
    document = actions.store_document(
        pdf("执照.pdf", 2), unit=people.unit, kind=DocumentKind.BUSINESS_LICENSE, by=people.agent
    )

    document.refresh_from_db()
    assert (document.original_name, document.mime, document.pages) == ("执照.pdf", "application/pdf", 2)
    assert (document.uploaded_by, document.unit, document.size) == (people.agent, people.unit, document.file.size)
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.unit_id) == ("units.store_document", people.unit.pk)
    assert entry.after == {"kind": "business_license", "sha256": document.sha256}


@pytest.mark.parametrize("who", ["outsider", "reviewer", "root"])
def test_only_who_acts_for_the_unit_uploads(people, who):
    before = snapshot()
    with pytest.raises(PermissionDenied):
        actions.store_document(pdf(), unit=people.unit, kind=DocumentKind.RECEIPT, by=getattr(people, who))
    assert snapshot() == before


# --- Audit ----------------------------------------------------------------------------------------------------------
def register_unit(people):
    actions.register_unit(by=UserFactory(), uscc=uscc(901), **FACTS)


def submit(people):
    actions.submit(people.certification, by=people.owner)


def apply(people):
    actions.apply(people.other, branch(), by=people.outsider, contact_name="王五")


def approve(people):
    act("approve", people.waiting, people.reviewer)


def send_back(people):
    act("send_back", people.waiting, people.reviewer)


def reject(people):
    act("reject", people.waiting, people.reviewer)


def store_document(people):
    actions.store_document(pdf(), unit=people.unit, kind=DocumentKind.RECEIPT, by=people.owner)


class BrokenTrail(Exception):
    pass


@pytest.mark.parametrize("verb", [register_unit, submit, apply, approve, send_back, reject, store_document])
def test_what_cannot_be_recorded_does_not_happen(people, verb, monkeypatch):
    people.waiting = in_state(UnitFactory(), "pending")

    def broken(self, *args, **kwargs):
        raise BrokenTrail

    before = snapshot()
    monkeypatch.setattr(AuditEntry, "save", broken)

    with pytest.raises(BrokenTrail):
        verb(people)

    assert snapshot() == before
    assert memory.outbox == []
