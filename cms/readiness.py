"""What a notice must have before it may be published. Drafts may lack any of it."""

from django.utils.translation import gettext as _

from membership.tracking import audience
from membership.tracking.states import ReceiptKind


def obstacles(notice, *, rules, items, members_only, now):
    """{field: sentence} of all that forbids publishing at `now`; empty when nothing does.

    `rules` and `items` are the audience rules and agenda items that would be published with it; `members_only` says
    whether the notice stands in the members' tree.
    """
    return gaps(notice, items) | _late(notice, now) | _unheard(notice, rules, members_only)


def gaps(notice, items):
    """{field: sentence} of what is missing or contradictory in the notice itself, at any time and for any audience."""
    found = {}
    if notice.asks_formal_receipt and not notice.category.for_receipts:
        found["category"] = _("A notice with a receipt belongs in a category that is meant for receipts.")
    if notice.category.for_receipts and not notice.asks_formal_receipt:
        found["receipt_kind"] = _(
            "This category is meant for notices with a receipt: choose the kind of receipt, or another category."
        )
    if notice.asks_formal_receipt and notice.deadline is None:
        found["deadline"] = _("Say until when receipts are taken.")
    if notice.receipt_kind == ReceiptKind.DELIBERATION and not items:
        found["agenda_items"] = _("Name at least one matter for deliberation.")
    return found


def _late(notice, now):
    """The deadline lies ahead when units get the notice; one that is out keeps its deadline."""
    if not notice.asks_receipt or notice.deadline is None:
        return {}
    if type(notice).objects.live().filter(pk=notice.pk, deadline=notice.deadline).exists():
        return {}
    if notice.go_live_at and notice.go_live_at > now:
        if notice.deadline <= notice.go_live_at:
            return {"deadline": _("The deadline lies before the moment at which the notice goes out.")}
    elif notice.deadline <= now:
        return {"deadline": _("The deadline lies in the past.")}
    return {}


def _unheard(notice, rules, members_only):
    """An empty audience cannot be published as a message; what was sent before may be corrected all the same."""
    if not (rules or members_only or notice.asks_receipt):
        return {}
    if notice.pk and notice.deliveries.exists():
        return {}
    if audience.units(rules).exists():
        return {}
    if not rules:
        return {"audience": _("Choose to whom the notice is sent.")}
    return {"audience": _("No member unit is reached by this choice. Widen it.")}
