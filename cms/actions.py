"""Verbs of the editorial room."""

from django.core.exceptions import PermissionDenied
from django.db import transaction

from cms.models import Attachment
from membership.audit.actions import record
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
        uploaded_by=by,
    )
    attachment.file.save(facts.name, upload, save=False)
    with transaction.atomic():
        attachment.save(force_insert=True)
        record("cms.store_attachment", attachment, by=by, after={"sha256": facts.sha256, "mime": facts.mime})
    return attachment
