"""Every route × every actor × every verb answers what table.csv says; a route without a row fails.

To make the table anew after a change, and then to read every difference: `pytest tests/authz/write_table.py`.
"""

import csv
import gc
from pathlib import Path

import pytest

from tests.authz.asking import outcomes
from tests.authz.routes import address, routes

# Wagtail leaves the file open from which it shows a picture that is edited.
LEFT_OPEN = "ignore:Exception ignored in. <function SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning"
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings(LEFT_OPEN)]

TABLE = Path(__file__).with_name("table.csv")


def rows():
    with TABLE.open(encoding="utf-8", newline="") as file:
        return {row.pop("route"): row for row in csv.DictReader(file)}


ROWS = rows()


def test_every_route_has_a_row_and_every_row_a_route():
    assert list(ROWS) == list(routes())


@pytest.mark.parametrize("route", ROWS)
def test_route(world, browsers, route):
    asked = address(route, world.fills)
    assert {actor: outcomes(browser, asked) for actor, browser in browsers.items()} == ROWS[route]
    if "/preview/" in route:
        gc.collect()  # the warning belongs here
