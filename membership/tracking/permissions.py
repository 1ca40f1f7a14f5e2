"""Who may do what with deliveries and receipts."""

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


def _is_of(document, delivery):
    return document is None or document.unit_id == delivery.unit_id
