"""Figures of size and speed: measured, printed at the end, never asserted; `make bench` reads those with a key."""

import json
import os
import statistics
import time
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from membership.units.models import Body, Level, Membership, Unit
from membership.units.regions import Province
from membership.units.states import MembershipState, UnitType
from tests.factories import UnitFactory, UserFactory, uscc

RUNS = 5
UNITS = int(os.environ.get("BENCH_UNITS", "10000"))
_figures, _keyed = [], {}


def pytest_collection_modifyitems(items):
    for item in items:
        if "/bench/" in str(item.path):
            item.add_marker(pytest.mark.bench)


def note(name, took):
    """Print this figure at the end: the median of the milliseconds `took`."""
    _figures.append((name, statistics.median(took), min(took), max(took)))


def keep(**numbers):
    """Hand these figures to `make bench`."""
    _keyed.update(numbers)


@pytest.fixture
def measure():
    """Run `work` five times after a warm-up, note the median under this name, and in seconds under the key.

    Returns the last answer.
    """

    def _measure(name, work, key=None):
        work()
        took = []
        for _run in range(RUNS):
            start = time.perf_counter()
            answer = work()
            took.append(1000 * (time.perf_counter() - start))
        note(name, took)
        if key:
            keep(**{key: statistics.median(took) / 1000})
        return answer

    return _measure


@pytest.fixture
def register():
    """Ten thousand certified units (BENCH_UNITS) of every type and province; returned is the first, an ordinary one."""
    first, reviewer, now = UnitFactory(certified=True), UserFactory(staff=True), timezone.now()
    more = [
        Unit(
            name=f"规模测算{n}有限公司",
            uscc=uscc(1_000_000 + n),
            unit_type=UnitType.values[n % len(UnitType)],
            province=Province.values[n % len(Province)],
            legal_representative="张三",
            contact_name="李四",
            contact_phone="13811138111",
            submitted_at=now,
        )
        for n in range(1, UNITS)
    ]
    Unit.objects.bulk_create(more, batch_size=1_000)
    decided = {"state": MembershipState.ACTIVE, "submitted_at": now, "decided_at": now, "decided_by": reviewer}
    association, level = Body.objects.association(), Level.objects.get(body_kind="association", slug="ordinary")
    certified = [
        Membership(
            unit=unit,
            body=association,
            level=level,
            member_no=f"HY{number:05d}",
            since=date(2010, 1, 1) + timedelta(days=number // 2),
            **decided,
        )
        for number, unit in enumerate(more, start=2)
    ]
    Membership.objects.bulk_create(certified, batch_size=1_000)
    return first


def pytest_terminal_summary(terminalreporter):
    if os.environ.get("BENCH_FIGURES"):
        Path(os.environ["BENCH_FIGURES"]).write_text(json.dumps(_keyed), encoding="utf-8")
    if not _figures:
        return
    terminalreporter.section(f"medians of {RUNS} runs, in ms (min, max)")
    for name, median, least, most in _figures:
        terminalreporter.write_line(f"{median:10.1f}  ({least:.1f}, {most:.1f})  {name}")
