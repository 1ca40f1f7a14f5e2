"""Application configuration of the members' face."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PortalConfig(AppConfig):
    name = "portal"
    label = "portal"
    verbose_name = _("Member portal")

    def ready(self):
        from portal import tasks  # noqa: F401, PLC0415  jobs register themselves
