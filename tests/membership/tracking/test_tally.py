"""The rules of a deliberation as a table: who must answer, who must agree, what came of it. No database."""

from types import SimpleNamespace

import pytest

from membership.tracking.states import Majority, OpinionChoice, Quorum
from membership.tracking.tally import Rule, tally


def matter(*options):
    """A matter with options of its own, or with agree, disagree, abstain."""
    return SimpleNamespace(title="事项", choices=[(o, o) for o in options] or list(OpinionChoice.choices))


def votes(agree=0, disagree=0, abstain=0):
    return {"agree": agree, "disagree": disagree, "abstain": abstain}


@pytest.mark.parametrize(
    ("quorum", "entitled", "needed"),
    [
        (Quorum.HALF, 0, 1),
        (Quorum.HALF, 1, 1),
        (Quorum.HALF, 2, 2),
        (Quorum.HALF, 3, 2),
        (Quorum.HALF, 10, 6),
        (Quorum.HALF, 11, 6),
        (Quorum.TWO_THIRDS, 0, 1),
        (Quorum.TWO_THIRDS, 1, 1),
        (Quorum.TWO_THIRDS, 3, 2),
        (Quorum.TWO_THIRDS, 4, 3),
        (Quorum.TWO_THIRDS, 9, 6),
        (Quorum.TWO_THIRDS, 10, 7),
        ("", 10, 0),
    ],
)
def test_so_many_must_answer(quorum, entitled, needed):
    assert Rule(quorum, "", entitled, 0).needed_present == needed
    assert Rule(quorum, "", entitled, needed).has_quorum is True
    if needed:
        assert Rule(quorum, "", entitled, needed - 1).has_quorum is False


@pytest.mark.parametrize(
    ("majority", "entitled", "present", "needed"),
    [
        (Majority.HALF_PRESENT, 100, 10, 6),
        (Majority.HALF_PRESENT, 100, 11, 6),
        (Majority.TWO_THIRDS_PRESENT, 100, 9, 6),
        (Majority.TWO_THIRDS_PRESENT, 100, 10, 7),
        (Majority.HALF_ALL, 100, 60, 51),
        (Majority.TWO_THIRDS_ALL, 100, 80, 67),
        (Majority.HALF_PRESENT, 100, 0, 1),
        ("", 100, 60, None),
    ],
)
def test_so_many_votes_decide(majority, entitled, present, needed):
    assert Rule("", majority, entitled, present).needed_votes == needed


@pytest.mark.parametrize(
    ("quorum", "majority", "entitled", "numbers", "passed"),
    [
        # more than half of those that answered: half is not enough, abstaining is no agreement
        (Quorum.HALF, Majority.HALF_PRESENT, 10, votes(agree=4, disagree=2), True),
        (Quorum.HALF, Majority.HALF_PRESENT, 10, votes(agree=3, disagree=3), False),
        (Quorum.HALF, Majority.HALF_PRESENT, 10, votes(agree=3, abstain=3), False),
        (Quorum.HALF, Majority.HALF_PRESENT, 10, votes(disagree=6), False),
        # without the quorum nothing is carried, however clear
        (Quorum.HALF, Majority.HALF_PRESENT, 10, votes(agree=5), False),
        (Quorum.HALF, Majority.HALF_PRESENT, 10, votes(agree=6), True),
        (Quorum.TWO_THIRDS, Majority.HALF_PRESENT, 9, votes(agree=5), False),
        (Quorum.TWO_THIRDS, Majority.HALF_PRESENT, 9, votes(agree=4, disagree=2), True),
        # two thirds may be reached exactly
        (Quorum.HALF, Majority.TWO_THIRDS_PRESENT, 10, votes(agree=4, disagree=2), True),
        (Quorum.HALF, Majority.TWO_THIRDS_PRESENT, 10, votes(agree=4, disagree=3), False),
        # of all that are entitled
        (Quorum.HALF, Majority.HALF_ALL, 10, votes(agree=6, disagree=4), True),
        (Quorum.HALF, Majority.HALF_ALL, 10, votes(agree=5, disagree=1), False),
        (Quorum.HALF, Majority.TWO_THIRDS_ALL, 9, votes(agree=6), True),
        (Quorum.HALF, Majority.TWO_THIRDS_ALL, 10, votes(agree=6, disagree=4), False),
        # without rules
        ("", Majority.HALF_PRESENT, 10, votes(agree=1), True),
        (Quorum.HALF, "", 10, votes(agree=10), None),
        # nobody at all
        ("", Majority.HALF_PRESENT, 0, votes(), False),
        (Quorum.HALF, Majority.HALF_ALL, 0, votes(), False),
    ],
)
def test_what_is_carried(quorum, majority, entitled, numbers, passed):
    rule = Rule(quorum, majority, entitled, present=sum(numbers.values()))
    assert tally(matter(), numbers, rule).passed is passed


@pytest.mark.parametrize(
    ("numbers", "passed", "decided"),
    [
        ({"12 月 1 日": 6, "12 月 8 日": 4}, True, "12 月 1 日"),
        ({"12 月 1 日": 5, "12 月 8 日": 5}, False, ""),
        ({"12 月 1 日": 4, "12 月 8 日": 3, "已取消的选项": 3}, False, ""),
        ({"已取消的选项": 10}, False, ""),
        ({}, False, ""),
    ],
)
def test_among_options_the_one_with_the_majority_is_decided(numbers, passed, decided):
    rule = Rule("", Majority.HALF_PRESENT, 10, sum(numbers.values()))
    counted = tally(matter("12 月 1 日", "12 月 8 日"), numbers, rule)
    assert (counted.passed, counted.decided, counted.has_options) == (passed, decided, True)


def test_lines_stand_in_the_order_of_the_matter_with_whole_percents():
    counted = tally(matter(), votes(agree=2, abstain=1), Rule("", "", 5, 3))
    assert [(line.key, line.number, line.percent) for line in counted.lines] == [
        ("agree", 2, 66),
        ("disagree", 0, 0),
        ("abstain", 1, 33),
    ]
    assert [line.percent for line in tally(matter(), {}, Rule("", "", 5, 0)).lines] == [0, 0, 0]


def test_an_option_that_is_no_longer_offered_is_still_counted():
    counted = tally(matter("甲", "乙"), {"甲": 1, "丙": 2}, Rule("", "", 3, 3))
    assert [(line.label, line.number) for line in counted.lines] == [("甲", 1), ("乙", 0), ("丙", 2)]
