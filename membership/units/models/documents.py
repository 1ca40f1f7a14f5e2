"""Private files of units: stored once, judged by content, replaced by a new one and never overwritten."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from membership.units.models.units import Unit
from membership.units.states import OF_DUES, DocumentKind
from membership.units.storage import private
from membership.units.uploads import SCANS

PAGES_SHOWN = 30
GUARDED = (DocumentKind.RECEIPT, *OF_DUES)  # each by a right of its own


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
        if user.has_perm("dues.view_duesorder"):
            kinds |= Q(kind__in=OF_DUES)
        if user.has_perm("units.view_document"):
            kinds |= ~Q(kind__in=GUARDED)
        elif user.has_perm("units.review_branch_membership"):
            kinds |= ~Q(kind__in=GUARDED) & Q(unit__in=Unit.objects.for_user(user))
        return self.filter(kinds)


def storage_key(document, filename):
    """A random key without names; the day keeps folders small."""
    return f"documents/{timezone.localdate():%Y/%m}/{uuid.uuid4().hex}"


class Drawable:
    """A stored file with `mime` and `pages` (of a PDF; None if they were not counted) and the images `drawn` of it."""

    @property
    def is_drawable(self):
        """PDF, JPG and PNG are shown as images of their pages; forms of Word and Excel are only downloaded."""
        return self.mime in SCANS

    @property
    def pages_shown(self):
        """How many pages are shown so; none of a file that cannot be."""
        pages = 1 if self.pages is None else self.pages
        return min(pages, PAGES_SHOWN) if self.is_drawable else 0


class Document(Drawable, models.Model):
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


def page_key(page, filename):
    """A random key in a folder of its own: what lies there can be drawn again."""
    return f"pages/{timezone.localdate():%Y/%m}/{uuid.uuid4().hex}"


class PageImage(models.Model):
    """One page of a drawable file as an image, made by the machine. Reading starts at the file."""

    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    number = models.PositiveSmallIntegerField(_("page number"))
    image = models.FileField(_("image"), storage=private, upload_to=page_key)
    width = models.PositiveSmallIntegerField(_("width in pixels"))
    height = models.PositiveSmallIntegerField(_("height in pixels"))

    class Meta:
        abstract = True
        default_permissions = ()


class DocumentPage(PageImage):
    """A page of a unit's document."""

    document = models.ForeignKey(Document, models.CASCADE, related_name="drawn", verbose_name=_("unit document"))

    class Meta(PageImage.Meta):
        verbose_name = _("page image")
        verbose_name_plural = _("page images")
        ordering = ["document", "number"]
        constraints = [models.UniqueConstraint(fields=["document", "number"], name="document_page_once")]

    def __str__(self):
        return f"{self.document_id} · {self.number}"
