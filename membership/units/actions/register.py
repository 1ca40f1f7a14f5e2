"""Verbs of the member register: register, submit, decide, store a document."""

from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from membership.audit.actions import record
from membership.exceptions import Refusal
from membership.jobs import actions as jobs
from membership.messaging import actions as messaging
from membership.moves import next_state
from membership.units import permissions, uploads
from membership.units.models import Body, Document, Membership, Seat, Unit
from membership.units.states import MOVES, BodyKind, DocumentKind, Duty, MembershipState


def register_unit(*, by, **facts):
    """Start a unit in draft with this person as its owner. Returns the unit."""
    with transaction.atomic():
        unit = Unit.objects.create(**facts)
        Seat.objects.create(user=by, unit=unit, duty=Duty.OWNER)
        Membership.objects.create(unit=unit, body=Body.objects.association())
        record("units.register_unit", unit, by=by, unit_id=unit.pk)
    return unit


@contextmanager
def move(membership, verb, *, by, **remarks):
    """Lock the membership, check the move, yield the fresh row, then save it and leave one record.

    Raises Refusal when the table of moves does not allow `verb` in the present state.
    """
    with transaction.atomic():
        fresh = Membership.objects.select_for_update(of=("self",)).select_related("unit", "body").get(pk=membership.pk)
        before = MembershipState(fresh.state)
        fresh.state = next_state(MOVES, verb, before)
        yield fresh
        saved = Membership.objects.filter(pk=fresh.pk, state=before)
        _save_if_unmoved(fresh, saved)
        record(
            f"units.{verb}",
            fresh,
            by=by,
            unit_id=fresh.unit_id,
            before={"state": before},
            after={"state": fresh.state, "level": fresh.level_id, **remarks},
        )


def _save_if_unmoved(fresh, still_there):
    """Conditional UPDATE: without row locks (SQLite) the one who was first wins as well."""
    values = {f.attname: getattr(fresh, f.attname) for f in fresh._meta.concrete_fields if not f.primary_key}
    if not still_there.update(**values):
        raise Refusal(_("Someone else has just decided on this. Reload the page."), code="already_decided")


def submit(membership, *, by):
    """Hand the application in for review (guide 一.(二).5 and 一.(三))."""
    permissions.require(permissions.may_act_for(by, membership.unit))
    with _unique_credit_code(), move(membership, "submit", by=by) as fresh:
        fresh.submitted_at = timezone.now()
        if fresh.body.kind == BodyKind.ASSOCIATION:
            Unit.objects.filter(pk=fresh.unit_id, submitted_at=None).update(submitted_at=fresh.submitted_at)
    return fresh


@contextmanager
def _unique_credit_code():
    try:
        yield
    except IntegrityError as clash:
        raise Refusal(
            _("A unit with this credit code is already registered. Ask its administrator or the association."),
            code="uscc_taken",
        ) from clash


def apply(unit, body, *, by, **contact):
    """Apply for membership of a branch with the contact given (guide 一.(三)); returns the membership."""
    permissions.require(permissions.may_act_for(by, unit))
    if not unit.memberships.filter(body__kind=BodyKind.ASSOCIATION, submitted_at__isnull=False).exists():
        raise Refusal(_("Submit the unit profile first."), code="profile_first")
    if not body.is_open:
        raise Refusal(_("This branch accepts no applications at present."), code="branch_closed")
    with transaction.atomic():
        membership, _created = Membership.objects.get_or_create(unit=unit, body=body, defaults=contact)
        return submit(membership, by=by)


def approve(membership, *, by, level, member_no=""):
    """Certify the unit in this body at `level`; open notices reach it from now on.

    A branch can approve only a unit that the association has certified (otherwise Refusal).
    """
    permissions.require(permissions.may_review(by, membership))
    if level.body_kind != membership.body.kind:
        raise Refusal(_("This level does not belong to this kind of body."), code="wrong_level")
    with transaction.atomic():
        with move(membership, "approve", by=by) as fresh:
            is_branch = fresh.body.kind == BodyKind.BRANCH
            if is_branch and not Unit.objects.certified().filter(pk=fresh.unit_id).exists():
                raise Refusal(_("The association must certify the unit before a branch can."), code="not_certified")
            fresh.level = level
            fresh.member_no = member_no
            _decide(fresh, by)
        jobs.enqueue("tracking.deliver_open_notices", unit_id=fresh.unit_id)
        _tell_owner(fresh, by)
    return fresh


def send_back(membership, *, by, remark):
    """Return the application with words that say what to mend."""
    permissions.require(permissions.may_review(by, membership))
    with move(membership, "send_back", by=by) as fresh:
        fresh.remark = remark
        _decide(fresh, by)
    return fresh


def reject(membership, *, by, remark):
    """Refuse the application for good, with the reason."""
    permissions.require(permissions.may_review(by, membership))
    with move(membership, "reject", by=by) as fresh:
        fresh.remark = remark
        _decide(fresh, by)
    return fresh


def _decide(membership, by):
    membership.decided_at = timezone.now()
    membership.decided_by = by


def _tell_owner(membership, by):
    owner = membership.unit.seats.filter(duty=Duty.OWNER).select_related("user").first()
    if owner:
        messaging.post(
            "sms",
            "membership_approved",
            str(owner.user.phone),
            by=by,
            unit=membership.unit.name,
            level=membership.standing_line,
        )


def store_document(upload, *, unit, kind, by, accept=uploads.SCANS):
    """Keep an uploaded file of the unit after judging it by its content.

    Raises ValidationError with a sentence for the user. The file is kept even when the form around it is refused.
    """
    permissions.require(permissions.may_act_for(by, unit))
    facts = uploads.inspect(upload, accept)
    document = Document(
        unit=unit,
        kind=DocumentKind(kind),
        original_name=facts.name,
        size=facts.size,
        sha256=facts.sha256,
        mime=facts.mime,
        pages=facts.pages,
        uploaded_by=by,
    )
    document.file.save(facts.name, upload, save=False)
    with transaction.atomic():
        document.save(force_insert=True)
        record("units.store_document", document, by=by, unit_id=unit.pk, after={"kind": kind, "sha256": facts.sha256})
    return document
