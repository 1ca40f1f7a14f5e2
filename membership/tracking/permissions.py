"""Who may do what with deliveries and receipts."""

from membership.tracking.states import Export
from membership.units.permissions import may_act_for


def may_answer(user, delivery, document=None):
    """Whoever has a seat in the unit that the notice was delivered to, with a file of that unit."""
    return may_act_for(user, delivery.unit) and _is_of(document, delivery)


def may_enter(user, delivery, document=None):
    """Staff who manage receipts enter one that came on paper, with a file kept for that unit."""
    return may_manage_receipts(user) and _is_of(document, delivery)


def may_manage_receipts(user):
    """Staff who send receipts back, give more time and record who came."""
    return user.is_active and user.is_staff and user.has_perm("tracking.manage_receipt")


def may_remind(user):
    """Staff who have units reminded by text message."""
    return user.is_active and user.is_staff and user.has_perm("tracking.remind_delivery")


def may_take(user, what):
    """Staff who read receipts take them out as a table; the files only who may also open each of them."""
    reads = user.is_active and user.is_staff and user.has_perm("tracking.view_receipt")
    return reads and (what != Export.BUNDLE or user.has_perm("units.view_receipt_file"))


def _is_of(document, delivery):
    return document is None or document.unit_id == delivery.unit_id
