"""Figures of size and speed: measured, printed at the end, never asserted."""

import statistics
import time

import pytest

RUNS = 5
_figures = []


def pytest_collection_modifyitems(items):
    for item in items:
        if "/bench/" in str(item.path):
            item.add_marker(pytest.mark.bench)


def note(name, took):
    """Print this figure at the end: the median of the milliseconds `took`."""
    _figures.append((name, statistics.median(took), min(took), max(took)))


@pytest.fixture
def measure():
    """Run `work` five times after a warm-up, note the median under this name, return its last answer."""

    def _measure(name, work):
        work()
        took = []
        for _run in range(RUNS):
            start = time.perf_counter()
            answer = work()
            took.append(1000 * (time.perf_counter() - start))
        note(name, took)
        return answer

    return _measure


def pytest_terminal_summary(terminalreporter):
    if not _figures:
        return
    terminalreporter.section(f"medians of {RUNS} runs, in ms (min, max)")
    for name, median, least, most in _figures:
        terminalreporter.write_line(f"{median:10.1f}  ({least:.1f}, {most:.1f})  {name}")
