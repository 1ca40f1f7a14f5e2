"""Production: every secret and address comes from the environment; a missing one stops the start with its name.

What is there and unsafe is found by `config.checks`: `manage.py check --deploy` names it, and no web process starts.
"""

from .base import *  # noqa: F403
from .base import LOGGING, STORAGES, env

env.db("DATABASE_URL")  # base reads it with a default that is not for production
DEBUG = False
REFUSES_UNSAFE_START = True
SECRET_KEY = env.str("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
BASE_URL = env.str("BASE_URL")
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[BASE_URL])

# Compressed once, by `manage.py collectstatic`; the names carry a digest, so browsers keep the files for good.
STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"}
if env.str("S3_PRIVATE_BUCKET", default=""):
    # Credentials come from the AWS variables of the environment, never from here: options are written to task rows.
    S3_SHARED = {
        "endpoint_url": env.str("S3_ENDPOINT_URL", default="") or None,
        "region_name": env.str("S3_REGION", default="") or None,
        "addressing_style": env.str("S3_ADDRESSING_STYLE", default="path"),
        "signature_version": "s3v4",
        "file_overwrite": False,
    }
    STORAGES["private"] = {
        "BACKEND": "membership.private_files.PrivateS3Storage",
        "OPTIONS": {**S3_SHARED, "bucket_name": env.str("S3_PRIVATE_BUCKET"), "querystring_expire": 60},
    }
    STORAGES["default"] = {
        "BACKEND": "membership.object_store.BoundedS3Storage",
        "OPTIONS": {
            **S3_SHARED,
            "bucket_name": env.str("S3_PUBLIC_BUCKET"),
            "querystring_auth": False,
            "custom_domain": env.str("S3_PUBLIC_DOMAIN", default="") or None,
        },
    }

STAFF_MFA_REQUIRED = env.bool("STAFF_MFA_REQUIRED", default=True)

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env.int("TRUSTED_PROXY_COUNT", default=0) else None
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31_536_000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
SECURE_HSTS_PRELOAD = SECURE_HSTS_INCLUDE_SUBDOMAINS
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_NAME = "__Host-language"
MESSAGE_STORAGE = "config.cookies.Messages"
SESSION_COOKIE_NAME = "__Host-session"
CSRF_COOKIE_NAME = "__Host-csrf"

for handler in LOGGING["handlers"].values():
    handler["formatter"] = "json"
