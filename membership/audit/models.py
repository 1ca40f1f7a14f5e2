"""The append-only audit trail."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.utils.translation import gettext_lazy as _


class AppendOnlyQuerySet(models.QuerySet):
    def update(self, **kwargs):
        raise TypeError("Audit entries are append-only.")

    def delete(self):
        raise TypeError("Audit entries are append-only.")


class AuditEntryQuerySet(AppendOnlyQuerySet):
    def about(self, noun):
        """All that was done to this object, oldest first."""
        return self.filter(object_type=noun._meta.label_lower, object_id=str(noun.pk)).order_by("id")


class AppendOnly(models.Model):
    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    class Meta:
        abstract = True

    def save(self, *args, **kwargs):
        if self.pk is not None:
            raise TypeError("Audit entries are append-only.")
        super().save(*args, **kwargs)

    def delete(self, *args, **kwargs):
        raise TypeError("Audit entries are append-only.")


class AuditEntry(AppendOnly):
    """One act: who did what to which object, from where, with what change and result.

    `before` and `after` hold states, keys and amounts, never names, numbers or texts of persons.
    """

    at = models.DateTimeField(_("time"), auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("acting person")
    )
    unit_id = models.BigIntegerField(_("unit"), null=True)
    verb = models.CharField(_("verb"), max_length=64)
    object_type = models.CharField(_("kind of object"), max_length=64)
    object_id = models.CharField(_("object"), max_length=64)
    before = models.JSONField(_("before"), default=dict, encoder=DjangoJSONEncoder)
    after = models.JSONField(_("after"), default=dict, encoder=DjangoJSONEncoder)
    address = models.CharField(_("address"), max_length=45, blank=True)
    result = models.CharField(_("result"), max_length=32, default="ok")

    objects = AuditEntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit entries")
        default_permissions = ("view",)
        indexes = [
            models.Index(fields=["object_type", "object_id"], name="audit_by_object"),
            models.Index(fields=["unit_id", "at"], name="audit_by_unit"),
            models.Index(fields=["actor", "at"], name="audit_by_actor"),
        ]

    def __str__(self):
        return f"{self.verb} {self.object_type} {self.object_id}"


class AuditSeal(AppendOnly):
    """A digest over all entries after those of the seal before it, up to `last_id`, and over that seal's digest."""

    at = models.DateTimeField(_("time"), auto_now_add=True)
    last_id = models.BigIntegerField(_("last entry"), unique=True)
    entries = models.PositiveIntegerField(_("entries"))
    previous = models.CharField(_("seal before it"), max_length=64, unique=True)  # no chain has two ends
    digest = models.CharField(_("digest"), max_length=64, unique=True)

    objects = AppendOnlyQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit seal")
        verbose_name_plural = _("audit seals")
        default_permissions = ("view",)

    def __str__(self):
        return self.digest
