"""Strict rails for every test: no network, temporary files, undefined template variables fail."""

import inspect
import socket
import subprocess
import sys

import pytest
from django.conf import settings as django_settings
from django.core.cache import caches
from django.core.files.storage import storages
from django.db import connection
from django.template import engines
from django.template.base import Node
from django.utils import translation
from pytest_django.plugin import blocking_manager_key
from wagtail.signal_handlers import disable_reference_index_auto_update

from membership import pdf
from membership.messaging.gateways import memory
from tests import children, migrated

LOCAL = {"127.0.0.1", "::1", "localhost"}
MIGRATED = pytest.StashKey[migrated.Rows]()


class UndefinedVariable(str):
    """Stands in for `string_if_invalid`: a variable that a template of ours does not know fails the test.

    Templates of packages see the empty string that they count on.
    """

    OURS = str(django_settings.BASE_DIR / "templates")

    def _template(self):
        frame = inspect.currentframe()
        while frame:  # inspect.stack() would open the source of every frame
            node = frame.f_locals.get("self")
            if isinstance(node, Node) and getattr(node, "origin", None) is not None:
                return str(node.origin.name)
            frame = frame.f_back
        return ""

    def __bool__(self):
        return self._template().startswith(self.OURS)

    def __contains__(self, item):
        return item == "%s"

    def __mod__(self, variable):
        pytest.fail(f"undefined template variable “{variable}” in {self._template()}", pytrace=False)


@pytest.fixture(autouse=True, scope="session")
def _undefined_variables_fail():
    engines["django"].engine.string_if_invalid = UndefinedVariable()


@pytest.fixture(autouse=True, scope="session")
def _network_is_blocked():
    connect = socket.socket.connect

    def guarded(self, address):
        if self.family != socket.AF_UNIX and address[0] not in LOCAL:
            raise RuntimeError(f"tests may not reach {address[0]}")
        return connect(self, address)

    socket.socket.connect = guarded
    yield
    socket.socket.connect = connect


@pytest.fixture(autouse=True)
def _same_stores():
    """Fields keep the storage that they were made with; Django forgets it when the setting is changed, and put back."""
    kept = dict(storages._storages)
    yield
    storages._storages = kept


@pytest.fixture(autouse=True)
def _clean_slate(_same_stores, settings, monkeypatch, tmp_path):
    """Files of this test alone, empty caches, empty SMS outbox, the language that visitors meet first."""
    settings.MEDIA_ROOT = str(tmp_path / "public")
    # The fields keep the storage that they were made with, so that one is moved, not replaced.
    monkeypatch.setattr(storages["private"], "base_location", str(tmp_path / "private"))
    monkeypatch.setattr(storages["private"], "location", str(tmp_path / "private"))
    for name in settings.CACHES:
        caches[name].clear()
    memory.outbox.clear()
    translation.deactivate()  # the language of the last request stays with the thread


@pytest.fixture(autouse=True)
def _no_index_of_references(request):
    """Keeping Wagtail's index of references takes a third of the time of making a notice; few tests look into it."""
    if request.node.get_closest_marker("references"):
        yield
        return
    with disable_reference_index_auto_update():
        yield


@pytest.fixture(autouse=True)
def _one_child_for_each_content(request, monkeypatch):
    """Most tests upload the same few files; those with the marker look at how a file is examined or drawn."""
    if not request.node.get_closest_marker("children"):
        monkeypatch.setattr(children.uploads, "_facts_in_child", children.facts_once)
        monkeypatch.setattr(children.pages, "_draw_in_child", children.drawn_once)


def _commits(item):
    marker = item.get_closest_marker("django_db")
    return marker.kwargs if marker and marker.kwargs.get("transaction") else {}


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    careless = [item.nodeid for item in items if _commits(item) and not _commits(item).get("serialized_rollback")]
    if careless:
        raise pytest.UsageError(f"tests that commit need serialized_rollback=True: {', '.join(careless)}")


@pytest.fixture(scope="session")
def _kept_database(django_db_modify_db_settings_parallel_suffix):
    """The file of the migrated database, and whether the tests begin with a copy of it."""
    kept = migrated.kept_file()
    return kept, migrated.start_from(kept)


@pytest.fixture(scope="session")
def django_db_keepdb(_kept_database):
    return _kept_database[1]


@pytest.fixture(scope="session")
def django_db_setup(_kept_database, django_db_setup, django_db_blocker, request):
    """Remember the rows that migrations have made.

    Django, which would look for them in `_test_serialized_contents`, gives none back itself and makes none anew.
    """
    with django_db_blocker.unblock():
        request.config.stash[MIGRATED] = migrated.Rows()
        connection._test_serialized_contents = "[]"
        migrated.keep(_kept_database[0])


@pytest.hookimpl(wrapper=True, trylast=True)
def pytest_runtest_teardown(item, nextitem):
    """A test that commits (races, browsers) ends with empty tables: give the next test the migrated rows again.

    The audit trail, which no database lets anybody empty, is without its triggers for that moment.
    """
    if not _commits(item):
        return (yield)
    with item.config.stash[blocking_manager_key].unblock():
        guard = migrated.Guard("audit_auditentry", "audit_auditseal")
        guard.take_away()
    result = yield
    with item.config.stash[blocking_manager_key].unblock():
        if nextitem:  # after the last one the database is gone
            guard.put_back()
            item.config.stash[MIGRATED].give_back()
        connection.close()
    return result


@pytest.fixture(scope="session")
def press():
    """For tests that look into a real PDF: skipped where the machine lacks the library or the font for it."""
    answer = subprocess.run([sys.executable, "-m", "membership.pdf_press"], input=b"", capture_output=True, check=False)
    if answer.returncode in pdf.PACKAGES:
        pytest.skip(f"{pdf.PACKAGES[answer.returncode]} is not installed")
