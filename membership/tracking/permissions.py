"""Who may do what with deliveries and receipts."""

from membership.units.permissions import may_act_for


def may_answer(user, delivery, document=None):
    """Whoever has a seat in the unit that the notice was delivered to, with a file of that unit."""
    return may_act_for(user, delivery.unit) and (document is None or document.unit_id == delivery.unit_id)
