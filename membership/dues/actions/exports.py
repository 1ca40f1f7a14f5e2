"""The verbs by which lists of dues leave the house: each leaves a record of who took how many rows."""

import csv
import io
from datetime import datetime

from django.core.files.base import ContentFile
from django.utils import timezone
from django.utils.translation import gettext as _

from membership import spreadsheets
from membership.audit.actions import record
from membership.dues import permissions
from membership.dues.owing import debts, in_short
from membership.exceptions import Refusal
from membership.jobs import actions as jobs
from membership.spreadsheets.writing import safe_text
from membership.units.permissions import require

AT_ONCE = 500
WHILE_WAITING = 2000  # rows up to which a person waits for the workbook; beyond, a job makes it


def export_orders(orders, *, by):
    """These orders as a workbook, a File named after the day."""
    titles = [
        _("Order number"), _("Unit"), _("Credit code"), _("Level"), _("First year"), _("Last year"),
        _("Yuan of the order"), _("Yuan received"), _("State"), _("Ordered at"), _("To be paid by"), _("Arrived on"),
        _("Remittance code"), _("Transferring unit"), _("Contact person"), _("Contact phone"), _("Kind of invoice"),
        _("Title of the invoice"), _("Tax number"),
    ]  # fmt: skip
    rows = orders.with_received().for_list().iterator(chunk_size=AT_ONCE)
    return _workbook("dues.export_orders", _("Dues orders"), titles, [_order(row) for row in rows], by)


def _order(order):
    return [
        order.number, order.unit.name, order.unit.uscc, order.level.name, order.first_year, order.last_year,
        order.amount, order.received, order.get_state_display(), order.placed_at, order.pay_by, order.paid_on,
        order.remittance_code, order.payer_name, order.contact_name, order.contact_phone,
        order.get_invoice_kind_display(), order.invoice_title, order.tax_no,
    ]  # fmt: skip


def export_arrears(certifications, *, by, kind="xlsx"):
    """What these members owe, also year by year, as a workbook or with the kind "csv" as plain text.

    A File named after the day.
    """
    titles = [
        _("Unit"), _("Credit code"), _("Level"), _("Years in arrears"), _("Yuan owed"), _("Dues paid through"),
        _("Last reminded"), _("Contact person"), _("Contact phone"),
    ]  # fmt: skip
    now, members = timezone.now(), list(certifications)
    portions = (members[start : start + AT_ONCE] for start in range(0, len(members), AT_ONCE))
    found = [debt for portion in portions for debt in debts(portion, now)]
    years = sorted({year for debt in found for year in debt.years})
    titles += [_("Owed for %(year)s") % {"year": year} for year in years]
    make = _csv if kind == "csv" else _workbook
    return make("dues.export_arrears", _("Dues receivable"), titles, [_debt(debt, years) for debt in found], by)


def _debt(debt, years):
    unit, prices = debt.unit, dict(debt.lines)
    return [
        unit.name, unit.uscc, debt.certification.level.name, in_short(debt.years), debt.amount, debt.paid_through,
        debt.reminded_at, unit.contact_name, unit.contact_phone, *(prices.get(year) for year in years),
    ]  # fmt: skip


def _workbook(verb, title, titles, rows, by):
    require(permissions.may_see_orders(by))
    record(verb, by, by=by, after={"rows": len(rows)}, in_history=False)
    columns = [spreadsheets.Column(title) for title in titles]
    return spreadsheets.as_file(
        [spreadsheets.Sheet(title, columns, rows)], f"{title} {timezone.localdate():%Y-%m-%d}.xlsx"
    )


def _csv(verb, title, titles, rows, by):
    """As programs of the office read it: UTF-8 with its mark, days as 2026-12-31, nothing that could be a formula."""
    require(permissions.may_see_orders(by))
    record(verb, by, by=by, after={"rows": len(rows)}, in_history=False)
    text = io.StringIO()
    csv.writer(text).writerows([titles, *([_plain(cell) for cell in row] for row in rows)])
    return ContentFile(text.getvalue().encode("utf-8-sig"), name=f"{title} {timezone.localdate():%Y-%m-%d}.csv")


def _plain(cell):
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return f"{timezone.localtime(cell):%Y-%m-%d %H:%M}"
    return safe_text(cell) if isinstance(cell, str) else str(cell)


def request_workbook(name, *, by, title, chosen, **more):
    """Ask the worker for the file of a list (orders, arrears) narrowed by `chosen`; returns the Job."""
    require(permissions.may_see_orders(by))
    if name not in ("orders", "arrears"):
        raise Refusal(_("There is no such list."), code="unknown")
    return jobs.enqueue(f"dues.export_{name}", by=by, title=title, user_id=by.pk, chosen=chosen, **more)
