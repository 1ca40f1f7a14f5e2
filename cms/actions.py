"""Verbs of the editorial room."""

from contextlib import suppress

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from cms.models import Attachment
from membership.audit.actions import record
from membership.jobs import actions as jobs
from membership.units import uploads


def store_attachment(upload, *, by, title=""):
    """Keep a file for notices after judging it by its content; without a title its name is shown.

    Raises ValidationError with a sentence for the user. Returns the attachment.
    """
    if not by.has_perm("cms.add_attachment"):
        raise PermissionDenied
    facts = uploads.inspect(upload, uploads.FORMS)
    attachment = Attachment(
        title=title or facts.name,
        original_name=facts.name,
        size=facts.size,
        sha256=facts.sha256,
        mime=facts.mime,
        pages=facts.pages,
        uploaded_by=by,
    )
    attachment.file.save(facts.name, upload, save=False)
    with transaction.atomic():
        attachment.save(force_insert=True)
        record("cms.store_attachment", attachment, by=by, after={"sha256": facts.sha256, "mime": facts.mime})
        if attachment.is_drawable:
            jobs.enqueue("cms.draw_pages", attachment_id=attachment.pk)
    return attachment


def with_pages_counted(attachment):
    """The attachment, its pages counted if it is a PDF that was stored before pages were; 0 if it cannot be read."""
    if attachment.pages is None and attachment.mime == uploads.PDF:
        with suppress(FileNotFoundError):
            attachment.pages = _pages_of(attachment)
            Attachment.objects.filter(pk=attachment.pk).update(pages=attachment.pages)
    return attachment


def _pages_of(attachment):
    with attachment.file.open("rb") as stored:
        try:
            return uploads.pdf_pages(stored, attachment.original_name)
        except ValidationError:
            return 0
