"""Application configuration of the editorial room."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CmsConfig(AppConfig):
    name = "cms"
    label = "cms"
    verbose_name = _("Editorial content")

    def ready(self):
        from cms import publishing, tasks  # noqa: F401, PLC0415  (listens to what Wagtail announces; registers the jobs)
        from cms.staff import panels  # noqa: F401, PLC0415  (hangs the editors on the page classes)
