"""The dues standard: what a member pays for a year at its level, and the resolution that says so."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from membership.private_files import private
from membership.units.models import Level

AMOUNTS_MAX = 4  # distinct amounts of one standard (民发〔2014〕166号)


def resolution_key(standard, filename):
    """A random key without names."""
    return f"resolutions/{timezone.localdate():%Y/%m}/{uuid.uuid4().hex}"


class DuesStandardQuerySet(models.QuerySet):
    def in_force(self):
        """Not withdrawn."""
        return self.filter(withdrawn_at=None)

    def of_year(self, year):
        """The standard that holds for a dues year, or None: the latest that began by then."""
        return self.in_force().filter(first_year__lte=year).order_by("-first_year").first()

    def current_and_coming(self, year):
        """The one that holds for this dues year, if any, and the next one that has been decided on already."""
        rows = list(self.in_force().order_by("first_year").with_rates())
        current = [row for row in rows if row.first_year <= year][-1:]
        return current + [row for row in rows if row.first_year > year][:1]

    def with_rates(self):
        rates = models.Prefetch("rates", DuesRate.objects.select_related("level").order_by("level__rank"))
        return self.prefetch_related(rates)


class DuesStandard(models.Model):
    """From one dues year on, until another begins. It is never edited: a mistake is withdrawn before any order."""

    first_year = models.PositiveSmallIntegerField(_("holds from the dues year"))
    title = models.CharField(_("resolution"), max_length=200)
    document_no = models.CharField(_("document number"), max_length=50, blank=True)
    decided_on = models.DateField(_("decided on"))
    resolution = models.FileField(_("resolution file"), storage=private, upload_to=resolution_key)
    resolution_name = models.CharField(_("file name"), max_length=150)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("set by"))
    created_at = models.DateTimeField(_("set"), default=timezone.now)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = DuesStandardQuerySet.as_manager()

    class Meta:
        verbose_name = _("dues standard")
        verbose_name_plural = _("dues standards")
        default_permissions = ("view",)
        permissions = [("set_duesstandard", _("Can set the dues standard"))]
        ordering = ["-first_year", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["first_year"], condition=Q(withdrawn_at=None), name="dues_standard_one_a_year"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, withdrawn_by=None)
                | Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="dues_standard_withdrawn_paired",
            ),
            models.CheckConstraint(condition=~Q(resolution=""), name="dues_standard_has_resolution"),
        ]

    def __str__(self):
        return f"{self.title} ({self.first_year})"

    def price_of(self, level_id):
        """Yuan for a year at this level, or None if the standard does not name it."""
        return next((rate.amount for rate in self.rates.all() if rate.level_id == level_id), None)


class DuesRate(models.Model):
    """Yuan for a year at one level of the association; branches have no dues."""

    standard = models.ForeignKey(DuesStandard, models.CASCADE, related_name="rates", verbose_name=_("dues standard"))
    level = models.ForeignKey(Level, models.PROTECT, related_name="+", verbose_name=_("level"))
    amount = models.DecimalField(_("yuan a year"), max_digits=10, decimal_places=2)

    class Meta:
        verbose_name = _("dues of a level")
        verbose_name_plural = _("dues of levels")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["standard", "level"], name="dues_rate_once_per_level"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="dues_rate_positive"),
        ]

    def __str__(self):
        return f"{self.level.name} {self.amount}"
