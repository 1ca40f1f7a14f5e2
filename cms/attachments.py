"""Files that editors attach to notices, and the images of their pages."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from membership.units.models import Drawable, PageImage
from membership.units.storage import private


def attachment_key(attachment, filename):
    """A random key without names."""
    return f"attachments/{timezone.localdate():%Y/%m}/{uuid.uuid4().hex}"


class AttachmentQuerySet(models.QuerySet):
    def for_user(self, user):
        """Staff by permission; members and visitors reach an attachment only through the notice that carries it."""
        if user.is_authenticated and user.is_staff and user.has_perm("cms.view_attachment"):
            return self
        return self.none()

    def matching(self, words):
        """Those whose title or file name contains the words."""
        return self.filter(Q(title__icontains=words) | Q(original_name__icontains=words))


class Attachment(Drawable, models.Model):
    """A private file that editors attach to notices: units get it by delivery, the public through an open page."""

    title = models.CharField(_("title"), max_length=150)
    file = models.FileField(_("file"), storage=private, upload_to=attachment_key)
    original_name = models.CharField(_("file name"), max_length=150, editable=False)
    size = models.PositiveIntegerField(_("size in bytes"), editable=False)
    sha256 = models.CharField(_("sha256"), max_length=64, editable=False)
    mime = models.CharField(_("media type"), max_length=100, editable=False)
    pages = models.PositiveIntegerField(_("number of pages"), null=True, editable=False)
    placeholders = models.JSONField(null=True, editable=False)  # see cms.receipt_forms.examined
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["-uploaded_at", "-pk"]

    def __str__(self):
        return self.title


class AttachmentPage(PageImage):
    """A page of an attachment."""

    attachment = models.ForeignKey(Attachment, models.CASCADE, related_name="drawn", verbose_name=_("attachment"))

    class Meta(PageImage.Meta):
        verbose_name = _("page image of an attachment")
        verbose_name_plural = _("page images of attachments")
        ordering = ["attachment", "number"]
        constraints = [models.UniqueConstraint(fields=["attachment", "number"], name="attachment_page_once")]

    def __str__(self):
        return f"{self.attachment_id} · {self.number}"
