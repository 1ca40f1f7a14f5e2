"""Tests: fast hashes, tasks at once, messages kept in memory, undefined template variables are errors."""

from .base import *  # noqa: F403
from .base import BASE_DIR, DATABASES, TEMPLATES

DEBUG = False
SECRET_KEY = "test-only-key"  # noqa: S105
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "default"},
    "process": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "process"},
    "limits": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "limits"},
}
OPEN_PAGES_KEPT = False  # tests of kept pages switch it on
SMS_GATEWAY = "memory"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_AUTOREFRESH = True  # nothing is collected: files are found where they lie
WAGTAIL_AUTOSAVE_INTERVAL = 0
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    # A file, not memory: race tests and the live server need one database seen by several connections.
    DATABASES["default"]["NAME"] = str(BASE_DIR / ".test" / "db.sqlite3")
    DATABASES["default"]["TEST"] = {"NAME": str(BASE_DIR / ".test" / "test.sqlite3")}
    (BASE_DIR / ".test").mkdir(exist_ok=True)
else:
    DATABASES["default"]["CONN_MAX_AGE"] = 0
TEMPLATES[0]["OPTIONS"]["debug"] = True
CAPTCHA_CHALLENGE_FUNCT = "tests.captcha.challenge"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # passkeys over plain HTTP, on localhost alone
