"""Writes table.csv as the system answers now; run by its name alone. Read the difference afterwards."""

import csv
from pathlib import Path

import pytest

from tests.authz.asking import outcomes
from tests.authz.routes import address, routes
from tests.authz.world import ACTORS

pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]


def test_write_the_table(world, browsers):
    with Path(__file__).with_name("table.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["route", *ACTORS])
        for route in routes():
            asked = address(route, world.fills)
            writer.writerow([route, *(outcomes(browsers[actor], asked) for actor in ACTORS)])
