"""Open pages on a server with several processes: what is published is there, what is taken away is gone, at once."""

from contextlib import ExitStack
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from django.core.management import call_command
from django.db import connection

from tests.bench.at_size.serving import served, warm_up
from tests.factories import UnitFactory, notice, open_index

PATH = "/notices/spring/"
ASKED = 8  # times each server is asked, so that each of its processes is


@pytest.fixture
def servers(settings, monkeypatch, tmp_path):
    """Two servers of two processes each, with kept pages, on the database and the mark of this test."""
    name = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        address = f"sqlite:///{name}"
    else:
        at = connection.settings_dict
        address = f"postgres://{at['USER']}:{at['PASSWORD']}@{at['HOST']}:{at['PORT']}/{name}"
    settings.OPEN_PAGES_STAMP = str(tmp_path / "stamp")
    for variable, value in {
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "DATABASE_URL": address,
        "DEBUG": "false",
        "OPEN_PAGES_STAMP": settings.OPEN_PAGES_STAMP,
    }.items():
        monkeypatch.setenv(variable, value)
    call_command("createcachetable", "cache_entries")
    with ExitStack() as stack:
        yield [stack.enter_context(served("config.wsgi")) for _server in range(2)]


def statuses(servers):
    """{(status, whether it says 春)} of all answers, and whether one of them was kept."""
    seen = [_ask(server) for server in servers for _time in range(ASKED)]
    return {(status, says) for status, says, _tag in seen}, any(tag for _status, _says, tag in seen)


def _ask(server):
    try:
        with urlopen(f"http://{server}{PATH}", timeout=60) as answer:
            return answer.status, "新的春天" in answer.read().decode(), answer.headers["ETag"]
    except HTTPError as refused:
        return refused.code, False, refused.headers["ETag"]


def test_every_process_shows_what_is_published_and_nothing_that_is_not(servers):
    UnitFactory(certified=True)
    page = notice(index=open_index(), slug="spring", title="春天")
    for server in servers:
        warm_up(server, [(PATH, "")] * ASKED)
    assert statuses(servers) == ({(200, False)}, True)
    page.title = "新的春天"
    page.save_revision().publish()
    assert statuses(servers) == ({(200, True)}, True)
    page.unpublish()
    assert statuses(servers) == ({(404, False)}, False)
    page.save_revision().publish()
    assert statuses(servers) == ({(200, True)}, True)
