"""The verb that keeps an uploaded file."""

from django.db import transaction

from membership.audit.actions import record
from membership.jobs import actions as jobs
from membership.units import permissions, photos, uploads
from membership.units.models import Document
from membership.units.states import DocumentKind
from membership.units.storage import kept


def store_document(upload, *, unit, kind, by, accept=uploads.SCANS):
    """Keep an uploaded file of the unit after judging it by its content.

    Raises ValidationError with a sentence for the user. The file is kept even when the form around it is refused.
    """
    permissions.require(permissions.may_store(by, unit, DocumentKind(kind)))
    facts = uploads.inspect(upload, accept)
    clean = photos.without_traces(upload)
    if clean is not upload:
        upload, facts = clean, uploads.inspect(clean, accept)
    document = Document(
        unit=unit,
        kind=DocumentKind(kind),
        original_name=facts.name,
        size=facts.size,
        sha256=facts.sha256,
        mime=facts.mime,
        pages=facts.pages,
        uploaded_by=by,
    )
    with kept(document.file, facts.name, upload), transaction.atomic():
        document.save(force_insert=True)
        record("units.store_document", document, by=by, unit_id=unit.pk, after={"kind": kind, "sha256": facts.sha256})
        if document.is_drawable:
            jobs.enqueue("units.draw_pages", document_id=str(document.pk))
    return document
