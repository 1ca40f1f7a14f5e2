"""A certified unit: contact facts change at once, certified ones are proposed, the owner may ask to leave."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext

from membership.audit.models import AuditEntry
from membership.units import actions
from membership.units.models import ProfileDraft, Review, Unit
from membership.units.profile import AT_ONCE, FACTS, REVIEWED, profile_of
from membership.units.states import DocumentKind
from membership.units.states import MembershipState as S
from tests.factories import document, put_papers_on_file, review
from tests.membership.units.conftest import branch, handed_in, in_state, refused_with, snapshot

pytestmark = pytest.mark.django_db


@pytest.fixture
def member(people):
    """The certified unit, with every paper on file."""
    in_state(people.unit, "active")
    return put_papers_on_file(people.unit)


def proposal_of(unit, **facts):
    profile = profile_of(unit)
    profile["facts"] |= facts
    return profile


# --- update_contact -------------------------------------------------------------------------------------------------
def test_contact_changes_at_once_and_the_record_names_no_values(people, member):
    fresh = actions.update_contact(member, by=people.agent, contact_name="王五", qq="10001", telephone="")

    member.refresh_from_db()
    assert (fresh.contact_name, member.contact_name, member.qq) == ("王五", "王五", "10001")
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.unit_id, entry.after) == (
        "units.update_contact",
        member.pk,
        {"changed": ["contact_name", "qq"]},
    )


def test_contact_that_is_the_same_leaves_no_record(people, member):
    before = snapshot()
    actions.update_contact(member, by=people.owner, contact_name=member.contact_name)
    assert snapshot() == before


@pytest.mark.parametrize("name", [*REVIEWED, "submitted_at", "certificate_code"])
def test_certified_facts_do_not_change_at_once(people, member, name):
    before = snapshot()
    with pytest.raises(TypeError):
        actions.update_contact(member, by=people.owner, **{"contact_name": "王五", name: "别的"})
    assert snapshot() == before


def test_every_fact_is_either_reviewed_or_changes_at_once():
    assert sorted((*REVIEWED, *AT_ONCE)) == sorted(FACTS)
    assert {"name", "uscc", "unit_type", "province", "legal_representative"} <= set(REVIEWED)


# --- request_change -------------------------------------------------------------------------------------------------
def test_proposal_waits_while_the_certified_facts_stand(people, member):
    ProfileDraft.objects.create(unit=member, saved_by=people.owner, saved_at=member.created_at)
    on_file = Unit.objects.filter(pk=member.pk).values().get()

    made = actions.request_change(member, by=people.agent, profile=proposal_of(member, name="示范建设集团"))

    assert (made.subject, made.round, made.state, made.handed_in_by) == ("change", 1, "open", people.agent)
    assert made.snapshot == proposal_of(member, name="示范建设集团")
    assert Unit.objects.filter(pk=member.pk).values().get() == on_file
    assert (member.certification.state, ProfileDraft.objects.count()) == (S.ACTIVE, 0)
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.after) == ("units.request_change", {"changed": ["name"]})


def test_asking_again_replaces_the_request_that_waits(people, member):
    first = actions.request_change(member, by=people.owner, profile=proposal_of(member, name="示范一建"))
    second = actions.request_change(member, by=people.owner, profile=proposal_of(member, name="示范二建"))
    assert list(Review.objects.order_by("pk").values_list("pk", "round", "state")) == [
        (first.pk, 1, "void"),
        (second.pk, 2, "open"),
    ]


def test_proposal_leaves_out_what_changes_at_once(people, member):
    made = actions.request_change(
        member, by=people.owner, profile=proposal_of(member, name="示范建设集团", contact_name="王五")
    )
    assert made.snapshot["facts"]["contact_name"] == member.contact_name
    assert AuditEntry.objects.get().after == {"changed": ["name"]}


def test_proposal_of_a_page_that_is_older_than_a_change_of_contact_keeps_that_change(people, member):
    page = Unit.objects.get(pk=member.pk)
    actions.update_contact(member, by=people.agent, contact_name="王五")
    made = actions.request_change(page, by=people.owner, profile=proposal_of(page, name="示范建设集团"))
    assert made.snapshot["facts"]["contact_name"] == "王五"
    assert AuditEntry.objects.latest("pk").after == {"changed": ["name"]}


@pytest.mark.parametrize("facts", [{}, {"contact_name": "王五"}, {"introduction": "新的简介"}])
def test_request_without_a_reviewed_difference_is_refused(people, member, facts):
    sentence = refused_with(
        "no_change", lambda: actions.request_change(member, by=people.owner, profile=proposal_of(member, **facts))
    )
    assert sentence == gettext("Nothing that needs a review has been changed.")


def test_capital_that_is_written_otherwise_is_no_change(people, member):
    Unit.objects.filter(pk=member.pk).update(registered_capital=30000)
    member.refresh_from_db()
    assert profile_of(member)["facts"]["registered_capital"] == "30000.00"
    same = proposal_of(member, registered_capital="30000")
    refused_with("no_change", lambda: actions.request_change(member, by=people.owner, profile=same))


def test_request_needs_the_papers(people, member):
    profile = proposal_of(member, name="示范建设集团")
    profile["documents"]["business_license"] = ""
    sentence = refused_with("papers_missing", lambda: actions.request_change(member, by=people.owner, profile=profile))
    assert sentence == gettext("Still missing: %(names)s.") % {"names": "营业执照"}


def test_request_names_no_file_of_others(people, member):
    profile = proposal_of(member)
    profile["documents"]["business_license"] = str(document(people.other).pk)
    before = snapshot()
    with pytest.raises(ValidationError):
        actions.request_change(member, by=people.owner, profile=profile)
    assert snapshot() == before


def test_request_takes_no_credit_code_of_another_unit(people, member):
    profile = proposal_of(member, uscc=f" {people.other.uscc.lower()} ")
    sentence = refused_with("uscc_taken", lambda: actions.request_change(member, by=people.owner, profile=profile))
    assert sentence == gettext("Another unit with this credit code is registered.")


def test_request_with_a_wrong_credit_code_is_refused(people, member):
    before = snapshot()
    with pytest.raises(ValidationError):
        actions.request_change(member, by=people.owner, profile=proposal_of(member, uscc="91510100MA0000001M"))
    assert snapshot() == before


@pytest.mark.parametrize("state", sorted(set(S.values) - {"active"}))
def test_only_a_certified_unit_asks_for_a_change(people, state):
    put_papers_on_file(people.unit)
    in_state(people.unit, state)
    refused_with(
        "wrong_state",
        lambda: actions.request_change(people.unit, by=people.owner, profile=proposal_of(people.unit, name="别的")),
    )


@pytest.mark.parametrize("who", ["outsider", "reviewer", "secretary", "root"])
def test_nobody_asks_for_a_unit_of_others(people, member, who):
    before = snapshot()
    for call in (
        lambda: actions.request_change(member, by=getattr(people, who), profile=proposal_of(member, name="别的")),
        lambda: actions.update_contact(member, by=getattr(people, who), contact_name="王五"),
        lambda: actions.request_leave(member.certification, by=getattr(people, who), remark="改行"),
    ):
        with pytest.raises(PermissionDenied):
            call()
    assert snapshot() == before


# --- request_leave and withdraw_request -----------------------------------------------------------------------------
@pytest.mark.parametrize("slug", ["association", "quality"])
@pytest.mark.parametrize("state", ["active", "suspended"])
def test_owner_asks_to_leave_and_stays_until_it_is_approved(people, slug, state):
    in_state(people.unit, "active")
    membership = in_state(people.unit, state, branch(slug))
    application = document(people.unit, DocumentKind.LEAVE_APPLICATION)

    made = actions.request_leave(membership, by=people.owner, remark=" 业务调整 ", document=application)

    membership.refresh_from_db()
    assert (made.subject, made.reason, made.document, membership.state) == ("leave", "业务调整", application, state)
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.after) == ("units.request_leave", {"review": made.pk})


def test_agent_does_not_ask_to_leave(people):
    membership = in_state(people.unit, "active")
    before = snapshot()
    with pytest.raises(PermissionDenied):
        actions.request_leave(membership, by=people.agent, remark="业务调整")
    assert snapshot() == before


def test_leaving_needs_a_reason(people):
    membership = in_state(people.unit, "active")
    refused_with("no_words", lambda: actions.request_leave(membership, by=people.owner, remark="  "))


@pytest.mark.parametrize("state", sorted(set(S.values) - {"active", "suspended"}))
def test_only_a_member_asks_to_leave(people, state):
    membership = in_state(people.unit, state)
    refused_with("wrong_state", lambda: actions.request_leave(membership, by=people.owner, remark="业务调整"))


@pytest.mark.parametrize("subject", ["change", "leave"])
def test_request_is_taken_back_even_while_a_reviewer_has_it_open(people, subject):
    made = handed_in(people.unit, "active", subject=subject)
    other = review(made.membership, {"change": "leave", "leave": "change"}[subject])
    actions.claim(made, by=people.reviewer)

    actions.withdraw_request(made, by=people.agent if subject == "change" else people.owner)

    assert list(Review.objects.open()) == [other]
    assert AuditEntry.objects.latest("pk").verb == f"units.withdraw_{subject}"


def test_application_is_not_withdrawn_as_a_request(people):
    made = handed_in(people.unit)
    refused_with("already_decided", lambda: actions.withdraw_request(made, by=people.owner))


def test_outsider_takes_no_request_back(people):
    made = handed_in(people.unit, "active", subject="change")
    before = snapshot()
    with pytest.raises(PermissionDenied):
        actions.withdraw_request(made, by=people.outsider)
    assert snapshot() == before


@pytest.mark.parametrize("wrong", ["other unit", "other kind"])
def test_the_paper_is_an_application_of_this_unit(people, wrong):
    membership = in_state(people.unit, "active")
    kind = DocumentKind.LEAVE_APPLICATION if wrong == "other unit" else DocumentKind.BUSINESS_LICENSE
    paper = document(people.other if wrong == "other unit" else people.unit, kind)
    before = snapshot()
    with pytest.raises(PermissionDenied):
        actions.request_leave(membership, by=people.owner, remark="业务调整", document=paper)
    assert snapshot() == before
