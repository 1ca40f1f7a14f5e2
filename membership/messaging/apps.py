"""Application configuration of messaging."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MessagingConfig(AppConfig):
    name = "membership.messaging"
    label = "messaging"
    verbose_name = _("Messages sent")

    def ready(self):
        from membership.messaging import tasks  # noqa: F401, PLC0415  (registers the jobs)
