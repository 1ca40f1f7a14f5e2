"""Verbs on a membership that stands: another level, suspended, resumed, ended."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from membership.audit.actions import record
from membership.exceptions import Refusal
from membership.jobs import actions as jobs
from membership.moves import move_rows
from membership.units import permissions
from membership.units.actions.moving import locked, move, tell_owner
from membership.units.models import LevelTerm, Membership, Review
from membership.units.states import REVIEW_MOVES, STANDING, BodyKind, DocumentKind


def start_term(membership, level, *, since, by, remark="", document=None):
    """Begin a term at this level and end the one before it, inside the caller's transaction."""
    LevelTerm.objects.filter(membership=membership).current().update(until=since)
    return LevelTerm.objects.create(
        membership=membership,
        level=level,
        since=since,
        remark=remark,
        document=document,
        decided_by=by,
        decided_at=timezone.now(),
    )


def change_level(membership, *, by, level, since, remark, document=None):
    """Give the member another level from `since` (a date up to today) on the ground of `remark` and `document`.

    Raises Refusal when the membership does not stand, the level is of another kind of body or the present one, or the
    day lies in the future or before the present term.
    """
    permissions.require(permissions.may_grant_level(by, membership))
    permissions.require(permissions.is_paper_of(document, membership.unit_id, DocumentKind.LEVEL_DECISION))
    remark = _required(remark)
    with transaction.atomic():
        fresh = locked(membership)
        if fresh.state not in STANDING:
            raise Refusal(_("Only a member has a level."), code="wrong_state")
        if level.body_kind != fresh.body.kind:
            raise Refusal(_("This level does not belong to this kind of body."), code="wrong_level")
        if level.pk == fresh.level_id:
            raise Refusal(_("The member has this level already."), code="same_level")
        if since > timezone.localdate():
            raise Refusal(_("The day lies in the future."), code="in_the_future")
        current = LevelTerm.objects.filter(membership=fresh).current().first()
        if current and since < current.since:
            raise Refusal(
                _("The present level has been held since %(day)s; choose that day or a later one.")
                % {"day": f"{current.since:%Y-%m-%d}"},
                code="before_term",
            )
        before = fresh.level_id
        if not Membership.objects.filter(pk=fresh.pk, level=before, state__in=STANDING).update(level=level):
            raise Refusal(_("Someone else has just decided on this. Reload the page."), code="already_decided")
        fresh.level = level
        start_term(fresh, level, since=since, by=by, remark=remark, document=document)
        record(
            "units.change_level",
            fresh,
            by=by,
            unit_id=fresh.unit_id,
            before={"level": before},
            after={"level": level.pk, "since": f"{since:%Y-%m-%d}"},
        )
        tell_owner(fresh.unit, "level_changed", by=by, level=fresh.standing_line)
    return fresh


def suspend(membership, *, by, remark):
    """暂停: the member gets no notices until it is resumed; the reason is told to the unit."""
    permissions.require(permissions.may_review(by, membership))
    with transaction.atomic():
        with move(membership, "suspend", by=by) as fresh:
            fresh.remark = _required(remark)
        tell_owner(fresh.unit, "membership_suspended", by=by, body=fresh.body.short_name)
    return fresh


def resume(membership, *, by, remark=""):
    """恢复: the member stands again, and open notices reach it."""
    permissions.require(permissions.may_review(by, membership))
    with transaction.atomic():
        with move(membership, "resume", by=by) as fresh:
            fresh.remark = remark.strip()
        if fresh.is_certification:
            jobs.enqueue("tracking.deliver_open_notices", unit_id=fresh.unit_id)
        tell_owner(fresh.unit, "membership_resumed", by=by, body=fresh.body.short_name)
    return fresh


def leave(membership, *, by, remark):
    """退会 entered by the staff; the unit is told. With the association its branches are left; history is kept."""
    permissions.require(permissions.may_review(by, membership))
    remark = _required(remark)
    with transaction.atomic():
        fresh = end_membership(membership, by=by, remark=remark)
        tell_owner(fresh.unit, "membership_ended", by=by, body=fresh.body.short_name)
    return fresh


def end_membership(membership, *, by, remark):
    """End it and what still waits for a decision about it; every one that ends leaves a record.

    With the membership of the association end those of the branches.
    """
    with transaction.atomic():
        with move(membership, "leave", by=by) as fresh:
            fresh.remark = remark
            LevelTerm.objects.filter(membership=fresh).current().update(until=timezone.localdate())
            move_rows(Review.objects.filter(membership=fresh), REVIEW_MOVES, "void")
        if fresh.is_certification:
            jobs.enqueue("tracking.leave_counts", unit_id=fresh.unit_id)
            branches = Membership.objects.filter(unit=fresh.unit_id, body__kind=BodyKind.BRANCH, state__in=STANDING)
            for branch in branches:
                end_membership(branch, by=by, remark=remark)
    return fresh


def _required(remark):
    remark = remark.strip()
    if not remark:
        raise Refusal(_("Give the reason: the unit reads it."), code="no_words")
    return remark
