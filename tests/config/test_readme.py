"""The README promises nothing that is not there: targets, accounts, pictures, links."""

import re

import pytest
from django.conf import settings
from PIL import Image

from config.demo.accounts import DEMO_ACCOUNTS, DEMO_PASSWORD

ROOT = settings.BASE_DIR
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
HALVES = dict(zip(("Chinese", "English"), README.split("\n---\n"), strict=True))
IMAGE_MAX_BYTES = 200 * 1024


def targets_named(text):
    """What follows `make` in code, be it a span or a block, with or without variables before it."""
    code = re.findall(r"```sh\n(.*?)```", text, re.DOTALL) + re.findall(r"`([^`\n]+)`", text)
    return {target for span in code for target in re.findall(r"(?:^|\s)make ([a-z][a-z0-9-]*)", span, re.MULTILINE)}


@pytest.mark.parametrize("half", HALVES)
def test_targets_exist(half):
    there = set(re.findall(r"^([a-z0-9-]+):.*##", MAKEFILE, re.MULTILINE))
    named = targets_named(HALVES[half])
    assert {"run", "test", "check", "help"} <= named
    assert named - there == set()


def test_accounts_are_those_of_the_demo():
    rows = re.findall(r"^\| (1\d{10}) \| (\S+) \| ([^|]+?) \|", README, re.MULTILINE)
    assert [(phone, name) for phone, name, _ in rows] == [(account.phone, account.name) for account in DEMO_ACCOUNTS]
    units = {account.phone: account.role for account in DEMO_ACCOUNTS if account.phone.startswith("13811138")}
    assert {phone: role.startswith(units[phone]) for phone, _, role in rows if phone in units} == dict.fromkeys(
        units, True
    )
    assert set(re.findall(r"\b1\d{10}\b", README)) == {account.phone for account in DEMO_ACCOUNTS}
    assert HALVES["Chinese"].count(DEMO_PASSWORD) == HALVES["English"].count(DEMO_PASSWORD) == 1


def test_links_lead_to_files_of_the_project():
    links = re.findall(r"\]\(([^)]+)\)", README)
    files = {link for link in links if not link.startswith("#")}
    assert {"docs/look.md", ".env.example", "CHANGELOG.md", "LICENSE"} <= files
    assert [link for link in files if not (ROOT / link).exists()] == []
    headings = {re.sub(r"[^\w\- ]", "", line).strip().lower().replace(" ", "-") for line in README.splitlines()}
    assert [link for link in links if link.startswith("#") and link[1:] not in headings] == []


def test_each_face_has_a_small_picture():
    pictures = re.findall(r"!\[[^\]]+\]\(([^)]+)\)", README)
    assert pictures == [f"docs/images/{name}.png" for name in ("open-site", "members", "staff")]
    assert [path for path in pictures if (ROOT / path).stat().st_size >= IMAGE_MAX_BYTES] == []
    for path in pictures:
        with Image.open(ROOT / path) as picture:
            assert picture.size == (1440, 900)


def test_variables_are_described():
    assert "DATABASE_URL" in HALVES["Chinese"]
    assert "DATABASE_URL" in HALVES["English"]
    assert "PORT=8001 make run" in HALVES["Chinese"]
    assert "PORT=8001 make run" in HALVES["English"]
