"""The world is made once for all questions of a module, and undone with the transaction that it was made in."""

import logging

import pytest
from django.core.files.storage import storages
from django.db import transaction
from django.test import override_settings
from wagtail.signal_handlers import disable_reference_index_auto_update

from tests import children
from tests.authz.asking import Browser
from tests.authz.world import ACTORS, World


@pytest.fixture(autouse=True)
def _django_db_marker():
    """The marker of these tests asks pytest-django for a database; the transaction around each is that of the world."""


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    return tmp_path_factory.mktemp("authz")


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker, files):
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr(children.uploads, "_facts_in_child", children.facts_once)
        patch.setattr(children.pages, "_draw_in_child", children.drawn_once)
        with transaction.atomic(), override_settings(MEDIA_ROOT=str(files / "public")):
            _keep_files_in(files, patch)  # after the setting, which has every storage forget where it lies
            with disable_reference_index_auto_update():
                made = World()
            yield made
            transaction.set_rollback(True)


@pytest.fixture(scope="module")
def browsers(world):
    return {actor: Browser(world.people[actor]) for actor in ACTORS}


@pytest.fixture(autouse=True)
def _files_of_the_world(_clean_slate, files, monkeypatch, settings):
    """After the rails have given every test files of its own."""
    settings.MEDIA_ROOT = str(files / "public")
    _keep_files_in(files, monkeypatch)


@pytest.fixture(autouse=True)
def _silence():
    """Every answer from 400 on is a line in the log, here by the thousand."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def _keep_files_in(files, patch):
    patch.setattr(storages["private"], "base_location", str(files / "private"))
    patch.setattr(storages["private"], "location", str(files / "private"))
