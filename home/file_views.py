"""Files of open pages for everybody, as long as their page is open: as a download, and drawn page by page.

`placed` is the model whose rows put files on pages: `PageFile`, or `NoticeAttachment` for notices. A file of a draft,
of a page taken back, of a private page or of a members' notice is not found, whoever asks.
"""

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.actions import with_pages_counted
from membership.private_files import as_download
from membership.units.page_answers import page_answer, show_viewer


@require_safe
def download(request, pk, placed):
    """The file itself."""
    stored = _open_file(pk, placed)
    try:
        return as_download(stored.file, name=stored.original_name, mime=stored.mime)
    except FileNotFoundError as lost:
        raise Http404(_("The file is not available at present.")) from lost


@require_safe
def view(request, pk, placed, file):
    """Its pages as images: a page of its own, or for a dialog the viewer alone. No search engine lists it.

    `file` names the address of the file itself.
    """
    stored = with_pages_counted(_open_file(pk, placed))
    address = reverse(file, args=[pk])
    answer = show_viewer(request, stored, address=address, heading=stored.title, template="home/attachment.html")
    answer["X-Robots-Tag"] = "noindex"
    return answer


@require_safe
def page(request, pk, number, placed):
    """One of its pages as an image."""
    return page_answer(_open_file(pk, placed), number)


def _open_file(pk, placed):
    return get_object_or_404(placed.objects.open_to_public().select_related("attachment"), pk=pk).attachment
