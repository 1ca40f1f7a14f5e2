"""Who was reminded of which certificate that runs out."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from membership.units.models.units import Qualification, Unit

# Days before the end, the nearest first.
STAGES = (7, 30, 60)


class ExpiryReminder(models.Model):
    """One reminder of one certificate and one day of its end; without `qualification` it is about the entry permit.

    A certificate that is renewed has another day and is reminded of again.
    """

    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="expiry_reminders", verbose_name=_("unit"))
    qualification = models.ForeignKey(
        Qualification,
        models.CASCADE,
        null=True,
        related_name="expiry_reminders",
        verbose_name=_("qualification certificate"),
    )
    valid_until = models.DateField(_("valid until"))
    stage = models.PositiveSmallIntegerField(_("days before the end"))
    sent_at = models.DateTimeField(_("reminded"), auto_now_add=True)

    class Meta:
        verbose_name = _("reminder of a certificate")
        verbose_name_plural = _("reminders of certificates")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["qualification", "valid_until", "stage"],
                condition=Q(qualification__isnull=False),
                name="expiry_reminder_once_per_stage",
            ),
            models.UniqueConstraint(
                fields=["unit", "valid_until", "stage"],
                condition=Q(qualification__isnull=True),
                name="expiry_reminder_of_permit_once",
            ),
            models.CheckConstraint(condition=Q(stage__in=STAGES), name="expiry_reminder_known_stage"),
        ]

    def __str__(self):
        return f"{self.unit_id} {self.valid_until:%Y-%m-%d} T-{self.stage}"
