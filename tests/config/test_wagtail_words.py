"""Our Chinese for Wagtail's admin: every string is still one of Wagtail's, with its placeholders and tags."""

import re
from pathlib import Path

import pytest
import wagtail
import wagtail_modeladmin
from babel.messages.pofile import read_po
from django.conf import settings
from django.utils import translation

from config.management.commands.translations import WAGTAIL_POS, by_key, load_po, singular
from tests.factories import UserFactory

PACKAGES = [Path(package.__file__).parent for package in (wagtail, wagtail_modeladmin)]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w+\}")


def words(po):
    return by_key(load_po(Path(settings.BASE_DIR) / po))


def english(name):
    """Every string that the installed packages have in this domain."""
    found = set()
    for package in PACKAGES:
        for path in package.rglob(f"locale/en/LC_MESSAGES/{name}"):
            with path.open("rb") as file:
                found |= {(message.context, singular(message)) for message in read_po(file) if message.id}
    return found


@pytest.mark.parametrize("po", WAGTAIL_POS, ids=lambda po: po.name)
def test_no_string_has_gone_from_wagtail(po):
    assert sorted(key[1] for key in words(po).keys() - english(po.name)) == []


@pytest.mark.parametrize("po", WAGTAIL_POS, ids=lambda po: po.name)
def test_placeholders_are_those_of_the_string(po):
    wrong = []
    for message in words(po).values():
        asked = {p for one in (message.id if message.pluralizable else [message.id]) for p in PLACEHOLDER.findall(one)}
        given = PLACEHOLDER.findall(message.string[0] if message.pluralizable else message.string)
        if not set(given) <= asked:
            wrong.append(singular(message))
    assert wrong == []


def test_the_words_reach_templates_and_scripts(client, db):
    with translation.override("zh-hans"):
        assert translation.gettext("Search all pages…") == "搜索全部页面…"
        assert translation.gettext("live") == "已发布"
    client.force_login(UserFactory(root=True))
    assert r"\u63d2\u5165\u5185\u5bb9\u5757" in client.get("/cms/jsi18n/").content.decode()
