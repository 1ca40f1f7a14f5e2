"""Settings of programs that a drill starts: those of tests, with the worker's own queue, over the drill's own parts."""

from config.settings.test import *  # noqa: F403
from config.settings.test import DATABASES, STORAGES, env

IS_DEMO = True  # the demo association is what is broken
DATABASES["default"] = env.db_url_config(env.str("DRILL_DATABASE_URL"))
STORAGES["private"]["OPTIONS"]["location"] = env.str("DRILL_FILES")
MEDIA_ROOT = env.str("DRILL_FILES") + "-public"
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
JOB_LEASE_SECONDS = env.int("DRILL_LEASE_SECONDS", default=300)
SMS_GATEWAY = env.str("DRILL_SMS_GATEWAY", default="memory")
CACHES = {
    name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    for name in ("default", "process", "limits")
}
