"""Verbs of tracking, by noun."""

from membership.tracking.actions.delivering import (
    deliver,
    deliver_open_notices,
    deliver_open_notices_to_newcomers,
    leave_counts,
    recall,
)
from membership.tracking.actions.exports import note_paper, request_export
from membership.tracking.actions.reading import mark_all_read, mark_read
from membership.tracking.actions.receipts import (
    enter_receipt,
    extend_deadline,
    refusal_to_submit,
    save_receipt_draft,
    send_back_receipt,
    submit_receipt,
)
from membership.tracking.actions.reminders import announce, due_by, forecast, remind_by_rules, request_reminders
from membership.tracking.actions.results import erase_attendees, freeze_result, record_attendance

__all__ = [
    "announce",
    "deliver",
    "deliver_open_notices",
    "deliver_open_notices_to_newcomers",
    "due_by",
    "enter_receipt",
    "erase_attendees",
    "extend_deadline",
    "forecast",
    "freeze_result",
    "leave_counts",
    "mark_all_read",
    "mark_read",
    "note_paper",
    "recall",
    "record_attendance",
    "refusal_to_submit",
    "remind_by_rules",
    "request_export",
    "request_reminders",
    "save_receipt_draft",
    "send_back_receipt",
    "submit_receipt",
]
