"""A notice as a unit will see it, for the editor who writes it: a sample unit, nothing stored and nothing read."""

from types import SimpleNamespace

from django.shortcuts import render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from cms.models import NoticeCategory
from membership.tracking.forms import ReceiptForm
from membership.tracking.models import Delivery
from membership.tracking.states import ReceiptKind, ReceiptOrigin, ReceiptState
from membership.units.models import Unit
from membership.units.states import MembershipState
from portal.marks import Message, left_to_do, step_numbers
from portal.message_parts import parts_of
from portal.shell import Shell


class SampleShell(Shell):
    """What stands around the page for a certified unit."""

    state = MembershipState.ACTIVE
    memberships = ()
    unread = {}

    @cached_property
    def unit(self):
        return Unit(name=_("Sample unit"))


def show_notice_as_unit(request, notice, has_answered):
    """The page of the message, with the empty form or with a sample of the answer."""
    request.shell = SampleShell(request)
    asks = notice.asks_receipt
    matters = _numbered(notice.agenda_items.all()) if notice.receipt_kind == ReceiptKind.DELIBERATION else []
    delivery = _sample_delivery(notice, request.shell.unit, has_answered and asks)
    message = Message(delivery, timezone.now())
    form = receipt = None
    if asks and has_answered:
        receipt = _sample_receipt(request.user, matters)
    elif message.is_open:
        form = ReceiptForm.for_delivery(delivery, matters, by=request.user)
    placements = _numbered(notice.attachments.all())
    parts = parts_of(message, notice if hasattr(notice, "venue") else None, placements, with_form=form)
    context = parts | {
        "receipt": receipt,
        "earlier": [],
        "draft_version": 0,
        "saved": "",
        "form": form,
        "steps": step_numbers(form, parts["to_fill_in"]) if form else {},
        "left_to_do": left_to_do(form) if form else [],
    }
    return render(request, "portal/messages/detail.html", context)


def _numbered(rows):
    """Rows of a draft have no number yet; the page names their fields and addresses by it."""
    rows = list(rows)
    for number, row in enumerate(rows):
        row.pk = row.pk or 10**9 + number
    return rows


def _sample_delivery(notice, unit, is_answered):
    now = timezone.now()
    asked = ReceiptState.SUBMITTED if is_answered else ReceiptState.AWAITING
    delivery = Delivery(
        pk=0,
        notice=notice,
        unit=unit,
        category=notice.category if notice.category_id else NoticeCategory(),
        delivered_at=now,
        read_at=now,
        receipt_kind=notice.receipt_kind,
        receipt_state=asked if notice.asks_receipt else ReceiptState.NONE,
        receipted_at=now if is_answered else None,
    )
    delivery.deadline, delivery.came_late = notice.deadline, False
    delivery.newer = delivery.older = None
    return delivery


def _sample_receipt(user, matters):
    """A first version in which the sample unit chose the first opinion on every matter."""
    opinions = [SimpleNamespace(item=matter, label=matter.choices[0][1], comment="") for matter in matters]
    return SimpleNamespace(
        submitted_by=user,
        submitted_at=timezone.now(),
        version=1,
        origin=ReceiptOrigin.PORTAL,
        is_late=False,
        declined_because="",
        opinions=SimpleNamespace(all=opinions),
        attendees=SimpleNamespace(all=[]),
        document=None,
    )
