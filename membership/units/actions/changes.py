"""Verbs of a certified unit: contact facts change at once, reviewed ones are proposed, the owner may ask to leave."""

from django.db import transaction
from django.utils.translation import gettext as _

from membership.audit.actions import record
from membership.exceptions import Refusal
from membership.moves import move_rows
from membership.units import permissions
from membership.units.actions.applications import open_round, require_documents, with_normal_code
from membership.units.actions.moving import locked
from membership.units.models import ProfileDraft, Review, Unit
from membership.units.papers import waives_papers
from membership.units.profile import AT_ONCE, CONTACT, check_documents, differences, facts_in, profile_of, reviewed_part
from membership.units.states import REVIEW_MOVES, STANDING, DocumentKind, MembershipState, ReviewSubject


def update_contact(unit, *, by, **facts):
    """Change facts that need no review (`profile.AT_ONCE`), for a unit in any state; returns the unit.

    Raises TypeError for any other fact: those are handed in.
    """
    permissions.require(permissions.may_act_for(by, unit))
    if not set(facts) <= set(AT_ONCE):
        raise TypeError(f"reviewed facts do not change at once: {sorted(set(facts) - set(AT_ONCE))}")
    with transaction.atomic():
        fresh = Unit.objects.select_for_update().get(pk=unit.pk)
        changed = sorted(name for name, value in facts.items() if getattr(fresh, name) != value)
        if changed:
            for name in changed:
                setattr(fresh, name, facts[name])
            fresh.save(update_fields=changed)
            record("units.update_contact", fresh, by=by, unit_id=fresh.pk, after={"changed": changed})
    return fresh


def update_branch_contact(membership, *, by, **contact):
    """Change whom a branch asks about the unit (`profile.CONTACT`), at once, for a member of the branch.

    Returns the membership. Raises TypeError for anything else, Refusal unless the membership stands: an application
    that is under review is revised.
    """
    permissions.require(permissions.may_act_for(by, membership.unit))
    if not set(contact) <= set(CONTACT):
        raise TypeError(f"no contact: {sorted(set(contact) - set(CONTACT))}")
    with transaction.atomic():
        fresh = locked(membership)
        if fresh.state not in STANDING:
            raise Refusal(
                _("Only a member changes the contact here. Revise the application instead."), code="wrong_state"
            )
        changed = sorted(name for name, value in contact.items() if getattr(fresh, name) != value)
        if changed:
            for name in changed:
                setattr(fresh, name, contact[name])
            fresh.save(update_fields=changed)
            after = {"changed": changed}
            record("units.update_branch_contact", fresh, by=by, unit_id=fresh.unit_id, after=after)
    return fresh


def request_change(unit, *, by, profile):
    """Propose other certified facts (变更申请); the certified ones stay in force until the staff approves.

    Asking again replaces the request still open. Returns the Review. Raises Refusal when nothing reviewed differs, a
    document is missing, another unit has the credit code, or the unit is not certified.
    """
    permissions.require(permissions.may_act_for(by, unit))
    profile = with_normal_code(profile)
    require_documents(profile)
    check_documents(unit, profile)
    with transaction.atomic():
        certification = locked(unit.certification)
        if certification.state != MembershipState.ACTIVE:
            raise Refusal(_("Only a certified unit asks for a change."), code="wrong_state")
        unit = certification.unit
        proposal = reviewed_part(profile, unit)
        changed = [difference.key for difference in differences(profile_of(unit), proposal)]
        if not changed:
            raise Refusal(_("Nothing that needs a review has been changed."), code="no_change")
        if Unit.objects.filter(uscc=proposal["facts"]["uscc"], submitted_at__isnull=False).exclude(pk=unit.pk).exists():
            raise Refusal(_("Another unit with this credit code is registered."), code="uscc_taken")
        review = open_round(
            certification,
            by=by,
            subject=ReviewSubject.CHANGE,
            snapshot=proposal,
            waives_papers=waives_papers(facts_in(proposal), proposal["documents"]),
        )
        ProfileDraft.objects.filter(unit=unit).delete()
        record("units.request_change", certification, by=by, unit_id=unit.pk, after={"changed": changed})
    return review


def request_leave(membership, *, by, remark, document=None):
    """申请退出 a branch or the association, with the reason; only the owner of the unit. Returns the Review."""
    permissions.require(permissions.may_leave(by, membership))
    permissions.require(permissions.is_paper_of(document, membership.unit_id, DocumentKind.LEAVE_APPLICATION))
    remark = remark.strip()
    if not remark:
        raise Refusal(_("Say why the unit wants to leave."), code="no_words")
    with transaction.atomic():
        fresh = locked(membership)
        if fresh.state not in STANDING:
            raise Refusal(_("Only a member can leave."), code="wrong_state")
        review = open_round(fresh, by=by, subject=ReviewSubject.LEAVE, reason=remark, document=document)
        record("units.request_leave", fresh, by=by, unit_id=fresh.unit_id, after={"review": review.pk})
    return review


def withdraw_request(review, *, by):
    """Take a request for a change or to leave back, before it is decided on; only the owner takes back the latter."""
    if review.subject == ReviewSubject.LEAVE:
        permissions.require(permissions.may_leave(by, review.membership))
    else:
        permissions.require(permissions.may_act_for(by, review.membership.unit))
    requests = Review.objects.filter(pk=review.pk).exclude(subject=ReviewSubject.APPLICATION)
    with transaction.atomic():
        if not move_rows(requests, REVIEW_MOVES, "void"):
            raise Refusal(_("This request has been decided on already. Reload the page."), code="already_decided")
        record(f"units.withdraw_{review.subject}", review.membership, by=by, unit_id=review.membership.unit_id)
