"""Development: debug pages, console SMS, embedded database, everything on 127.0.0.1."""

from .base import *  # noqa: F403

DEBUG = True
SECRET_KEY = "development-only-key-not-for-production"  # noqa: S105
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
INTERNAL_IPS = ["127.0.0.1"]
WHITENOISE_AUTOREFRESH = True  # nothing is collected: files are found where they lie
