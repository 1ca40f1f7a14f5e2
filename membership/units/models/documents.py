"""Private files of units: stored once, judged by content, replaced by a new one and never overwritten."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from membership.units.models.units import Unit
from membership.units.states import DocumentKind
from membership.units.storage import private


class DocumentQuerySet(models.QuerySet):
    def for_user(self, user):
        """Files of the own unit; for staff the kinds that their permissions name, a branch secretary's of own units."""
        if not user.is_authenticated:
            return self.none()
        if not user.is_staff:
            return self.filter(unit__seats__user=user)
        kinds = Q(pk__in=[])
        if user.has_perm("units.view_receipt_file"):
            kinds |= Q(kind=DocumentKind.RECEIPT)
        if user.has_perm("units.view_document"):
            kinds |= ~Q(kind=DocumentKind.RECEIPT)
        elif user.has_perm("units.review_branch_membership"):
            kinds |= ~Q(kind=DocumentKind.RECEIPT) & Q(unit__in=Unit.objects.for_user(user))
        return self.filter(kinds)


def storage_key(document, filename):
    """A random key without names; the day keeps folders small."""
    return f"documents/{timezone.localdate():%Y/%m}/{uuid.uuid4().hex}"


class Document(models.Model):
    """A private file of a unit: stored once, replaced by a new one, never overwritten."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="documents", verbose_name=_("unit"))
    kind = models.CharField(_("kind"), max_length=20, choices=DocumentKind.choices)
    file = models.FileField(_("file"), storage=private, upload_to=storage_key)
    original_name = models.CharField(_("file name"), max_length=150)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("sha256"), max_length=64)
    mime = models.CharField(_("media type"), max_length=100)
    pages = models.PositiveIntegerField(_("number of pages"), null=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    uploaded_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("unit document")
        verbose_name_plural = _("unit documents")
        permissions = [("view_receipt_file", _("Can open receipt files"))]
        indexes = [models.Index(fields=["unit", "kind", "uploaded_at"], name="document_by_unit")]

    def __str__(self):
        return self.original_name
