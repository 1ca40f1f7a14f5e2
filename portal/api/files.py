"""Private files: of notices and of the own unit."""

from uuid import UUID

from django.core.files.base import ContentFile
from django.shortcuts import get_object_or_404
from django.urls import reverse
from ninja import Field, P, PathEx, Router, Schema
from pydantic import ConfigDict

from cms.models import AssociationSettings
from membership import pdf
from membership.dues import actions
from membership.dues.models import InvoiceFile
from membership.private_files import as_download
from membership.units import uploads
from membership.units.models import Document
from membership.units.states import DocumentKind
from portal.api.access import MEMBER
from portal.api.openapi import download
from portal.api.problems import ProblemError, answers
from portal.mailbox import delivery_or_404, placement_or_404
from portal.receipt_forms import filled_form

router = Router(tags=["files"])

FILE_EXAMPLE = {
    "id": "5a0cbd5e-0e61-4b4e-9f42-7f1c3c6f0d0a",
    "name": "营业执照.pdf",
    "size": 41230,
    "type": "application/pdf",
    "pages": 1,
    "url": "/api/member/v1/documents/5a0cbd5e-0e61-4b4e-9f42-7f1c3c6f0d0a",
}
MessageId = PathEx[int, P(description="`id` of the message.", example=17)]


class StoredFile(Schema):
    """A file that the unit has uploaded."""

    model_config = ConfigDict(json_schema_extra={"examples": [FILE_EXAMPLE]})

    id: UUID
    name: str
    size: int = Field(description="Bytes.")
    type: str = Field(description="Media type, by its content.")
    pages: int | None = Field(description="Pages of a PDF.")
    url: str = Field(description="Where it can be downloaded, with the same session.")

    @classmethod
    def of(cls, document):
        return cls(
            id=document.pk,
            name=document.original_name,
            size=document.size,
            type=document.mime,
            pages=document.pages,
            url=reverse("member-api:document", args=[document.pk]),
        )


@router.get(
    "/messages/{int:message_id}/attachments/{int:attachment_id}",
    response=answers(404),
    operation_id="attachment",
    summary="Download a file of a message",
    url_name="attachment",
    openapi_extra=download("The file, under its own name."),
)
def attachment(request, message_id: MessageId, attachment_id: PathEx[int, P(description="`id` of the attachment.")]):
    """As long as the notice is not recalled. A receipt form in Word is handed out with the facts of the unit in it."""
    delivery = delivery_or_404(request, message_id)
    placement = placement_or_404(delivery, attachment_id)
    return filled_form(delivery, placement) or hand_over(placement.attachment)


@router.get(
    "/documents/{uuid:document_id}",
    auth=MEMBER,
    response=answers(404),
    operation_id="document",
    summary="Download a file of the own unit",
    url_name="document",
    openapi_extra=download("The file, under its own name."),
)
def document(request, document_id: PathEx[UUID, P(description="`id` of the file.")]):
    """What the unit has uploaded (certificates, receipts, proofs), and the files of invoices that stand."""
    own = Document.objects.for_user(request.user).filter(unit=request.auth.unit)
    stored = get_object_or_404(own, pk=document_id)
    if stored.kind != DocumentKind.INVOICE:
        return hand_over(stored)
    return hand_over_invoice(request, InvoiceFile.objects.filter(document=stored))


def hand_over_invoice(request, files):
    """The one of these files whose invoice stands; that somebody fetches it leaves a line in the trail."""
    standing = files.for_user(request.user).filter(invoice__voided_at=None)
    found = get_object_or_404(standing.select_related("document", "invoice__order__unit"))
    return hand_over(actions.download_invoice(found, by=request.user), found.download_name)


def hand_over(stored, name=""):
    """The file as a download, under its own name if not another."""
    try:
        response = as_download(stored.file, name=name or stored.original_name, mime=stored.mime)
    except FileNotFoundError:
        raise ProblemError("file_missing") from None
    response["ETag"] = f'"{stored.sha256}"'
    return response


def paper(template, context, name):
    """A paper of ours as PDF; where none can be made, the sentence that says why and whom to call."""
    try:
        content = pdf.render(template, {"association": AssociationSettings.current(), **context})
    except pdf.PdfUnavailable as failure:
        raise ProblemError("paper_unavailable", str(failure)) from failure
    return as_download(ContentFile(content), name=uploads.clean_name(f"{name}.pdf"), mime=pdf.MEDIA_TYPE)
