"""Verbs of the member register, by noun: units and their memberships, seats, numbers, the end of an account."""

from membership.units.actions.closing import close_account, refusal_to_close
from membership.units.actions.pages import draw_pages, forget_page, page_image
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
    "close_account",
    "decline_invitation",
    "draw_pages",
    "forget_page",
    "hand_over",
    "invite",
    "leave_seat",
    "page_image",
    "rebind_phone",
    "refusal_to_close",
    "register_unit",
    "reject",
    "remove_seat",
    "revoke_invitation",
    "send_back",
    "store_document",
    "submit",
]
