"""Verbs on receipts: draft, return, enter from paper, send back, more time."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from membership.audit.actions import record
from membership.exceptions import Refusal
from membership.moves import move_rows
from membership.tracking import permissions
from membership.tracking.actions.reading import mark_read
from membership.tracking.models import Attendee, DeliberationResult, Delivery, Opinion, Receipt, ReceiptDraft
from membership.tracking.states import MOVES, ReceiptKind, ReceiptOrigin
from membership.units.actions import tell_owner
from membership.units.permissions import require


def save_receipt_draft(delivery, *, by, version, values):
    """Keep what was typed into a receipt, right or wrong; returns the draft with its new version.

    `version` is that of the draft that the page was made from (0 for none): when a colleague has saved since, a Refusal
    `stale` says who and when. As with profiles, the row itself says who and when.
    """
    require(permissions.may_answer(by, delivery))
    changes = {"values": values, "saved_by": by, "saved_at": timezone.now()}
    with transaction.atomic():
        drafts = ReceiptDraft.objects.filter(delivery=delivery)
        if drafts.filter(version=version).update(version=F("version") + 1, **changes):
            return drafts.get()
        if version == 0:
            draft, is_new = ReceiptDraft.objects.get_or_create(delivery=delivery, defaults={"version": 1, **changes})
            if is_new:
                return draft
    known = ReceiptDraft.objects.select_related("saved_by").filter(delivery=delivery).first()
    if known is None:
        raise Refusal(_("The receipt has been returned meanwhile. Reload the page."), code="stale")
    words = {"who": known.saved_by, "when": date_format(timezone.localtime(known.saved_at), "H:i")}
    raise Refusal(_("%(who)s changed this receipt at %(when)s.") % words, code="stale")


def submit_receipt(delivery, *, by, version, **answer):
    """Return the unit's receipt, or a revision of it (guide 二.(二)); its draft is gone afterwards.

    `version` is the number of versions that the person saw (0 for the first); whoever comes second with the same number
    is refused. `answer` may hold `document`, `opinions` (dicts of item, choice, comment), `attendees` (dicts of
    Attendee's fields) and `declined_because` (the unit sends nobody); the form has checked them. Raises Refusal after
    the deadline unless the notice takes late receipts and none came in time, on a recalled notice and on a stale
    version; PermissionDenied for somebody, or with a file, of another unit.
    """
    require(permissions.may_answer(by, delivery, answer.get("document")))
    now = timezone.now()
    with transaction.atomic():
        is_open = Delivery.objects.open_for_receipt(now).filter(pk=delivery.pk).values("pk")
        rows = Delivery.objects.standing().filter(pk=delivery.pk, receipt_version=version, pk__in=is_open)
        receipt = _put_in(delivery, rows, now, by=by, version=version, **answer)
        mark_read(delivery, by=by)
        record(
            "tracking.submit_receipt",
            receipt,
            by=by,
            unit_id=delivery.unit_id,
            before={"version": version},
            after={"version": version + 1, "delivery": delivery.pk},
        )
    return receipt


def enter_receipt(delivery, *, by, version, **answer):
    """代录: the staff enters a receipt that came on paper, also after the deadline; it is marked as such.

    As `submit_receipt`; the file is stored by the staff. What the unit was drafting is obsolete and goes; the notice
    stays unread as long as nobody of the unit has opened it. Raises Refusal on a recalled notice, on a stale version,
    and after the deadline where a receipt came in time: it would be lost to the result.
    """
    require(permissions.may_enter(by, delivery, answer.get("document")))
    now = timezone.now()
    with transaction.atomic():
        settled = Delivery.objects.settled(now).filter(pk=delivery.pk).values("pk")
        rows = Delivery.objects.standing().filter(pk=delivery.pk, receipt_version=version).exclude(pk__in=settled)
        receipt = _put_in(delivery, rows, now, by=by, version=version, origin=ReceiptOrigin.PAPER, **answer)
        record(
            "tracking.enter_receipt",
            receipt,
            by=by,
            unit_id=delivery.unit_id,
            before={"version": version},
            after={"version": version + 1, "delivery": delivery.pk},
        )
    return receipt


def _put_in(delivery, rows, now, *, by, version, document=None, opinions=(), attendees=(), declined_because="", **more):
    """The new version replaces the one before and the draft: one conditional UPDATE decides who was first."""
    changes = {"receipt_version": version + 1, "receipted_at": now}
    if not move_rows(rows, MOVES, "submit_receipt", field="receipt_state", **changes):
        raise refusal_to_submit(delivery, version)
    Receipt.objects.current().filter(delivery=delivery).update(superseded_at=now)
    is_late = Delivery.objects.with_deadline().filter(pk=delivery.pk, deadline__lt=now).exists()
    receipt = Receipt.objects.create(
        delivery=delivery,
        version=version + 1,
        submitted_at=now,
        submitted_by=by,
        document=document,
        is_late=is_late,
        declined_because=declined_because,
        **more,
    )
    Opinion.objects.bulk_create(Opinion(receipt=receipt, **opinion) for opinion in opinions)
    Attendee.objects.bulk_create(_with_attendance(delivery, version, receipt, attendees))
    ReceiptDraft.objects.filter(delivery=delivery).delete()
    return receipt


def _with_attendance(delivery, version, receipt, attendees):
    """The persons of a new version; who was recorded under the one before, and is named again, stays recorded."""
    recorded = Attendee.objects.filter(receipt__delivery=delivery, receipt__version=version).exclude(attended=None)
    known = {(person.name, person.mobile): person for person in recorded} if version and attendees else {}
    for facts in attendees:
        person = Attendee(receipt=receipt, **facts)
        before = known.get((person.name, str(person.mobile)))
        if before:
            person.attended, person.attendance_at = before.attended, before.attendance_at
            person.attendance_by_id = before.attendance_by_id
        yield person


def send_back_receipt(receipt, *, by, reason):
    """退回重填: the unit is asked again, with the reason; its version is kept. Returns the delivery.

    Raises Refusal without words, or when this is no longer the version that counts.
    """
    require(permissions.may_manage_receipts(by))
    reason = reason.strip()
    if not reason:
        raise Refusal(_("Say what is to be corrected: the unit reads it."), code="no_words")
    now = timezone.now()
    with transaction.atomic():
        rows = Delivery.objects.standing().filter(pk=receipt.delivery_id, receipt_version=receipt.version)
        if not move_rows(rows, MOVES, "send_back_receipt", field="receipt_state", receipted_at=None):
            raise Refusal(
                _("The unit has revised this receipt, or it was sent back already. Reload the page."), code="stale"
            )
        Receipt.objects.filter(pk=receipt.pk).update(sent_back_at=now, sent_back_by=by, sent_back_because=reason)
        delivery = Delivery.objects.select_related("unit", "notice").get(pk=receipt.delivery_id)
        record(
            "tracking.send_back_receipt", receipt, by=by, unit_id=delivery.unit_id, after={"version": receipt.version}
        )
        tell_owner(delivery.unit, "receipt_sent_back", by=by, title=delivery.notice.title, reason=reason)
    return delivery


def extend_deadline(notice, *, by, until, units=None):
    """More time for all units of a notice, or for these; returns for how many.

    A unit that was given longer already keeps that. Raises Refusal unless `until` lies ahead and after the deadline of
    the notice and of at least one of the units, for a notice without deadline and for a deliberation whose result is
    frozen.
    """
    require(permissions.may_manage_receipts(by))
    if notice.deadline is None:
        raise Refusal(_("This notice has no deadline."), code="no_deadline")
    if DeliberationResult.objects.filter(notice=notice).exists():
        raise Refusal(_("The result has been frozen: what comes now does not count any more."), code="frozen")
    chosen = Delivery.objects.standing().of_members().filter(notice=notice)
    chosen = chosen if units is None else chosen.filter(unit__in=units)
    sooner = chosen.exclude(deadline_override__gte=until)
    if until <= max(notice.deadline, timezone.now()) or chosen.exists() and not sooner.exists():
        raise Refusal(_("The new deadline lies before the present one, or in the past."), code="not_later")
    with transaction.atomic():
        extended = sooner.update(deadline_override=until)
        if extended:
            after = {"until": until.isoformat(), "units": extended}
            record("tracking.extend_deadline", notice, by=by, after=after)
    return extended


def refusal_to_submit(delivery, version):
    """Why a receipt cannot be returned now, as a sentence with the next step."""
    fresh = Delivery.objects.with_deadline().with_lateness().get(pk=delivery.pk)
    if fresh.recalled_at:
        return Refusal(_("The notice has been recalled; no receipt is needed."), code="recalled")
    if fresh.receipt_kind == ReceiptKind.NONE:
        return Refusal(_("This notice asks for no receipt."), code="no_receipt")
    if fresh.receipt_version != version:
        receipt = Receipt.objects.current().select_related("submitted_by").filter(delivery=fresh).first()
        if receipt is None:
            return Refusal(_("The page is out of date. Reload it and return the receipt again."), code="stale")
        when = date_format(timezone.localtime(receipt.submitted_at), "Y-m-d H:i")
        return Refusal(
            _("%(name)s already returned this receipt at %(when)s. Look at it before you revise it.")
            % {"name": receipt.submitted_by, "when": when},
            code="already_submitted",
        )
    when = date_format(timezone.localtime(fresh.deadline), "Y-m-d H:i")
    if fresh.is_settled_at(timezone.now()):
        return Refusal(
            _("Receipts closed at %(when)s. The receipt came in time and counts as it is; it is no longer revised.")
            % {"when": when},
            code="closed",
        )
    return Refusal(
        _("Receipts closed at %(when)s. To hand one in late, contact the association.") % {"when": when},
        code="closed",
    )
