"""Verbs of the member register: register, submit, decide, store a document."""

from contextlib import ExitStack, contextmanager

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
from membership.units.uscc import normalise, validate_uscc


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
        with _unless_taken(_("You already act for a unit."), code="has_seat"):
            Seat.objects.create(user=by, unit=unit, duty=Duty.OWNER)
        Membership.objects.create(unit=unit, body=Body.objects.association())
        record("units.register_unit", unit, by=by, unit_id=unit.pk)
    return unit


@contextmanager
def _unless_taken(sentence, *, code):
    """A unique constraint that stops the statement inside is a Refusal with this sentence."""
    try:
        yield
    except IntegrityError as clash:
        raise Refusal(sentence, code=code) from clash


@contextmanager
def move(membership, verb, *, by):
    """Lock the membership, check the move, yield the fresh row, then save it and leave one record.

    Raises Refusal when the table of moves does not allow `verb` in the present state.
    """
    with transaction.atomic():
        fresh = Membership.objects.select_for_update(of=("self",)).select_related("unit", "body").get(pk=membership.pk)
        before = MembershipState(fresh.state)
        fresh.state = next_state(MOVES, verb, before)
        yield fresh
        _save_if_unmoved(fresh, Membership.objects.filter(pk=fresh.pk, state=before))
        record(
            f"units.{verb}",
            fresh,
            by=by,
            unit_id=fresh.unit_id,
            before={"state": before},
            after={"state": fresh.state, "level": fresh.level_id},
        )


def _save_if_unmoved(fresh, still_there):
    """Conditional UPDATE: without row locks (SQLite) the one who was first wins as well."""
    values = {f.attname: getattr(fresh, f.attname) for f in fresh._meta.concrete_fields if not f.primary_key}
    if not still_there.update(**values):
        raise Refusal(_("Someone else has just decided on this. Reload the page."), code="already_decided")


def submit(membership, *, by):
    """Hand the application in for review (guide 一.(二).5 and 一.(三)); a second round starts undecided."""
    permissions.require(permissions.may_act_for(by, membership.unit))
    with move(membership, "submit", by=by) as fresh:
        fresh.submitted_at = timezone.now()
        fresh.decided_at = fresh.decided_by = None
        if fresh.body.kind == BodyKind.ASSOCIATION:
            _claim_credit_code(fresh)
    return fresh


def _claim_credit_code(certification):
    """A credit code belongs to the first unit that hands in its application; a draft claims nothing."""
    taken = _("A unit with this credit code is already registered. Ask its administrator or the association.")
    with _unless_taken(taken, code="uscc_taken"):
        drafts = Unit.objects.filter(pk=certification.unit_id, submitted_at=None)
        drafts.update(submitted_at=certification.submitted_at)


def apply(unit, body, *, by, **contact):
    """Apply for membership of a branch with the contact given (guide 一.(三)); returns the membership."""
    permissions.require(permissions.may_act_for(by, unit))
    if not unit.memberships.filter(body__kind=BodyKind.ASSOCIATION, submitted_at__isnull=False).exists():
        raise Refusal(_("Submit the unit profile first."), code="profile_first")
    if body.kind != BodyKind.BRANCH or not body.is_open:
        raise Refusal(_("This branch accepts no applications at present."), code="branch_closed")
    with transaction.atomic():
        membership, _created = Membership.objects.update_or_create(unit=unit, body=body, defaults=contact)
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
            _decide(fresh, by, remark="")
        jobs.enqueue("tracking.deliver_open_notices", unit_id=fresh.unit_id)
        _tell_owner(fresh, by)
    return fresh


def send_back(membership, *, by, remark):
    """Return the application with words that say what to mend."""
    permissions.require(permissions.may_review(by, membership))
    with move(membership, "send_back", by=by) as fresh:
        _decide(fresh, by, remark=remark)
    return fresh


def reject(membership, *, by, remark):
    """Refuse the application for good, with the reason."""
    permissions.require(permissions.may_review(by, membership))
    with move(membership, "reject", by=by) as fresh:
        _decide(fresh, by, remark=remark)
    return fresh


def _decide(membership, by, *, remark):
    membership.decided_at = timezone.now()
    membership.decided_by = by
    membership.remark = remark


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
    with ExitStack() as undo:
        document.file.save(facts.name, upload, save=False)
        undo.callback(document.file.storage.delete, document.file.name)
        with transaction.atomic():
            document.save(force_insert=True)
            record(
                "units.store_document", document, by=by, unit_id=unit.pk, after={"kind": kind, "sha256": facts.sha256}
            )
            if document.is_drawable:
                jobs.enqueue("units.draw_pages", document_id=str(document.pk))
        undo.pop_all()
    return document
