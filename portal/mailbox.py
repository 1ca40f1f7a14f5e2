"""What the association has sent to the unit of the person who asks: pages and API read it here."""

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from cms.models import NoticeAttachment
from membership.tracking.models import Delivery
from membership.tracking.states import ReceiptKind
from portal.shell import Shell

# The states by which the list is narrowed: {key: (label, how)}.
FILTERS = {
    "": (_("All states"), lambda sent, now: sent),
    "unread": (_("Unread"), lambda sent, now: sent.unread()),
    "awaiting": (_("Receipt awaited"), lambda sent, now: sent.awaiting_receipt().open_for_receipt(now)),
    "closed": (_("Past the deadline"), lambda sent, now: sent.overdue(now)),
}


def sent_to(request) -> QuerySet:
    """What was delivered to the unit of this person, and to no other even where the person is staff."""
    return Delivery.objects.for_user(request.user).filter(unit=Shell.of(request).unit)


def delivery_or_404(request, pk) -> Delivery:
    """The delivery with its notice; that of another unit does not exist."""
    delivery = sent_to(request).for_detail().filter(pk=pk).first()
    if delivery is None:
        raise Http404
    return delivery


def placement_or_404(delivery, pk) -> NoticeAttachment:
    """A file on the notice, as long as it is not recalled."""
    placements = NoticeAttachment.objects.select_related("attachment").filter(page_id=delivery.notice_id, pk=pk)
    placement = placements.first() if delivery.recalled_at is None else None
    if placement is None:
        raise Http404
    return placement


def agenda_of(delivery):
    """The agenda items that the receipt must answer: none but for a deliberation."""
    is_deliberation = delivery.receipt_kind == ReceiptKind.DELIBERATION
    return list(delivery.notice.agenda_items.all()) if is_deliberation else []


def current_receipt(delivery):
    """The version that counts with its answers, or None while nothing was returned."""
    return delivery.receipts.current().with_answers().first() if delivery.receipt_version else None


def earlier_receipts(delivery):
    """The versions that later ones have replaced, the newest first; they are kept for good."""
    if delivery.receipt_version < 2:
        return []
    replaced = delivery.receipts.filter(superseded_at__isnull=False)
    return list(replaced.select_related("submitted_by", "document").order_by("-version"))


def repeated_receipt(delivery, form, by):
    """The receipt as it stands when this person has just returned the very same one (a button pressed twice), or None.

    `delivery` is freshly read, `form` is valid.
    """
    receipt = current_receipt(delivery)
    return receipt if receipt and receipt.submitted_by_id == by.pk and form.repeats(receipt) else None
