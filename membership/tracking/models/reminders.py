"""Reminders: rules as data, what was sent to whom, and the hours in which nothing is sent."""

from datetime import time, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.settings.models import register_setting

from membership.messaging.models import OutboundMessage
from membership.office_settings import OfficeSetting
from membership.tracking.models.deliveries import Delivery
from membership.tracking.states import Occasion, RuleEvent


@register_setting(icon="mail", order=220)
class ReminderSettings(OfficeSetting):
    """When nobody is disturbed, how long a unit is left alone after a reminder, how long attendees are remembered."""

    quiet_from = models.TimeField(_("no messages from"), default=time(21))
    quiet_until = models.TimeField(_("messages again from"), default=time(8))
    gap_hours = models.PositiveSmallIntegerField(
        _("hours between two reminders to a unit about one notice"), default=24, validators=[MaxValueValidator(720)]
    )
    attendee_days = models.PositiveSmallIntegerField(
        _("days after a meeting until the data of attendees are erased"),
        default=180,
        validators=[MaxValueValidator(3650)],
        help_text=_("0 keeps them."),
    )

    class Meta:
        verbose_name = _("reminders and retention")

    def is_quiet(self, now):
        """Whether `now` lies in the quiet hours, which may pass midnight."""
        clock = timezone.localtime(now).time()
        if self.quiet_from <= self.quiet_until:
            return self.quiet_from <= clock < self.quiet_until
        return clock >= self.quiet_from or clock < self.quiet_until

    @property
    def gap(self):
        return timedelta(hours=self.gap_hours)


class ReminderRule(models.Model):
    """When units are reminded by themselves: so many days before or after a deadline, or unread for so many days."""

    event = models.CharField(_("event"), max_length=16, choices=RuleEvent.choices)
    days = models.PositiveSmallIntegerField(_("days"), validators=[MaxValueValidator(60)])
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("reminder rule")
        verbose_name_plural = _("reminder rules")
        ordering = ["event", "days"]
        constraints = [models.UniqueConstraint(fields=["event", "days"], name="reminder_rule_once")]

    def __str__(self):
        return _("%(event)s: %(days)d days") % {"event": self.get_event_display(), "days": self.days}


class ReminderQuerySet(models.QuerySet):
    def for_user(self, user):
        """Staff who see deliveries."""
        return self.filter(delivery__in=Delivery.objects.for_user(user)) if user.is_staff else self.none()

    def since(self, moment):
        return self.filter(sent_at__gt=moment)


class Reminder(models.Model):
    """That a unit was told of a notice, or reminded of it: by a rule once, by a person as often as the gap allows."""

    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="reminders", verbose_name=_("delivery"))
    occasion = models.CharField(_("occasion"), max_length=12, choices=Occasion.choices)
    rule = models.ForeignKey(ReminderRule, models.SET_NULL, null=True, related_name="reminders", verbose_name=_("rule"))
    message = models.ForeignKey(
        OutboundMessage, models.SET_NULL, null=True, related_name="+", verbose_name=_("message")
    )
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("sent by")
    )
    sent_at = models.DateTimeField(_("sent"), default=timezone.now)

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        default_permissions = ()
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["delivery", "rule"], condition=Q(rule__isnull=False), name="reminder_once_per_rule"
            ),
            models.UniqueConstraint(fields=["delivery"], condition=Q(occasion=Occasion.NEW), name="reminder_new_once"),
        ]
        indexes = [models.Index(fields=["delivery", "-sent_at"], name="reminder_by_delivery")]

    def __str__(self):
        return f"{self.delivery} {self.get_occasion_display()}"
