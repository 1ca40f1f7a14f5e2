"""Verbs of dues, by noun."""

from membership.dues.actions.invoice_requests import (
    download_invoice,
    refuse_reissue,
    request_reissue,
    send_invoice,
)
from membership.dues.actions.invoices import add_invoice_file, issue_invoice, replace_invoice, void_invoice
from membership.dues.actions.orders import cancel_order, expire_orders, place_order, upload_proof
from membership.dues.actions.payments import (
    enter_paid_years,
    record_payment,
    reverse_payments,
    take_back_paid_year,
    tell_paid,
)
from membership.dues.actions.standards import set_standard, withdraw_standard

__all__ = [
    "add_invoice_file",
    "cancel_order",
    "download_invoice",
    "enter_paid_years",
    "expire_orders",
    "issue_invoice",
    "place_order",
    "record_payment",
    "refuse_reissue",
    "replace_invoice",
    "request_reissue",
    "reverse_payments",
    "send_invoice",
    "set_standard",
    "take_back_paid_year",
    "tell_paid",
    "upload_proof",
    "void_invoice",
    "withdraw_standard",
]
