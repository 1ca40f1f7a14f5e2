"""What programs of a drill have on top: jobs that stop in the middle while a file says so."""

from django.apps import AppConfig


class DrillsConfig(AppConfig):
    name = "tests.drills"
    label = "drills"

    def ready(self):
        from tests.drills import jobs  # noqa: F401, PLC0415  (registers them)
