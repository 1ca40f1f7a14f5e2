"""Counting a deliberation: who must answer, who must agree, what came of each matter. Pure functions."""

from dataclasses import dataclass

from membership.tracking.states import Majority, OpinionChoice, Quorum

# Of whom, and which share: more than half is one above the half, two thirds may be reached exactly.
SHARES = {
    Majority.HALF_PRESENT: ("present", Quorum.HALF),
    Majority.TWO_THIRDS_PRESENT: ("present", Quorum.TWO_THIRDS),
    Majority.HALF_ALL: ("entitled", Quorum.HALF),
    Majority.TWO_THIRDS_ALL: ("entitled", Quorum.TWO_THIRDS),
}


@dataclass(frozen=True)
class Rule:
    """What a deliberation asks for (empty: nothing), and how many decide and have answered."""

    quorum: str
    majority: str
    entitled: int
    present: int

    @property
    def needed_present(self):
        """How many must have answered; 0 without a quorum."""
        return _least(self.quorum, self.entitled) if self.quorum else 0

    @property
    def has_quorum(self):
        return self.present >= self.needed_present

    @property
    def needed_votes(self):
        """How many votes decide a matter; None without a majority rule."""
        if not self.majority:
            return None
        base, share = SHARES[Majority(self.majority)]
        return _least(share, getattr(self, base))


@dataclass(frozen=True)
class Line:
    """One choice of a matter: its words, how many chose it, and whole percent of those that answered."""

    key: str
    label: str
    number: int
    percent: int


@dataclass(frozen=True)
class Tally:
    """What came of one matter. `passed` is None where no majority rule says; `decided` names the option that won."""

    item: object
    lines: list
    passed: bool | None
    decided: str

    @property
    def has_options(self):
        """Whether the matter has options of its own, rather than agree, disagree and abstain."""
        return not is_vote(self.item)


def tally(item, numbers, rule):
    """Count the opinions on one matter. `numbers` is {choice: how many}; `item` has `choices` and maybe own options.

    With agree, disagree and abstain only agreeing votes carry the matter; with options of its own the one that reaches
    the majority is decided. Without a quorum nothing is. Choices that are no longer offered are counted too.
    """
    offered = [(str(key), str(label)) for key, label in item.choices]
    known = {key for key, _label in offered}
    offered += [(choice, choice) for choice in sorted(numbers) if choice not in known]
    lines = [
        Line(key, label, numbers.get(key, 0), numbers.get(key, 0) * 100 // rule.present if rule.present else 0)
        for key, label in offered
    ]
    if rule.needed_votes is None:
        return Tally(item, lines, None, "")
    may_win = {OpinionChoice.AGREE} if is_vote(item) else set(known)
    winners = [line for line in lines if line.key in may_win and line.number >= rule.needed_votes]
    won = rule.has_quorum and len(winners) == 1
    return Tally(item, lines, won, winners[0].label if won else "")


def is_vote(item):
    """Whether a matter asks to agree or not, and has no options of its own."""
    return OpinionChoice.AGREE in {key for key, _label in item.choices}


def _least(share, base):
    """The smallest number that is more than half, or two thirds, of `base`; nothing is decided by nobody."""
    least = base // 2 + 1 if share == Quorum.HALF else -(-2 * base // 3)
    return max(least, 1)
