"""The list of what waits for its invoice, for the program of the tax office or the treasury."""

from django.utils import timezone
from django.utils.translation import gettext as _

from membership import spreadsheets
from membership.audit.actions import record
from membership.dues import permissions
from membership.units.permissions import require

AT_ONCE = 500


def export_awaiting_invoice(orders, *, by):
    """These orders as a workbook, a File named after the day. Its columns are fixed: docs/dues.md."""
    require(permissions.may_issue(by))
    titles = [
        _("Order number"), _("Title of the invoice"), _("Tax number"), _("Amount"), _("Item"), _("Kind of invoice"),
        _("Address and telephone"), _("Bank and account"), _("E-mail"), _("Mobile"), _("Remarks"),
    ]  # fmt: skip
    rows = [_row(order) for order in orders.select_related("unit").iterator(chunk_size=AT_ONCE)]
    record("dues.export_awaiting_invoice", by, by=by, after={"rows": len(rows)}, in_history=False)
    title = _("Awaiting invoice")
    sheet = spreadsheets.Sheet(title, [spreadsheets.Column(each) for each in titles], rows)
    return spreadsheets.as_file([sheet], f"{title} {timezone.localdate():%Y-%m-%d}.xlsx")


def _row(order):
    years = str(order.first_year) if order.years == 1 else f"{order.first_year}-{order.last_year}"
    return [
        order.number,
        order.invoice_title,
        order.tax_no,
        order.amount,
        _("Dues %(years)s") % {"years": years},
        order.get_invoice_kind_display(),
        f"{order.reg_address} {order.reg_phone}".strip(),
        f"{order.bank_name} {order.bank_account}".strip(),
        order.email,
        order.contact_phone,
        _remarks(order),
    ]


def _remarks(order):
    """What the unit wants to read there, and its name where the title is another."""
    name = "" if order.unit.name == order.invoice_title else order.unit.name
    return "；".join(text for text in (order.remark, name) if text)
