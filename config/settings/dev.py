"""Development: debug pages, console SMS, embedded database, everything on 127.0.0.1."""

from .base import *  # noqa: F403
from .base import env

IS_DEMO = True
DEBUG = env.bool("DEBUG", default=True)  # `make run` switches it off, so that errors look as they do to users
OPEN_PAGES_KEPT = env.bool("OPEN_PAGES_KEPT", default=not DEBUG)  # who writes templates sees each change
WHITENOISE_USE_FINDERS = True
SECRET_KEY = "development-only-key-not-for-production"  # noqa: S105
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
INTERNAL_IPS = ["127.0.0.1"]
WHITENOISE_AUTOREFRESH = True  # nothing is collected: files are found where they lie
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = True  # passkeys over plain HTTP, on localhost alone
