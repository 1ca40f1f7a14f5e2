"""Application configuration of jobs."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JobsConfig(AppConfig):
    name = "membership.jobs"
    label = "jobs"
    verbose_name = _("Background jobs")

    def ready(self):
        from membership.jobs import tasks  # noqa: F401, PLC0415  (registers the jobs)
