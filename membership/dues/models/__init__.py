"""Nouns of dues, by file."""

from membership.dues.models.bank import BankEntry, BankStatement
from membership.dues.models.invoices import Invoice, InvoiceFile, ReissueRequest
from membership.dues.models.ledger import PaidYear, Payment
from membership.dues.models.numbers import NumberSeries
from membership.dues.models.orders import BillingProfile, DuesOrder, OrderYear
from membership.dues.models.refunds import Refund
from membership.dues.models.reminders import DuesReminder, DuesReminderRule
from membership.dues.models.settings import DuesSettings
from membership.dues.models.standards import DuesRate, DuesStandard
from membership.dues.models.waivers import DuesWaiver

__all__ = [
    "BankEntry",
    "BankStatement",
    "BillingProfile",
    "DuesOrder",
    "DuesRate",
    "DuesReminder",
    "DuesReminderRule",
    "DuesSettings",
    "DuesStandard",
    "DuesWaiver",
    "Invoice",
    "InvoiceFile",
    "NumberSeries",
    "OrderYear",
    "PaidYear",
    "Payment",
    "Refund",
    "ReissueRequest",
]
