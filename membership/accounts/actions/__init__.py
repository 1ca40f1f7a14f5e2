"""Verbs of accounts, by noun: people, codes and numbers, logins, sessions, the second factor."""

from membership.accounts.actions.codes import redeem_code, send_code, tell_holder
from membership.accounts.actions.logins import note_failed_login, note_login, wants_captcha
from membership.accounts.actions.people import (
    change_password,
    close_account,
    note_export,
    rename,
    save_profile,
    save_staff,
)
from membership.accounts.actions.phones import (
    change_phone,
    complete_sign_up,
    drop_unverified,
    move_number,
    pretend_sign_up,
)
from membership.accounts.actions.second_factor import note_second_factor, reset_second_factor
from membership.accounts.actions.sessions import end_other_sessions, live_sessions

__all__ = [
    "change_password",
    "change_phone",
    "close_account",
    "complete_sign_up",
    "drop_unverified",
    "end_other_sessions",
    "live_sessions",
    "move_number",
    "note_export",
    "note_failed_login",
    "note_login",
    "note_second_factor",
    "pretend_sign_up",
    "redeem_code",
    "rename",
    "reset_second_factor",
    "save_profile",
    "save_staff",
    "send_code",
    "tell_holder",
    "wants_captcha",
]
