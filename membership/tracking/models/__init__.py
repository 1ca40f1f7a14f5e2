"""Nouns of tracking, by file."""

from membership.tracking.models.deliveries import Delivery
from membership.tracking.models.receipts import Attendee, Opinion, Receipt, ReceiptDraft
from membership.tracking.models.reminders import Reminder, ReminderRule, ReminderSettings
from membership.tracking.models.results import DeliberationResult, EntitledUnit
from membership.tracking.models.standing import Listed

__all__ = [
    "Attendee",
    "DeliberationResult",
    "Delivery",
    "EntitledUnit",
    "Listed",
    "Opinion",
    "Receipt",
    "ReceiptDraft",
    "Reminder",
    "ReminderRule",
    "ReminderSettings",
]
