"""Verbs of dues, by noun."""

from membership.dues.actions.exports import export_arrears, export_orders, request_workbook
from membership.dues.actions.orders import cancel_order, expire_orders, place_order, upload_proof
from membership.dues.actions.payments import (
    enter_paid_years,
    record_payment,
    reverse_payments,
    take_back_paid_year,
    tell_paid,
)
from membership.dues.actions.reminders import remind, remind_by_rules
from membership.dues.actions.standards import set_standard, withdraw_standard

__all__ = [
    "cancel_order",
    "enter_paid_years",
    "expire_orders",
    "export_arrears",
    "export_orders",
    "place_order",
    "record_payment",
    "remind",
    "remind_by_rules",
    "request_workbook",
    "reverse_payments",
    "set_standard",
    "take_back_paid_year",
    "tell_paid",
    "upload_proof",
    "withdraw_standard",
]
