"""An import of members from a table: the file, what the check found in each row, and what was written."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from membership.jobs.models import Job
from membership.units.states import ImportState, RowVerdict
from membership.units.storage import private


def import_key(unit_import, filename):
    """A random key without names."""
    return f"imports/{timezone.localdate():%Y/%m}/{uuid.uuid4().hex}"


class UnitImportQuerySet(models.QuerySet):
    def for_user(self, user):
        """Imports are work of the office: whoever may import sees them all."""
        may = user.is_authenticated and user.is_active and user.is_staff and user.has_perm("units.import_units")
        return self if may else self.none()

    def from_before(self, moment):
        """Uploaded before that moment and neither at work nor forgotten."""
        at_work = [ImportState.CHECKING, ImportState.WRITING]
        return self.filter(created_at__lt=moment).exclude(state__in=at_work).exclude(file="")


class UnitImport(models.Model):
    """One uploaded table. It is checked, confirmed by a person, and written as a whole or not at all."""

    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    file = models.FileField(_("file"), storage=private, upload_to=import_key, blank=True)
    original_name = models.CharField(_("file name"), max_length=150)
    sha256 = models.CharField(_("sha256"), max_length=64)
    state = models.CharField(
        _("state"), max_length=12, choices=ImportState.choices, default=ImportState.CHECKING, editable=False
    )
    row_count = models.PositiveIntegerField(_("rows"), default=0)
    remarks = models.JSONField(_("remarks on the file"), default=list)
    refusal = models.CharField(_("why it went no further"), max_length=500, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("uploaded by")
    )
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("confirmed by")
    )
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)
    written_at = models.DateTimeField(_("written"), null=True)
    job = models.ForeignKey(Job, models.SET_NULL, null=True, related_name="+", verbose_name=_("background job"))

    objects = UnitImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of members")
        verbose_name_plural = _("imports of members")
        default_permissions = ()
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=ImportState.WRITTEN, written_at__isnull=False)
                | (~Q(state=ImportState.WRITTEN) & Q(written_at__isnull=True)),
                name="unit_import_written_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[ImportState.WRITING, ImportState.WRITTEN])
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="unit_import_confirmed_by_someone",
            ),
        ]
        indexes = [models.Index(fields=["-created_at"], name="unit_import_by_time")]

    def __str__(self):
        return self.original_name


class ImportRowQuerySet(models.QuerySet):
    def for_user(self, user):
        return self.filter(unit_import__in=UnitImport.objects.for_user(user))

    def counts(self):
        """How many rows each verdict has, also those with none."""
        found = dict(self.order_by().values_list("verdict").annotate(number=Count("pk")))
        return {str(verdict): found.get(verdict, 0) for verdict in RowVerdict}

    def to_write(self):
        """Those that a confirmation writes, in the order of the file."""
        return self.filter(verdict__in=[RowVerdict.CREATED, RowVerdict.UPDATED]).order_by("number")


class ImportRow(models.Model):
    """One row of the table: what it said, what is wrong with it, and what would be or was written."""

    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    unit_import = models.ForeignKey(
        UnitImport, models.CASCADE, related_name="rows", verbose_name=_("import of members")
    )
    number = models.PositiveIntegerField(_("row"))
    verdict = models.CharField(_("verdict"), max_length=12, choices=RowVerdict.choices)
    texts = models.JSONField(_("as it was typed"), default=dict)
    facts = models.JSONField(_("as it is understood"), default=dict)
    problems = models.JSONField(_("problems"), default=list)
    changes = models.JSONField(_("changes"), default=list)
    plan = models.JSONField(_("what is to be written"), default=dict)

    objects = ImportRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of an import")
        verbose_name_plural = _("rows of imports")
        default_permissions = ()
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["unit_import", "number"], name="import_row_once")]
        indexes = [models.Index(fields=["unit_import", "verdict", "number"], name="import_row_by_verdict")]

    def __str__(self):
        return f"{self.unit_import} {self.number}"
