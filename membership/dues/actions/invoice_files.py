"""Files of invoices on their way in: stored for the unit of the order before the invoice is entered, and only once."""

import hashlib

from membership.units import uploads
from membership.units.actions import store_document
from membership.units.models import Document
from membership.units.states import DocumentKind


def store_invoice_file(upload, order, *, by):
    """Keep a PDF, OFD or XML for the unit of the order; returns the document.

    The same file that lies there already without an invoice is taken instead of a second copy. Raises ValidationError
    with a sentence for the user, PermissionDenied for who may not enter invoices.
    """
    digest = digest_of(upload)
    loose = Document.objects.for_user(by).filter(unit=order.unit_id, kind=DocumentKind.INVOICE, invoice_file=None)
    known = loose.filter(sha256=digest, mime__in=uploads.INVOICES).first()
    chosen = {"unit": order.unit, "kind": DocumentKind.INVOICE, "accept": uploads.INVOICES}
    return known or store_document(upload, by=by, **chosen)


def digest_of(upload):
    """sha256 in hex of what was uploaded."""
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()
