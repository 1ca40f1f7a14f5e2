"""What the members' face keeps of its own: answers to requests of programs that may come twice."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

KEPT_FOR = timedelta(hours=24)


class KeptAnswerQuerySet(models.QuerySet):
    def of(self, user, operation, key):
        """What this person was answered by this operation under this key."""
        return self.filter(user=user, operation=operation, key=key)

    def worn_out(self, now):
        """Older than a program may count on."""
        return self.filter(at__lte=now - KEPT_FOR)


class KeptAnswer(models.Model):
    """The answer of the member API to a write with an `Idempotency-Key`, for 24 hours.

    The row is written in the transaction of the verb: where it is, the thing is done, and where it is not, nothing is.
    """

    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("user"))
    operation = models.CharField(_("operation"), max_length=200)
    key = models.CharField(_("key"), max_length=100)
    fingerprint = models.CharField(_("what was sent"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"), default=0)
    body = models.TextField(_("answer"), blank=True)
    at = models.DateTimeField(_("time"), default=timezone.now)

    objects = KeptAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("kept answer")
        verbose_name_plural = _("kept answers")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["user", "operation", "key"], name="kept_answer_once")]
        indexes = [models.Index(fields=["at"], name="kept_answer_by_time")]

    def __str__(self):
        return f"{self.operation} {self.key}"
