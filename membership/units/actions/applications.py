"""Verbs of a unit that wants to be a member: register, draft, hand in, revise, withdraw, apply to a branch."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from membership.audit.actions import record
from membership.exceptions import Refusal
from membership.moves import move_rows
from membership.units import permissions
from membership.units.actions.moving import move, unless_taken
from membership.units.models import Body, Membership, ProfileDraft, Review, Seat, Unit
from membership.units.papers import missing_documents, waives_papers
from membership.units.profile import CONTACT, facts_in, profile_of, write_profile
from membership.units.states import REVIEW_MOVES, BodyKind, DocumentKind, Duty, MembershipState, ReviewSubject
from membership.units.uscc import normalise, validate_uscc

# The guide goes from the profile to the branches at once: handed in is enough, certification may come later.
MAY_APPLY = (MembershipState.PENDING, MembershipState.RETURNED, MembershipState.ACTIVE)


def register_unit(*, by, uscc, **facts):
    """Start a unit in draft with this person as its owner. Returns the unit.

    Raises ValidationError when the credit code is wrong, Refusal when the person already acts for a unit or when a unit
    with this code has handed in its application.
    """
    permissions.require(permissions.may_register(by))
    uscc = normalise(uscc)
    validate_uscc(uscc)
    if Unit.objects.filter(uscc=uscc, submitted_at__isnull=False).exists():
        raise Refusal(
            _(
                "A unit with this credit code is registered already. Ask its administrator to invite your mobile "
                "number, or call the association."
            ),
            code="uscc_taken",
        )
    with transaction.atomic():
        unit = Unit.objects.create(uscc=uscc, **facts)
        with unless_taken(_("You already act for a unit."), code="has_seat"):
            Seat.objects.create(user=by, unit=unit, duty=Duty.OWNER)
        Membership.objects.create(unit=unit, body=Body.objects.association())
        record("units.register_unit", unit, by=by, unit_id=unit.pk)
    return unit


def save_draft(unit, *, by, version, values):
    """Keep what was typed into the profile, right or wrong; returns the draft with its new version.

    `version` is the one that the page was made from (0 for the first): when a colleague has saved since, a Refusal
    `stale` says who and when, and nothing is overwritten. The draft row itself says who and when; savings every few
    seconds would flood the audit trail.
    """
    permissions.require(permissions.may_act_for(by, unit))
    now = timezone.now()
    changes = {"values": values, "saved_by": by, "saved_at": now}
    with transaction.atomic():
        drafts = ProfileDraft.objects.filter(unit=unit)
        if drafts.filter(version=version).update(version=F("version") + 1, **changes):
            return drafts.get()
        known = drafts.select_related("saved_by").first()
        if known is None and version == 0:
            with unless_taken(_("Someone else has just saved this page. Reload it."), code="stale"):
                return ProfileDraft.objects.create(unit=unit, version=1, **changes)
    if known is None:
        raise Refusal(_("This draft has been handed in or discarded meanwhile. Reload the page."), code="stale")
    words = {"who": known.saved_by, "when": date_format(timezone.localtime(known.saved_at), "H:i")}
    raise Refusal(_("%(who)s changed this page at %(when)s.") % words, code="stale")


def submit(membership, *, by, profile=None):
    """Hand the application in for review (guide 一.(二).5 and 一.(三)); a second round starts undecided.

    For the association `profile` (see `membership.units.profile`) is put on file first; without one what is on file is
    handed in. Raises Refusal while a document is missing or another unit has the credit code.
    """
    return _hand_in(membership, "submit", by, profile)


def revise(membership, *, by, profile=None):
    """修改资料 while the application waits or has been sent back: a new round, which voids the one before."""
    return _hand_in(membership, "revise", by, profile)


def withdraw(membership, *, by):
    """Take the application back, as long as no reviewer has opened it."""
    permissions.require(permissions.may_act_for(by, membership.unit))
    with move(membership, "withdraw", by=by) as fresh:
        unopened = Review.objects.filter(membership=fresh, subject=ReviewSubject.APPLICATION, opened_at=None)
        if not move_rows(unopened, REVIEW_MOVES, "void"):
            raise Refusal(
                _("A reviewer has already opened the application. Change its data instead of withdrawing it."),
                code="opened",
            )
        fresh.submitted_at = None
        if fresh.is_certification:
            Unit.objects.filter(pk=fresh.unit_id).update(submitted_at=None)
    return fresh


def apply(unit, body, *, by, answers=(), **contact):
    """Apply for membership of a branch with the contact given (guide 一.(三)), or revise the application.

    `answers` are [{"label", "value"}] to the questions of the branch. Returns the membership.
    """
    permissions.require(permissions.may_act_for(by, unit))
    refusal = refusal_to_apply(unit.certification, body)
    if refusal:
        raise refusal
    with transaction.atomic():
        membership, _created = Membership.objects.get_or_create(unit=unit, body=body)
        verb = "revise" if membership.state == MembershipState.PENDING else "submit"
        return _hand_in(membership, verb, by, None, answers=list(answers), **contact)


def refusal_to_apply(certification, body=None):
    """Why a unit with this certification cannot apply to this body, or to any, now: a Refusal, or None."""
    if certification.state == MembershipState.DRAFT:
        return Refusal(_("Submit the unit profile first."), code="profile_first")
    if certification.state not in MAY_APPLY:
        words = _("While the membership of the association does not stand, no branch can be joined.")
        return Refusal(words, code="not_standing")
    if body and (body.kind != BodyKind.BRANCH or not body.is_open):
        return Refusal(_("This branch accepts no applications at present."), code="branch_closed")
    return None


def _hand_in(membership, verb, by, profile, **entries):
    permissions.require(permissions.may_act_for(by, membership.unit))
    with move(membership, verb, by=by) as fresh:
        fresh.submitted_at = timezone.now()
        fresh.decided_at = fresh.decided_by = None
        fresh.remark = ""
        fresh.round += 1
        for name, value in entries.items():
            setattr(fresh, name, value)
        if fresh.is_certification:
            snapshot = _put_on_file(fresh, profile)
            waives = waives_papers(facts_in(snapshot), snapshot["documents"])
        else:
            contact = {name: getattr(fresh, name) for name in CONTACT}
            snapshot, waives = {"contact": contact, "answers": fresh.answers}, False
        open_round(fresh, by=by, round=fresh.round, snapshot=snapshot, waives_papers=waives)
    return fresh


def open_round(membership, *, by, subject=ReviewSubject.APPLICATION, **values):
    """A new round for the reviewers, inside the caller's transaction; the one still open is void."""
    rounds = Review.objects.filter(membership=membership, subject=subject)
    move_rows(rounds, REVIEW_MOVES, "void")
    last = rounds.order_by("-round").first()
    values.setdefault("round", last.round + 1 if last else 1)
    return Review.objects.create(
        membership=membership,
        subject=subject,
        handed_in_by=by,
        assigned_to=last.assigned_to if last else None,
        **values,
    )


def _put_on_file(certification, profile):
    """Write the profile, see that nothing is missing, claim the credit code; returns what is handed in."""
    unit = Unit.objects.select_for_update().get(pk=certification.unit_id)
    profile = with_normal_code(profile or profile_of(unit))
    require_documents(profile)
    with unless_taken(
        _("A unit with this credit code is already registered. Ask its administrator or the association."),
        code="uscc_taken",
    ):
        write_profile(unit, profile)
        Unit.objects.filter(pk=unit.pk, submitted_at=None).update(submitted_at=certification.submitted_at)
    ProfileDraft.objects.filter(unit=unit).delete()
    return profile


def with_normal_code(profile):
    """The profile with its credit code as codes are kept; raises ValidationError when it is wrong."""
    code = normalise(profile["facts"]["uscc"])
    validate_uscc(code)
    return {**profile, "facts": {**profile["facts"], "uscc": code}}


def require_documents(profile):
    """Raise Refusal `papers_missing` that names the documents which the profile lacks."""
    missing = missing_documents(facts_in(profile), profile["documents"], profile["qualifications"])
    if missing:
        names = "、".join(str(DocumentKind(kind).label) for kind in missing)
        raise Refusal(_("Still missing: %(names)s.") % {"names": names}, code="papers_missing")
