"""Private files on their way to a person who may have them."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from membership.exceptions import Refusal
from membership.private_files import as_download, as_page_image
from membership.units import actions
from membership.units.models import Document
from membership.units.previews import previews_of
from portal.mailbox import attachment_or_404, delivery_or_404
from portal.views.gates import for_certified_units


@require_safe
@for_certified_units
def attachment(request, pk, attachment_pk):
    """A file of a notice that was delivered to the unit and not recalled."""
    return hand_over(request, attachment_or_404(delivery_or_404(request, pk), attachment_pk))


@require_safe
def document(request, pk):
    """A file that the unit has uploaded; staff get the kinds that their permissions name."""
    return hand_over(request, get_object_or_404(Document.objects.for_user(request.user), pk=pk))


@require_safe
def document_view(request, pk):
    """The pages of such a file as images: a page of its own, or for a dialog (htmx, viewer.js) the viewer alone."""
    stored = get_object_or_404(Document.objects.for_user(request.user), pk=pk)
    [preview] = previews_of([stored])
    template = "components/viewer.html" if request.htmx else "portal/documents/view.html"
    return render(request, template, {"preview": preview, "in_dialog": bool(request.htmx)})


@require_safe
def document_page(request, pk, number):
    """One page of such a file as an image; 409 while another request is drawing it."""
    stored = get_object_or_404(Document.objects.for_user(request.user), pk=pk)
    try:
        page = actions.page_image(stored, number)
    except Refusal as refusal:
        return HttpResponse(str(refusal), status=409, headers={"Retry-After": "2"}, content_type="text/plain")
    except FileNotFoundError as lost:
        raise Http404 from lost
    if page is None:
        raise Http404
    try:
        return as_page_image(page.image)
    except FileNotFoundError as lost:
        actions.forget_page(page)
        raise Http404 from lost


def hand_over(request, stored, name=""):
    """The file as a download, under its own name if not another; words and a number to call when it is lost."""
    try:
        return as_download(stored.file, name=name or stored.original_name, mime=stored.mime)
    except FileNotFoundError:
        return render(request, "portal/file_missing.html", {"name": stored.original_name}, status=404)
