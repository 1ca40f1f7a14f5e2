"""Reminders of dues: rules as data, and what was sent to whom for which year."""

from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from membership.dues.states import DuesEvent
from membership.messaging.models import OutboundMessage
from membership.units.models import Unit


class DuesReminderRule(models.Model):
    """When units are reminded by themselves: so many days before the year ends, or after one began unpaid."""

    event = models.CharField(_("event"), max_length=16, choices=DuesEvent.choices)
    days = models.PositiveSmallIntegerField(_("days"), validators=[MaxValueValidator(366)])
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("reminder rule of dues")
        verbose_name_plural = _("reminder rules of dues")
        ordering = ["event", "days"]
        constraints = [models.UniqueConstraint(fields=["event", "days"], name="dues_rule_once")]

    def __str__(self):
        return _("%(event)s: %(days)d days") % {"event": self.get_event_display(), "days": self.days}


class DuesReminder(models.Model):
    """That a unit was reminded of a dues year: by a rule once, by a person as often as the gap allows."""

    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    unit = models.ForeignKey(Unit, models.CASCADE, related_name="dues_reminders", verbose_name=_("unit"))
    year = models.PositiveSmallIntegerField(_("dues year"))
    rule = models.ForeignKey(
        DuesReminderRule, models.SET_NULL, null=True, related_name="reminders", verbose_name=_("rule")
    )
    message = models.ForeignKey(
        OutboundMessage, models.SET_NULL, null=True, related_name="+", verbose_name=_("message")
    )
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)

    class Meta:
        verbose_name = _("reminder of dues")
        verbose_name_plural = _("reminders of dues")
        default_permissions = ()
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "year", "rule"], condition=models.Q(rule__isnull=False), name="dues_reminder_once"
            )
        ]
        indexes = [models.Index(fields=["unit", "-sent_at"], name="dues_reminder_by_unit")]

    def __str__(self):
        return f"{self.unit} {self.year}"
