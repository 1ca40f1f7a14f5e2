"""Application configuration of the open site."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HomeConfig(AppConfig):
    name = "home"
    label = "home"
    verbose_name = _("Open site")

    def ready(self):
        from home import freshness  # noqa: PLC0415 - models are there only now

        freshness.listen()
