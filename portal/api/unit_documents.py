"""Papers and certificates of the unit: each is stored by itself and belongs to nothing until the draft names it."""

from datetime import datetime
from typing import Literal

from django.core.exceptions import ValidationError
from ninja import Field, File, P, PathEx, Query, Router
from ninja.files import UploadedFile
from ninja.responses import Status
from pydantic import ConfigDict

from membership.units.actions import store_document
from membership.units.models import Document
from membership.units.states import DocumentKind
from portal.api.access import MEMBER
from portal.api.files import FILE_EXAMPLE, StoredFile
from portal.api.paging import Page, PageQuery, listed, paged
from portal.api.problems import ProblemError, answers
from portal.papers import UPLOADED_KINDS, told_before

router = Router(tags=["unit"], auth=MEMBER)

KINDS = (*map(str, UPLOADED_KINDS), str(DocumentKind.LEAVE_APPLICATION))
Kind = Literal[KINDS]


EXAMPLE = {
    **FILE_EXAMPLE,
    "kind": "business_license",
    "kind_label": "营业执照",
    "uploaded_at": "2026-11-26T01:30:00Z",
    "note": "",
}


class UnitDocument(StoredFile):
    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    kind: str = Field(json_schema_extra={"enum": list(KINDS)})
    kind_label: str
    uploaded_at: datetime
    note: str = Field("", description="After an upload: that the same content was sent before, and as what.")

    @classmethod
    def of(cls, document, note=""):
        return cls(
            **StoredFile.of(document).model_dump(),
            kind=document.kind,
            kind_label=str(document.get_kind_display()),
            uploaded_at=document.uploaded_at,
            note=note,
        )


class DocumentList(Page):
    model_config = listed(EXAMPLE)

    items: list[UnitDocument]


class DocumentQuery(PageQuery):
    kind: Kind | None = Field(None, description="Only files of this kind.")


@router.get(
    "/unit/documents",
    response={200: DocumentList, **answers(422)},
    operation_id="unit_documents",
    summary="Files for the profile of the unit",
)
def unit_documents(request, query: Query[DocumentQuery]):
    """All that were ever uploaded for it, the newest first. Files are never overwritten."""
    kinds = [query.kind] if query.kind else KINDS
    own = Document.objects.for_user(request.user).filter(unit=request.auth.unit, kind__in=kinds)
    page, next_cursor = paged(own, query, "unit_documents", "-uploaded_at", "-pk")
    return DocumentList(items=[UnitDocument.of(document) for document in page], next_cursor=next_cursor)


@router.post(
    "/unit/documents/{kind}",
    response={201: UnitDocument, **answers(404, 413, 415, 422)},
    operation_id="upload_document",
    summary="Upload a file for the profile",
)
def upload_document(request, kind: PathEx[Kind, P(description="What it is.")], file: File[UploadedFile]):
    """PDF, JPG or PNG up to 20 MB, judged by its content. `PATCH /unit/draft` puts it in its place, or takes it away.

    The application to leave is for `POST /bodies/{slug}/leave`.
    """
    stored = stored_or_invalid(request, file, kind)
    return Status(201, UnitDocument.of(stored, told_before(stored)))


def stored_or_invalid(request, file, kind):
    """The file as a document of the own unit; a problem of the field `file` when its content is refused."""
    try:
        return store_document(file, unit=request.auth.unit, kind=kind, by=request.user)
    except ValidationError as refused:
        code = "too_large" if refused.code == "too_large" else "invalid"
        raise ProblemError(code, errors=[("file", words) for words in refused.messages]) from None
