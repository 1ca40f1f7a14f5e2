"""No package is older than the release that closed a hole that concerns us, and none is installed beside its pin."""

import re
from importlib.metadata import version

import pytest
from django.conf import settings
from packaging.version import Version

# What each closes stands in the advisories of the release named.
FLOORS = {
    "Django": "5.2.19",
    "wagtail": "7.4.4",
    "django-allauth": "65.21.1",
    "pillow": "13.0.0",
    "weasyprint": "70.0",
    "pikepdf": "10.17",
    "openpyxl": "3.1.5",
    "django-csp": "4.0",
    "django-ninja": "1.7.1",
}
PIN = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^]]*\])?==(\S+)$", re.MULTILINE)
PINS = dict(PIN.findall((settings.BASE_DIR / "requirements.txt").read_text(encoding="utf-8")))


@pytest.mark.parametrize("package", FLOORS)
def test_package_is_pinned_and_installed_at_or_above_its_floor(package):
    floor = Version(FLOORS[package])
    assert Version(PINS[package]) >= floor
    assert Version(version(package)) >= floor


def test_every_requirement_is_an_exact_pin():
    lines = (settings.BASE_DIR / "requirements.txt").read_text(encoding="utf-8").splitlines()
    asked = [line for line in lines if line and not line.startswith("#")]
    assert len(asked) == len(PINS)


@pytest.mark.parametrize("package", PINS)
def test_installed_is_what_is_pinned(package):
    assert version(package) == PINS[package]


def test_parser_with_a_bad_record_is_not_asked_for():
    assert "pypdf" not in PINS
