"""The verdicts of `make size`: each goal has its figure, and growth is judged from the smallest size on."""

import pytest

from tests.bench.at_size.verdicts import GOALS, GROWING, GROWTH, PACE, verdicts

EASY = {
    **{key: 10**6 if bound == "least" else 0.5 for _figure, _what, key, bound, _limit, _unit in GOALS},
    **{key: 1.0 for key, _what in GROWING.values()},
    "a1_per_second": float(PACE),
    **dict.fromkeys(["badges_sql", "badges_bare", "deliver_ours", "deliver_bare"], 1.0),
}


def missed(*figures):
    return [line["what"] for line in verdicts(list(figures)) if not line["met"]]


def test_all_is_met():
    assert missed(EASY) == []
    assert len(verdicts([EASY])) == len(GOALS)


@pytest.mark.parametrize(("key", "number"), [("list_of_a2", 0.34), ("list_p99", 61), ("detail_queries", 12)])
def test_a_missed_goal_says_so(key, number):
    assert len(missed(EASY | {key: number})) == 1


def test_a_slow_machine_is_told_but_excuses_nothing():
    slow = EASY | {"a1_per_second": PACE / 2, "overview_sql": 190}
    assert missed(slow) == ["overview, SQL"]
    [line] = [each for each in verdicts([slow]) if each["what"] == "overview, SQL"]
    assert "at pace 95.00 ms" in line["words"]


def test_shares_are_of_the_bare_statement():
    assert missed(EASY | {"badges_sql": 2.1}) == ["badges, of the bare SQL"]
    assert missed(EASY | {"deliver_ours": 3.1}) == ["deliver by three kinds of rules, of the bare INSERT … SELECT"]


def test_growth_is_judged_between_sizes():
    slower = EASY | {"overview_sql": EASY["overview_sql"] * GROWTH * 1.01}
    assert missed(EASY, slower) == ["growth, SQL of the overview"]
    fewer = EASY | {"list_of_a2": EASY["list_of_a2"] / GROWTH / 1.01}
    assert missed(EASY, fewer) == ["growth, requests of the message list"]
    assert len(verdicts([EASY, EASY])) == len(GOALS) + len(GROWING)
