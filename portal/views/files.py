"""Private files on their way to a person who may have them."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from cms.downloads import as_download
from cms.models import NoticeAttachment
from membership.units.models import Document
from portal.views.gates import for_certified_units
from portal.views.messages import delivery_or_404


@require_safe
@for_certified_units
def attachment(request, pk, attachment_pk):
    """A file of a notice that was delivered to the unit and not recalled."""
    delivery = delivery_or_404(request, pk)
    if delivery.recalled_at:
        raise Http404
    placements = NoticeAttachment.objects.select_related("attachment").filter(page_id=delivery.notice_id)
    file = get_object_or_404(placements, pk=attachment_pk).attachment
    return hand_over(request, file)


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
