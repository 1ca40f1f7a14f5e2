"""Verbs of tracking: deliver, recall, read, return a receipt."""

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from membership.audit.actions import record
from membership.exceptions import Refusal
from membership.moves import move_rows
from membership.tracking import audience, permissions
from membership.tracking.models import Attendee, Delivery, Opinion, Receipt
from membership.tracking.states import MOVES, ReceiptKind
from membership.units.models import Membership, Unit
from membership.units.permissions import require
from membership.units.states import MembershipState


def deliver(notice, *, by=None):
    """Send the published notice to its audience; returns how many units it newly reached.

    Idempotent: publishing again adds newcomers, removes nobody and takes back a recall. When there was nothing to do,
    nothing is recorded.
    """
    with transaction.atomic():
        sent = Delivery.objects.filter(notice=notice)
        restored = sent.recalled().update(recalled_at=None)
        _keep_in_step(sent, notice)
        added = Delivery.objects.insert_for(notice, audience.units(notice.audience_rules.all()))
        if added or restored:
            record("tracking.deliver", notice, by=by, after={"units": added, "restored": restored})
    return added


def _keep_in_step(sent, notice):
    """Repeat on the deliveries what the notice says now; a unit that has answered keeps what it was asked."""
    sent.exclude(category_id=notice.category_id).update(category_id=notice.category_id)
    outdated = sent.exclude(receipt_kind=notice.receipt_kind)
    verb = "drop_receipt" if notice.receipt_kind == ReceiptKind.NONE else "ask_receipt"
    move_rows(outdated, MOVES, verb, field="receipt_state", receipt_kind=notice.receipt_kind)


def deliver_open_notices(unit):
    """Send a newly certified unit the notices that are still open and meant for it; returns how many."""
    return _deliver_open_notices(Unit.objects.filter(pk=unit.pk), unit_id=unit.pk)


def deliver_open_notices_to_newcomers(decided_at):
    """The same for all units that were certified at one moment, as an import does; returns how many deliveries."""
    certified = Membership.objects.certifications().filter(decided_at=decided_at, state=MembershipState.ACTIVE)
    return _deliver_open_notices(Unit.objects.filter(pk__in=certified.values("unit_id")))


def _deliver_open_notices(newcomers, unit_id=None):
    notices = Delivery.notice.field.related_model.objects.open_for_newcomers(timezone.now())
    added = 0
    for notice in notices.prefetch_related("audience_rules"):
        with transaction.atomic():
            reached = audience.units(notice.audience_rules.all()).filter(pk__in=newcomers.values("pk"))
            inserted = Delivery.objects.insert_for(notice, reached)
            if inserted:
                record("tracking.deliver", notice, by=None, unit_id=unit_id, after={"units": inserted})
            added += inserted
    return added


def recall(notice, *, by=None):
    """Take the notice back: it leaves lists and badges, its page says that it was recalled. Returns how many units."""
    with transaction.atomic():
        recalled = Delivery.objects.standing().filter(notice=notice).update(recalled_at=timezone.now())
        if recalled:
            record("tracking.recall", notice, by=by, after={"units": recalled})
    return recalled


def mark_read(delivery, *, by):
    """The unit has opened the notice (guide 二.(一)); true for whoever was first. The fact on the row is its record.

    Somebody without a seat in the unit (staff who look at it) reads nothing for the unit.
    """
    now = timezone.now()
    own = Unit.objects.filter(seats__user=by)  # a subquery on other tables: the row itself is judged after any wait
    unread = Delivery.objects.unread().filter(pk=delivery.pk, unit__in=own)
    is_first = bool(unread.update(read_at=now, read_by=by))
    if is_first:
        delivery.read_at, delivery.read_by = now, by
    return is_first


def mark_all_read(unit, *, by, category=None):
    """全部标为已读, of a category or of all; what wants a receipt stays unread until it is opened. Returns how many."""
    unread = Delivery.objects.unread().asking_nothing().filter(unit=unit, unit__in=Unit.objects.filter(seats__user=by))
    if category:
        unread = unread.filter(category=category)
    return unread.update(read_at=timezone.now(), read_by=by)


def submit_receipt(delivery, *, by, version, document=None, opinions=(), attendees=()):
    """Return the unit's receipt, or a revision of it (guide 二.(二)).

    `version` is the number of versions that the person saw (0 for the first); whoever comes second with the same number
    is refused. `opinions` are dicts of item, choice, comment; `attendees` dicts of Attendee's fields; the form has
    checked them. Raises Refusal after the deadline, on a recalled notice and on a stale version; PermissionDenied for
    somebody, or with a file, of another unit.
    """
    require(permissions.may_answer(by, delivery, document))
    now = timezone.now()
    with transaction.atomic():
        unmoved = Delivery.objects.standing().filter(pk=delivery.pk, receipt_version=version)
        is_open = Delivery.objects.open_for_receipt(now).filter(pk=delivery.pk).values("pk")
        changes = {"receipt_version": version + 1, "receipted_at": now}
        rows = unmoved.filter(pk__in=is_open)
        if not move_rows(rows, MOVES, "submit_receipt", field="receipt_state", **changes):
            raise refusal_to_submit(delivery, version)
        mark_read(delivery, by=by)
        Receipt.objects.current().filter(delivery=delivery).update(superseded_at=now)
        receipt = Receipt.objects.create(
            delivery=delivery, version=version + 1, submitted_at=now, submitted_by=by, document=document
        )
        Opinion.objects.bulk_create(Opinion(receipt=receipt, **opinion) for opinion in opinions)
        Attendee.objects.bulk_create(Attendee(receipt=receipt, **attendee) for attendee in attendees)
        record(
            "tracking.submit_receipt",
            receipt,
            by=by,
            unit_id=delivery.unit_id,
            before={"version": version},
            after={"version": version + 1, "delivery": delivery.pk},
        )
    return receipt


def refusal_to_submit(delivery, version):
    """Why a receipt cannot be returned now, as a sentence with the next step."""
    fresh = Delivery.objects.with_deadline().get(pk=delivery.pk)
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
    return Refusal(
        _("Receipts closed at %(when)s. To hand one in late, contact the association.") % {"when": when},
        code="closed",
    )
