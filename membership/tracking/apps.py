"""Application configuration of tracking."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TrackingConfig(AppConfig):
    name = "membership.tracking"
    label = "tracking"
    verbose_name = _("Deliveries and receipts")

    def ready(self):
        from membership.tracking import tasks  # noqa: F401, PLC0415  (registers the jobs)
