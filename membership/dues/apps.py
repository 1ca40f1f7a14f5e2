"""Application configuration of dues."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DuesConfig(AppConfig):
    name = "membership.dues"
    label = "dues"
    verbose_name = _("Dues")

    def ready(self):
        from membership.dues import tasks  # noqa: F401, PLC0415  jobs register themselves
