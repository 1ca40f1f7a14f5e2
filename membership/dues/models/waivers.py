"""减免: dues years that a resolution spares one unit. Prices are fixed and orders never edited, so whole years only."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from membership.private_files import private
from membership.units.models import Unit


def waiver_key(waiver, filename):
    """A random key without names."""
    return f"waivers/{timezone.localdate():%Y/%m}/{uuid.uuid4().hex}"


class DuesWaiverQuerySet(models.QuerySet):
    def for_user(self, user):
        """Waivers of the own unit; staff by permission; anyone else none."""
        if not user.is_authenticated:
            return self.none()
        if not user.is_staff:
            return self.filter(unit__seats__user=user)
        return self if user.has_perm("dues.view_duesorder") else self.none()

    def standing(self):
        """Not taken back."""
        return self.filter(ended_at=None)


class DuesWaiver(models.Model):
    """Years of one unit that need not be paid: its rows among the paid years name it. Never edited, only taken back."""

    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    unit = models.ForeignKey(Unit, models.PROTECT, related_name="dues_waivers", verbose_name=_("unit"))
    title = models.CharField(_("resolution"), max_length=200)
    document_no = models.CharField(_("document number"), max_length=50, blank=True)
    decided_on = models.DateField(_("decided on"))
    resolution = models.FileField(_("resolution file"), storage=private, upload_to=waiver_key)
    resolution_name = models.CharField(_("file name"), max_length=150)
    reason = models.CharField(_("reason"), max_length=200)
    granted_at = models.DateTimeField(_("granted"), default=timezone.now)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("granted by")
    )
    ended_at = models.DateTimeField(_("taken back"), null=True, editable=False)
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False)
    ended_because = models.CharField(_("why it was taken back"), max_length=200, blank=True, editable=False)

    objects = DuesWaiverQuerySet.as_manager()

    class Meta:
        verbose_name = _("waiver of dues")
        verbose_name_plural = _("waivers of dues")
        default_permissions = ()
        permissions = [("grant_dueswaiver", _("Can waive dues by resolution"))]
        ordering = ["-granted_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(resolution=""), name="dues_waiver_has_resolution"),
            models.CheckConstraint(condition=~Q(reason=""), name="dues_waiver_has_reason"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None, ended_because="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_because="")),
                name="dues_waiver_ended_paired",
            ),
        ]
        indexes = [models.Index(fields=["unit", "-granted_at"], name="dues_waiver_by_unit")]

    def __str__(self):
        return self.title
