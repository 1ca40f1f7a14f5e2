"""Outgoing messages: each is a row with an outcome before anything leaves the process."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from membership.messaging.states import Channel, MessageState


class OutboundMessageQuerySet(models.QuerySet):
    def stuck(self, before):
        """Handed to the gateway before that moment and never heard of again."""
        return self.filter(state=MessageState.SENDING, claimed_at__lt=before)

    def overdue(self, now):
        """Waiting, and of no use any more."""
        return self.filter(state=MessageState.QUEUED, expires_at__lt=now)

    def for_user(self, user):
        """Administrators see every message, others none."""
        return self if user.is_active and user.has_perm("messaging.view_outboundmessage") else self.none()


class OutboundMessage(models.Model):
    wagtail_reference_index_ignore = True  # no content: every save would cost the worker a task

    channel = models.CharField(_("channel"), max_length=8, choices=Channel.choices)
    template = models.CharField(_("text"), max_length=64)
    recipient = models.CharField(_("recipient"), max_length=254)
    variables = models.JSONField(_("variables"), default=dict)
    sealed = models.TextField(_("sealed variables"), blank=True, editable=False)
    # [{"name": as it is called in the mail, "key": in the private storage, "mime": media type}], of e-mails alone.
    attachments = models.JSONField(_("attachments"), default=list)
    expires_at = models.DateTimeField(_("of no use after"), null=True)
    state = models.CharField(
        _("state"), max_length=16, choices=MessageState.choices, default=MessageState.QUEUED, editable=False
    )
    reference = models.CharField(_("reference of the provider"), max_length=128, blank=True)
    error = models.CharField(_("error"), max_length=255, blank=True)
    repeats = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="repeated_by", verbose_name=_("sent again for")
    )
    caused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", verbose_name=_("caused by")
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    claimed_at = models.DateTimeField(_("handed over"), null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)

    objects = OutboundMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("outgoing message")
        verbose_name_plural = _("outgoing messages")
        default_permissions = ("view",)
        permissions = [("settle_outboundmessage", "Can decide on messages that did not arrive")]
        constraints = [
            models.CheckConstraint(
                name="message_sent_has_time",
                condition=Q(state=MessageState.SENT, sent_at__isnull=False)
                | (~Q(state=MessageState.SENT) & Q(sent_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="message_attached_to_mail", condition=Q(channel=Channel.EMAIL) | Q(attachments=[])
            ),
        ]
        indexes = [
            models.Index(fields=["state", "created_at"], name="message_by_state"),
            models.Index(fields=["recipient", "created_at"], name="message_by_recipient"),
        ]

    def __str__(self):
        return f"{self.get_channel_display()} {self.template} #{self.pk}"


class MessageText(models.Model):
    """The words of one text as the administrator has put them; what is said when, and with which variables, is code."""

    wagtail_reference_index_ignore = True

    key = models.CharField(_("text"), max_length=64, unique=True, editable=False)
    text = models.CharField(_("wording"), max_length=200)
    template_code = models.CharField(
        _("template code of the provider"),
        max_length=64,
        blank=True,
        help_text=_("Providers in China send only texts that they have approved: enter the code of the approved text."),
    )
    updated_at = models.DateTimeField(_("changed"), null=True, editable=False)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name=_("changed by"),
    )

    class Meta:
        verbose_name = _("text of messages")
        verbose_name_plural = _("texts of messages")
        default_permissions = ("change", "view")
        ordering = ["pk"]

    def __str__(self):
        return self.key
