"""Private files on their way to a person who may have them."""

from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from cms.actions import with_pages_counted
from membership.dues import actions
from membership.dues.models import InvoiceFile
from membership.private_files import as_download
from membership.units.models import Document
from membership.units.page_answers import page_answer, show_viewer
from membership.units.states import DocumentKind
from portal.mailbox import delivery_or_404, placement_or_404
from portal.receipt_forms import filled_form
from portal.views.gates import for_certified_units


@require_safe
@for_certified_units
def attachment(request, pk, attachment_pk):
    """A file of a notice that was delivered to the unit and not recalled; a form with its facts in it."""
    delivery = delivery_or_404(request, pk)
    placement = placement_or_404(delivery, attachment_pk)
    return filled_form(delivery, placement) or hand_over(request, placement.attachment)


@require_safe
@for_certified_units
def attachment_view(request, pk, attachment_pk):
    """The pages of such a file as images."""
    stored = with_pages_counted(placement_or_404(delivery_or_404(request, pk), attachment_pk).attachment)
    address = reverse("portal:attachment", args=[pk, attachment_pk])
    return show_viewer(request, stored, address=address, heading=stored.title, template="portal/documents/view.html")


@require_safe
@for_certified_units
def attachment_page(request, pk, attachment_pk, number):
    """One page of such a file as an image."""
    return page_answer(placement_or_404(delivery_or_404(request, pk), attachment_pk).attachment, number)


@require_safe
def document(request, pk):
    """A file of the unit; staff get the kinds that their permissions name. Fetching an invoice leaves a line."""
    stored = _document_or_404(request, pk)
    if stored.kind != DocumentKind.INVOICE:
        return hand_over(request, stored)
    files = InvoiceFile.objects.for_user(request.user).select_related("document", "invoice__order__unit")
    found = get_object_or_404(files, document=stored)
    return hand_over(request, actions.download_invoice(found, by=request.user), found.download_name)


@require_safe
def document_view(request, pk):
    """The pages of such a file as images: a page of its own, or for a dialog the viewer alone."""
    stored = _document_or_404(request, pk)
    address = reverse("portal:document", args=[pk])
    heading = stored.get_kind_display()
    return show_viewer(request, stored, address=address, heading=heading, template="portal/documents/view.html")


@require_safe
def document_page(request, pk, number):
    """One page of such a file as an image."""
    return page_answer(_document_or_404(request, pk), number)


def _document_or_404(request, pk):
    """The file, if this person may have it; of invoices a unit has those that stand."""
    stored = get_object_or_404(Document.objects.for_user(request.user), pk=pk)
    if stored.kind == DocumentKind.INVOICE and not request.user.is_staff:
        get_object_or_404(InvoiceFile.objects.for_user(request.user), document=stored, invoice__voided_at=None)
    return stored


def hand_over(request, stored, name=""):
    """The file as a download, under its own name if not another; words and a number to call when it is lost."""
    try:
        return as_download(stored.file, name=name or stored.original_name, mime=stored.mime)
    except FileNotFoundError:
        return render(request, "portal/file_missing.html", {"name": stored.original_name}, status=404)
