"""Files of open pages for everybody, as long as their page is open: as a download, and drawn page by page."""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.actions import with_pages_counted
from home.models import PageFile
from membership.private_files import as_download
from membership.units.page_answers import page_answer, show_viewer


@require_safe
def download(request, pk):
    """The file itself. One of a draft, of a page taken back or of a private one is not found, whoever asks."""
    stored = _open_file(pk)
    try:
        return as_download(stored.file, name=stored.original_name, mime=stored.mime)
    except FileNotFoundError as lost:
        raise Http404(_("The file is not available at present.")) from lost


@require_safe
def view(request, pk):
    """Its pages as images: a page of its own, or for a dialog the viewer alone. No search engine lists it."""
    stored = with_pages_counted(_open_file(pk))
    address = reverse("home:file", args=[pk])
    answer = show_viewer(request, stored, address=address, heading=stored.title, template="home/attachment.html")
    answer["X-Robots-Tag"] = "noindex"
    return answer


@require_safe
def page(request, pk, number):
    """One of its pages as an image."""
    return page_answer(_open_file(pk), number)


def _open_file(pk):
    return get_object_or_404(PageFile.objects.open_to_public().select_related("attachment"), pk=pk).attachment
