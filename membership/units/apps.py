"""Application configuration of units."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UnitsConfig(AppConfig):
    name = "membership.units"
    label = "units"
    verbose_name = _("Member units")

    def ready(self):
        from membership.units import tasks  # noqa: F401, PLC0415  (registers the jobs)
