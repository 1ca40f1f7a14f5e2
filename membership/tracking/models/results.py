"""The result of a deliberation: who was entitled at the deadline, and the receipt of each that counts."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from membership.tracking.models.receipts import Opinion, Receipt
from membership.units.models import Unit


class DeliberationResult(models.Model):
    """Frozen at the deadline: what is changed, answered or joined later does not move it."""

    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    notice = models.OneToOneField(
        "cms.NoticePage", models.PROTECT, related_name="deliberation_result", verbose_name=_("notice")
    )
    deadline = models.DateTimeField(_("deadline"))
    quorum = models.CharField(_("quorum"), max_length=16, blank=True)
    majority = models.CharField(_("majority"), max_length=24, blank=True)
    frozen_at = models.DateTimeField(_("frozen"))
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("frozen by")
    )

    class Meta:
        verbose_name = _("result of a deliberation")
        verbose_name_plural = _("results of deliberations")
        default_permissions = ()

    def __str__(self):
        return str(self.notice)


class EntitledUnitQuerySet(models.QuerySet):
    def present(self):
        """Those that returned a receipt in time."""
        return self.filter(receipt__isnull=False)

    def with_answers(self):
        """Load the receipt of each with its person and opinions."""
        opinions = models.Prefetch("receipt__opinions", Opinion.objects.select_related("item"))
        return self.select_related("receipt__submitted_by").prefetch_related(opinions)


class EntitledUnit(models.Model):
    """A unit that was asked, as it was called and ranked at the deadline, with its receipt of that moment."""

    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    result = models.ForeignKey(DeliberationResult, models.CASCADE, related_name="entitled", verbose_name=_("result"))
    unit = models.ForeignKey(Unit, models.PROTECT, related_name="+", verbose_name=_("unit"))
    unit_name = models.CharField(_("unit name"), max_length=100)
    level_name = models.CharField(_("level"), max_length=20, blank=True)
    receipt = models.ForeignKey(Receipt, models.PROTECT, null=True, related_name="+", verbose_name=_("receipt"))

    objects = EntitledUnitQuerySet.as_manager()

    class Meta:
        verbose_name = _("entitled unit")
        verbose_name_plural = _("entitled units")
        default_permissions = ()
        ordering = ["unit_name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["result", "unit"], name="entitled_unit_once"),
            models.UniqueConstraint(
                fields=["receipt"], condition=Q(receipt__isnull=False), name="entitled_receipt_once"
            ),
        ]

    def __str__(self):
        return self.unit_name
