"""Production starts with every secret and address named, and says which one is missing."""

import json
import os
import subprocess
import sys

import pytest
from django.conf import settings

REQUIRED = {
    "SECRET_KEY": "k9v2Q7x4Lm8Zt1Rb6Ny3Wc5Hd0Pf-Gs_Ju=Ea+Xo(Ti)Kq!Vz-long-enough",
    "ALLOWED_HOSTS": "portal.example.org",
    "BASE_URL": "https://portal.example.org",
    "DATABASE_URL": "sqlite:////nowhere/portal.sqlite3",
}
WANTED = {"SMS_GATEWAY": "sns", "EMAIL_URL": "smtp+tls://portal:x@mail.example.org:587", "TRUSTED_PROXY_COUNT": "1"}
SHOW = """
from django.conf import settings as s
d = s.DATABASES["default"]
mode = d.get("OPTIONS", {}).get("transaction_mode")
print(s.DEBUG, s.CSRF_TRUSTED_ORIGINS, s.SESSION_COOKIE_SECURE, s.SECURE_PROXY_SSL_HEADER, d.get("CONN_MAX_AGE"), mode)
"""


def run(*command, **environment):
    """A process of its own: settings are read once."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, *command],
        cwd=settings.BASE_DIR,
        env={**inherited, "DJANGO_SETTINGS_MODULE": "config.settings.production", **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("missing", REQUIRED)
def test_missing_value_stops_the_start_with_its_name(missing):
    given = {name: value for name, value in REQUIRED.items() if name != missing}
    result = run("-c", "import config.settings.production", **given)
    last = result.stderr.strip().splitlines()[-1]
    assert result.returncode == 1
    assert last == f"django.core.exceptions.ImproperlyConfigured: Set the {missing} environment variable"


def test_private_bucket_needs_a_public_one():
    result = run("-c", "import config.settings.production", **REQUIRED, S3_PRIVATE_BUCKET="private")
    assert result.returncode == 1
    assert "S3_PUBLIC_BUCKET" in result.stderr


def test_deployment_check_is_clean():
    result = run("manage.py", "check", "--deploy", "--fail-level", "WARNING", **REQUIRED, **WANTED)
    assert (result.returncode, result.stderr) == (0, "")


def test_a_site_that_lacks_nothing_starts():
    result = run("-W", "ignore:No directory at", "-c", "import config.wsgi", **REQUIRED, **WANTED)
    assert (result.returncode, result.stderr) == (0, "")


def test_every_unsafe_value_stops_the_start_with_its_name():
    """Each alone is tried in test_checks; here, that the web process asks and dies."""
    unsafe = {
        "SECRET_KEY": "short",
        "ALLOWED_HOSTS": "*",
        "BASE_URL": "http://portal.example.org",
        "SMS_GATEWAY": "console",
    }
    result = run("-c", "import config.wsgi", **REQUIRED | WANTED | unsafe | {"STAFF_MFA_REQUIRED": "false"})
    assert result.returncode == 1
    assert [name for name in [*unsafe, "STAFF_MFA_REQUIRED"] if name not in result.stderr] == []
    assert "ImproperlyConfigured: The site does not start with these settings:" in result.stderr


@pytest.mark.parametrize(
    ("environment", "shown"),
    [
        ({}, "False ['https://portal.example.org'] True None None IMMEDIATE"),
        (
            {"DATABASE_URL": "postgres://a:b@127.0.0.1/c", "DATABASE_CONN_MAX_AGE": "0", "TRUSTED_PROXY_COUNT": "1"},
            "False ['https://portal.example.org'] True ('HTTP_X_FORWARDED_PROTO', 'https') 0 None",
        ),
        (
            {"DATABASE_URL": "postgres://a:b@127.0.0.1/c"},
            "False ['https://portal.example.org'] True None 60 None",
        ),
    ],
)
def test_settings_follow_the_environment(environment, shown):
    """SQLite keeps its transactions that lock at once; behind PgBouncer no connection is kept."""
    assert run("-c", SHOW, **REQUIRED | environment).stdout.strip() == shown


SHOW_BUCKETS = """
import json
from django.conf import settings as s
print(json.dumps({name: s.STORAGES[name] for name in ("private", "default")}))
"""


def test_files_follow_the_environment():
    """Two buckets, links of a minute to the private one, none of the credentials among the options."""
    given = {"S3_PRIVATE_BUCKET": "inside", "S3_PUBLIC_BUCKET": "outside", "S3_ENDPOINT_URL": "https://s3.example.org"}
    given |= {
        "S3_ADDRESSING_STYLE": "virtual",
        "S3_PUBLIC_DOMAIN": "media.example.org",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }
    stores = json.loads(run("-c", SHOW_BUCKETS, **REQUIRED | given).stdout)
    private, public = stores["private"]["OPTIONS"], stores["default"]["OPTIONS"]
    assert (private["bucket_name"], private["querystring_expire"]) == ("inside", 60)
    assert (public["bucket_name"], public["custom_domain"]) == ("outside", "media.example.org")
    for options in (private, public):
        assert (options["endpoint_url"], options["addressing_style"]) == ("https://s3.example.org", "virtual")
        assert (options["file_overwrite"], "secret" in str(options)) == (False, False)
    assert run("-c", SHOW_BUCKETS, **REQUIRED).stdout.count("FileSystemStorage") == 2
