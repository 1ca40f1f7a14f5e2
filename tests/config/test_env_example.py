"""`.env.example` names every variable that the settings read, and no other."""

import re

from django.conf import settings

READ = re.compile(r"\benv(?:\.\w+)?\(\s*\"([A-Z][A-Z0-9_]*)\"")
NAMED = re.compile(r"^# ([A-Z][A-Z0-9_]*)=", re.MULTILINE)
# Read by Django and by the clients of PostgreSQL, AWS, Aliyun and Prometheus, not by our settings.
BY_OTHERS = {
    "PGOPTIONS",
    "DJANGO_SETTINGS_MODULE",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_DEFAULT_REGION",
    "ALIBABA_CLOUD_ACCESS_KEY_ID",
    "ALIBABA_CLOUD_ACCESS_KEY_SECRET",
    "PROMETHEUS_MULTIPROC_DIR",
}


def test_example_names_what_the_settings_read():
    sources = [
        *(settings.BASE_DIR / "config" / "settings").glob("*.py"),
        settings.BASE_DIR / "deploy" / "gunicorn.conf.py",
    ]
    read = {name for source in sources for name in READ.findall(source.read_text(encoding="utf-8"))}
    named = set(NAMED.findall((settings.BASE_DIR / ".env.example").read_text(encoding="utf-8")))
    assert named - BY_OTHERS == read
