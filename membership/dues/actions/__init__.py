"""Verbs of dues, by noun."""

from membership.dues.actions.desk import accept, assign, comment_on, discard, restore
from membership.dues.actions.exports import export_arrears, export_orders, request_workbook
from membership.dues.actions.invoice_batches import file_invoices
from membership.dues.actions.invoice_exports import export_awaiting_invoice
from membership.dues.actions.invoice_files import store_invoice_file
from membership.dues.actions.invoice_requests import (
    download_invoice,
    refuse_reissue,
    request_reissue,
    send_invoice,
)
from membership.dues.actions.invoices import add_invoice_file, issue_invoice, replace_invoice, void_invoice
from membership.dues.actions.letters import print_letters
from membership.dues.actions.orders import cancel_order, expire_orders, place_order, upload_proof
from membership.dues.actions.payments import (
    enter_paid_years,
    record_payment,
    reverse_payments,
    take_back_paid_year,
    tell_paid,
)
from membership.dues.actions.refunds import Transfer, refund_credit, refund_payment, take_back_refund
from membership.dues.actions.reminders import remind, remind_all, remind_by_rules
from membership.dues.actions.settling import retry_matching
from membership.dues.actions.standards import set_standard, withdraw_standard
from membership.dues.actions.statements import choose_columns, confirm_statement, upload_statement
from membership.dues.actions.waivers import grant_waiver, take_back_waiver

__all__ = [
    "Transfer",
    "accept",
    "add_invoice_file",
    "assign",
    "cancel_order",
    "choose_columns",
    "comment_on",
    "confirm_statement",
    "discard",
    "download_invoice",
    "enter_paid_years",
    "expire_orders",
    "export_arrears",
    "export_awaiting_invoice",
    "export_orders",
    "file_invoices",
    "grant_waiver",
    "issue_invoice",
    "place_order",
    "print_letters",
    "record_payment",
    "refund_credit",
    "refund_payment",
    "refuse_reissue",
    "remind",
    "remind_all",
    "remind_by_rules",
    "replace_invoice",
    "request_reissue",
    "request_workbook",
    "restore",
    "retry_matching",
    "reverse_payments",
    "send_invoice",
    "set_standard",
    "store_invoice_file",
    "take_back_paid_year",
    "take_back_refund",
    "take_back_waiver",
    "tell_paid",
    "upload_proof",
    "upload_statement",
    "void_invoice",
    "withdraw_standard",
]
