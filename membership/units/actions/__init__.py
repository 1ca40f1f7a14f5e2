"""Verbs of the member register, by noun."""

from membership.units.actions.applications import (
    apply,
    refusal_to_apply,
    register_unit,
    revise,
    save_draft,
    submit,
    withdraw,
)
from membership.units.actions.categories import is_category_used, remove_category
from membership.units.actions.changes import (
    request_change,
    request_leave,
    update_branch_contact,
    update_contact,
    withdraw_request,
)
from membership.units.actions.closing import close_account, refusal_to_close
from membership.units.actions.documents import erase_documents, store_document
from membership.units.actions.exports import export_expiring, export_members
from membership.units.actions.imports import confirm_import, start_import
from membership.units.actions.moving import tell_owner, unless_taken
from membership.units.actions.pages import draw_pages, forget_page, page_image
from membership.units.actions.phones import rebind_phone
from membership.units.actions.reviews import (
    add_note,
    approve,
    assign,
    claim,
    judge,
    next_member_no,
    reject,
    release,
    send_back,
)
from membership.units.actions.rules import save_rules
from membership.units.actions.seats import (
    accept_invitation,
    decline_invitation,
    hand_over,
    invite,
    leave_seat,
    remove_seat,
    revoke_invitation,
)
from membership.units.actions.secretaries import appoint_secretary, dismiss_secretary
from membership.units.actions.standing import change_level, leave, resume, suspend

__all__ = [
    "accept_invitation",
    "add_note",
    "apply",
    "appoint_secretary",
    "approve",
    "assign",
    "change_level",
    "claim",
    "close_account",
    "confirm_import",
    "decline_invitation",
    "dismiss_secretary",
    "draw_pages",
    "erase_documents",
    "export_expiring",
    "export_members",
    "forget_page",
    "hand_over",
    "invite",
    "is_category_used",
    "judge",
    "leave",
    "leave_seat",
    "next_member_no",
    "page_image",
    "rebind_phone",
    "refusal_to_apply",
    "refusal_to_close",
    "register_unit",
    "reject",
    "release",
    "remove_category",
    "remove_seat",
    "request_change",
    "request_leave",
    "resume",
    "revise",
    "revoke_invitation",
    "save_draft",
    "save_rules",
    "send_back",
    "store_document",
    "start_import",
    "submit",
    "suspend",
    "tell_owner",
    "unless_taken",
    "update_branch_contact",
    "update_contact",
    "withdraw",
    "withdraw_request",
]
