"""Application configuration of the project itself: it carries the commands that span every room."""

from django.apps import AppConfig
from django.db.backends.signals import connection_created

from config.observation import slow_queries


class ConfigConfig(AppConfig):
    name = "config"
    label = "config"

    def ready(self):
        from config import checks  # noqa: F401, PLC0415  (registers them)
        from config.upkeep import tasks  # noqa: F401, PLC0415  (registers the jobs)

        connection_created.connect(slow_queries.watch_connection, dispatch_uid="slow queries")
