"""Verbs of the member register, by noun: units and their memberships, seats."""

from membership.units.actions.phones import rebind_phone
from membership.units.actions.register import apply, approve, register_unit, reject, send_back, store_document, submit
from membership.units.actions.seats import (
    accept_invitation,
    decline_invitation,
    hand_over,
    invite,
    leave_seat,
    remove_seat,
    revoke_invitation,
)

__all__ = [
    "accept_invitation",
    "apply",
    "approve",
    "decline_invitation",
    "hand_over",
    "invite",
    "leave_seat",
    "rebind_phone",
    "register_unit",
    "reject",
    "remove_seat",
    "revoke_invitation",
    "send_back",
    "store_document",
    "submit",
]
