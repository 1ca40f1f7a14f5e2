"""The verbs that keep an uploaded file and that forget it."""

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


def erase_documents(documents):
    """Delete files that may not be kept any longer, with the images of their pages; a record of each stays.

    The stored files go first: what is interrupted is done again, for the rows are still there. Returns how many.
    """
    erased = 0
    for document in documents.prefetch_related("drawn"):
        for stored in (document.file, *(page.image for page in document.drawn.all())):
            stored.storage.delete(stored.name)
        with transaction.atomic():
            after = {"kind": document.kind, "sha256": document.sha256}
            record("units.erase_document", document, by=None, unit_id=document.unit_id, after=after)
            document.delete()
        erased += 1
    return erased
