"""Verbs of accounts, by noun: people, codes and numbers, logins."""

from membership.accounts.actions.codes import redeem_code, send_code, tell_holder
from membership.accounts.actions.logins import note_failed_login, note_login, wants_captcha
from membership.accounts.actions.people import change_password, rename, save_staff
from membership.accounts.actions.phones import change_phone, complete_sign_up, drop_unverified, pretend_sign_up

__all__ = [
    "change_password",
    "change_phone",
    "complete_sign_up",
    "drop_unverified",
    "note_failed_login",
    "note_login",
    "pretend_sign_up",
    "redeem_code",
    "rename",
    "save_staff",
    "send_code",
    "tell_holder",
    "wants_captcha",
]
