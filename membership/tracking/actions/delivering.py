"""Verbs that send a notice out and take it back."""

from django.db import transaction
from django.utils import timezone

from membership.audit.actions import record
from membership.jobs import actions as jobs
from membership.moves import move_rows
from membership.tracking import audience
from membership.tracking.models import Delivery
from membership.tracking.states import MOVES, ReceiptKind
from membership.units.models import Membership, Unit
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
        if added and notice.notify_by_sms:
            jobs.enqueue("tracking.announce", notice_id=notice.pk)
    return added


def _keep_in_step(sent, notice):
    """Repeat on the deliveries what the notice says now; a unit that has answered keeps what it was asked."""
    place = {"category": notice.category_id, "pinned": notice.pinned}
    sent.exclude(**place).update(**place)
    outdated = sent.exclude(receipt_kind=notice.receipt_kind)
    verb = "drop_receipt" if notice.receipt_kind == ReceiptKind.NONE else "ask_receipt"
    move_rows(outdated, MOVES, verb, field="receipt_state", receipt_kind=notice.receipt_kind)


def leave_counts(unit):
    """The unit has left the association: it keeps what it was sent, and nobody counts or reminds it any more.

    Returns of how many notices. One that is a member again meanwhile is counted.
    """
    gone = Unit.objects.filter(pk=unit.pk).exclude(pk__in=Unit.objects.certified().values("pk"))
    return Delivery.objects.of_members().filter(unit__in=gone).update(left_at=timezone.now())


def deliver_open_notices(unit):
    """Send a newly certified unit the notices that are still open and meant for it; returns how many.

    One that had left is counted again.
    """
    return _deliver_open_notices(Unit.objects.filter(pk=unit.pk), unit_id=unit.pk)


def deliver_open_notices_to_newcomers(decided_at):
    """The same for all units that were certified at one moment, as an import does; returns how many deliveries."""
    certified = Membership.objects.certifications().filter(decided_at=decided_at, state=MembershipState.ACTIVE)
    return _deliver_open_notices(Unit.objects.filter(pk__in=certified.values("unit_id")))


def _deliver_open_notices(newcomers, unit_id=None):
    again = Unit.objects.certified().filter(pk__in=newcomers.values("pk"))
    Delivery.objects.filter(left_at__isnull=False, unit__in=again).update(left_at=None)
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


def recall(notice, *, by=None, reason=""):
    """Take the notice back: it leaves lists and badges, its page says that it was recalled and why.

    Returns from how many units.
    """
    with transaction.atomic():
        recalled = Delivery.objects.standing().filter(notice=notice).update(recalled_at=timezone.now())
        if recalled:
            type(notice).objects.filter(pk=notice.pk).update(recall_reason=reason)
            record("tracking.recall", notice, by=by, after={"units": recalled})
    return recalled
