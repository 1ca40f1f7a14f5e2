"""Application configuration of the project itself: it carries the commands that span every room."""

from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "config"
    label = "config"

    def ready(self):
        from config import checks  # noqa: F401, PLC0415  (registers them)
