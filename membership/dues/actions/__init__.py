"""Verbs of dues, by noun."""

from membership.dues.actions.desk import accept, assign, discard, restore
from membership.dues.actions.orders import cancel_order, expire_orders, place_order, upload_proof
from membership.dues.actions.payments import (
    enter_paid_years,
    record_payment,
    reverse_payments,
    take_back_paid_year,
    tell_paid,
)
from membership.dues.actions.settling import retry_matching
from membership.dues.actions.standards import set_standard, withdraw_standard
from membership.dues.actions.statements import choose_columns, confirm_statement, upload_statement

__all__ = [
    "accept",
    "assign",
    "cancel_order",
    "choose_columns",
    "confirm_statement",
    "discard",
    "enter_paid_years",
    "expire_orders",
    "place_order",
    "record_payment",
    "restore",
    "retry_matching",
    "reverse_payments",
    "set_standard",
    "take_back_paid_year",
    "tell_paid",
    "upload_proof",
    "upload_statement",
    "withdraw_standard",
]
