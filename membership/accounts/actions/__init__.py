"""Verbs of accounts, by noun: people, codes and numbers, logins, the second factor."""

from membership.accounts.actions.codes import redeem_code, send_code, tell_holder
from membership.accounts.actions.logins import note_failed_login, note_login, wants_captcha
from membership.accounts.actions.people import rename, save_staff
from membership.accounts.actions.phones import (
    change_phone,
    complete_sign_up,
    drop_unverified,
    move_number,
    pretend_sign_up,
)
from membership.accounts.actions.second_factor import note_second_factor, reset_second_factor

__all__ = [
    "change_phone",
    "complete_sign_up",
    "drop_unverified",
    "move_number",
    "note_failed_login",
    "note_login",
    "note_second_factor",
    "pretend_sign_up",
    "redeem_code",
    "rename",
    "save_staff",
    "reset_second_factor",
    "send_code",
    "tell_holder",
    "wants_captcha",
]
