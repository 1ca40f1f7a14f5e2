"""Verbs of the editorial room."""

from contextlib import suppress

from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from wagtail.models import Revision

from cms import receipt_forms
from cms.models import Attachment, NoticePage
from membership.audit.actions import record
from membership.jobs import actions as jobs
from membership.messaging import actions as messaging
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
        placeholders=receipt_forms.examined(upload, facts.mime),
        uploaded_by=by,
    )
    attachment.file.save(facts.name, upload, save=False)
    with transaction.atomic():
        attachment.save(force_insert=True)
        record("cms.store_attachment", attachment, by=by, after={"sha256": facts.sha256, "mime": facts.mime})
        if attachment.is_drawable:
            jobs.enqueue("cms.draw_pages", attachment_id=attachment.pk)
    return attachment


def hold_back_unready(now):
    """Take notices that are due off the schedule if they may not go out as they are; returns how many.

    They stay drafts, and whoever wrote them is told: a deadline has passed meanwhile, the audience reaches nobody.
    """
    kinds = ContentType.objects.get_for_models(*NoticePage.__subclasses__(), NoticePage).values()
    due = Revision.objects.filter(approved_go_live_at__lt=now, content_type__in=kinds).select_related("user")
    return sum(_hold_back(revision) for revision in due)


def _hold_back(revision):
    notice = revision.as_object()
    reasons = notice.obstacles()
    if not reasons:
        return False
    with transaction.atomic():
        scheduled = Revision.objects.filter(pk=revision.pk, approved_go_live_at=revision.approved_go_live_at)
        if not scheduled.update(approved_go_live_at=None):
            return False
        record("cms.hold_back", notice, by=None, after={"revision": revision.pk, "fields": sorted(reasons)})
        author = revision.user or notice.owner
        if author:
            words = {"title": notice.title, "reason": " ".join(reasons.values())}
            messaging.post("sms", "notice_held_back", str(author.phone), **words)
    return True


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
