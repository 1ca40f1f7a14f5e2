"""Settings of programs that a drill starts: those of tests, with the worker's own queue, over the drill's own parts."""

from config.settings.test import *  # noqa: F403
from config.settings.test import DATABASES, INSTALLED_APPS, STORAGES, env

IS_DEMO = True  # the demo association is what is broken
INSTALLED_APPS = [*INSTALLED_APPS, "tests.drills.app.DrillsConfig"]
if env.str("DRILL_DATABASE_URL").startswith("sqlite"):
    DATABASES["default"]["NAME"] = env.db_url_config(env.str("DRILL_DATABASE_URL"))["NAME"]
else:
    DATABASES["default"] = env.db_url_config(env.str("DRILL_DATABASE_URL"))
    DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
FILE_UPLOAD_TEMP_DIR = env.str("DRILL_TEMP", default="") or None
ALLOWED_HOSTS = ["127.0.0.1"]
STORAGES["private"]["OPTIONS"]["location"] = env.str("DRILL_FILES")
MEDIA_ROOT = env.str("DRILL_FILES") + "-public"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
JOB_LEASE_SECONDS = env.int("DRILL_LEASE_SECONDS", default=300)
SMS_GATEWAY = env.str("DRILL_SMS_GATEWAY", default="memory")
CACHES = {
    name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    for name in ("default", "process", "limits")
}
