"""Files that the staff may open: receipts of units and attachments of notices."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cms.actions import with_pages_counted
from cms.models import Attachment
from membership.private_files import as_download
from membership.units.models import Document
from membership.units.page_answers import page_answer, show_viewer
from membership.units.states import DocumentKind


@require_safe
def receipt_file(request, pk):
    """The file that a unit returned with its receipt; 404 for those who may not open such files."""
    documents = Document.objects.for_user(request.user).filter(kind=DocumentKind.RECEIPT)
    document = get_object_or_404(documents, pk=pk)
    return as_download(document.file, name=document.original_name, mime=document.mime)


@require_safe
def attachment(request, pk):
    """A file that editors attached to notices."""
    attachment = get_object_or_404(Attachment.objects.for_user(request.user), pk=pk)
    return as_download(attachment.file, name=attachment.original_name, mime=attachment.mime)


@require_safe
def attachment_view(request, pk):
    """The pages of such a file as images."""
    stored = with_pages_counted(get_object_or_404(Attachment.objects.for_user(request.user), pk=pk))
    return show_viewer(
        request,
        stored,
        address=reverse("notices:attachment", args=[pk]),
        heading=stored.title,
        template="cms/staff/attachment.html",
        header_title=stored.title,
        header_icon="doc-full",
        breadcrumbs_items=[
            {"url": reverse("notices:overview"), "label": _("Receipts overview")},
            {"url": "", "label": stored.title},
        ],
    )


@require_safe
def attachment_page(request, pk, number):
    """One page of such a file as an image."""
    return page_answer(get_object_or_404(Attachment.objects.for_user(request.user), pk=pk), number)
