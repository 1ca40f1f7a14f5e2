"""That somebody has taken a file of the books away."""

from membership.audit.actions import record
from membership.dues import permissions
from membership.units.permissions import require


def download_invoice(invoice_file, *, by):
    """Put the download of one file of an invoice on record; returns the document that is handed over."""
    order = invoice_file.invoice.order
    require(permissions.may_order(by, order.unit) or permissions.may_see_orders(by))
    record(
        "dues.download_invoice",
        invoice_file.invoice,
        by=by,
        unit_id=order.unit_id,
        after={"document": str(invoice_file.document_id)},
    )
    return invoice_file.document
