"""Strict rails for every test: no network, temporary files, undefined template variables fail."""

import inspect
import socket

import pytest
from django.conf import settings as django_settings
from django.core.cache import caches
from django.core.files.storage import storages
from django.template import engines
from django.template.base import Node
from django.utils import translation

from membership.messaging.gateways import memory

LOCAL = {"127.0.0.1", "::1", "localhost"}


class UndefinedVariable(str):
    """Stands in for `string_if_invalid`: a variable that a template of ours does not know fails the test.

    Templates of packages see the empty string that they count on.
    """

    OURS = str(django_settings.BASE_DIR / "templates")

    def _template(self):
        for frame in inspect.stack(context=0):
            node = frame.frame.f_locals.get("self")
            origin = getattr(node, "origin", None)
            if isinstance(node, Node) and origin is not None:
                return str(origin.name)
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
def _clean_slate(settings, monkeypatch, tmp_path):
    """Files of this test alone, empty caches, empty SMS outbox, the language that visitors meet first."""
    settings.MEDIA_ROOT = str(tmp_path / "public")
    # The fields were given their storage when the models were loaded: a changed setting would come too late.
    monkeypatch.setitem(vars(storages["private"]), "location", str(tmp_path / "private"))
    for name in settings.CACHES:
        caches[name].clear()
    memory.outbox.clear()
    translation.deactivate()  # the language of the last request stays with the thread
