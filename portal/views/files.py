"""Private files on their way to a person who may have them."""

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from membership.units.downloads import as_download
from membership.units.models import Document
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


def hand_over(request, stored):
    """The file as a download under its own name; words and a number to call when the storage has lost it."""
    try:
        return as_download(stored.file, name=stored.original_name, mime=stored.mime)
    except FileNotFoundError:
        return render(request, "portal/file_missing.html", {"name": stored.original_name}, status=404)
