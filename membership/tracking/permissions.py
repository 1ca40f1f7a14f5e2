"""Who may do what with deliveries and receipts."""

from membership.units.permissions import may_act_for


def may_answer(user, delivery):
    """Whoever has a seat in the unit that the notice was delivered to."""
    return may_act_for(user, delivery.unit)
