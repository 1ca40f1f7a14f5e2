"""The verdicts of `make bench`: each figure has its goal, what is missing is missed, growth begins at the smallest."""

import pytest

from tests.bench.verdicts import FIGURES, GOALS, GROWING, GROWTH, PACE, verdicts

EASY = {
    **{key: 10**6 if bound == "least" else 0 for _figure, _what, key, bound, _limit, _unit in GOALS},
    **{key: 1.0 for key, _what in GROWING.values()},
    "a1_per_second": float(PACE),
}


def missed(*sizes, **said):
    return [line["what"] for line in verdicts(sizes[-1], sizes, **said) if not line["met"]]


def test_every_figure_has_a_goal():
    lines = verdicts(EASY, [EASY, EASY])
    assert list(dict.fromkeys(line["figure"] for line in lines)) == FIGURES
    assert len(lines) == len(GOALS) + len(GROWING)


def test_all_is_met():
    assert missed(EASY, EASY) == []


@pytest.mark.parametrize(("key", "number"), [("list_of_a2", 0.34), ("list_p99", 61), ("queue_more_queries", 1)])
def test_a_missed_goal_says_so(key, number):
    assert len(missed(EASY, EASY | {key: number}, chosen=["P3", "P8"])) == 1


def test_a_slow_machine_is_told_but_excuses_nothing():
    slow = EASY | {"a1_per_second": PACE / 2, "overview_sql": 190}
    [line] = [each for each in verdicts(slow, [slow]) if each["what"] == "overview, SQL"]
    assert (line["met"], line["words"]) == (False, "190.00 ms (≤ 100 ms); at pace 95.00 ms")


def test_pace_is_told_only_where_the_limit_was_measured():
    [line] = verdicts({"run_s": 170}, [], chosen=["P17"])
    assert (line["met"], line["words"]) == (True, "170.00 s (≤ 180 s)")


def test_what_is_not_measured_is_missed_and_says_why():
    [line] = verdicts({}, [], chosen=["P17"], reasons={"P17": "no network"})
    assert (line["met"], line["words"]) == (False, "not measured (≤ 180 s): no network")


def test_growth_is_judged_between_sizes():
    slower = EASY | {"overview_sql": EASY["overview_sql"] * GROWTH * 1.01}
    assert missed(EASY, slower, chosen=["P14"]) == ["growth, SQL of the overview"]
    fewer = EASY | {"list_of_a2": EASY["list_of_a2"] / GROWTH / 1.01}
    assert missed(EASY, fewer, chosen=["P14"]) == ["growth, requests of the message list"]


def test_one_size_shows_no_growth():
    assert len(missed(EASY, chosen=["P14"])) == len(GROWING)
