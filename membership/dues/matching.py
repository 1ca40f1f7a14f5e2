"""Whose money a credit of the bank is: a pure function over plain values. Nothing is booked on a mere likeness.

By itself only what carries the code of an open order and exactly what that order lacks. All else is a suggestion for a
person, or waits with the ground said.
"""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from membership.dues.codes import codes_in
from membership.dues.states import EntryState, Ground, OrderState

CLOSED = {
    OrderState.PAID: Ground.ORDER_PAID,
    OrderState.CANCELLED: Ground.ORDER_CANCELLED,
    OrderState.EXPIRED: Ground.ORDER_EXPIRED,
    OrderState.REVERSED: Ground.ORDER_REVERSED,
}
BRACKETS = str.maketrans("[]{}<>【】〔〕〈〉《》「」『』", "()" * 9)


@dataclass(frozen=True)
class Money:
    """A credit that is to be matched; `key` tells it from the others."""

    key: object
    amount: Decimal
    payer_name: str
    payer_account: str
    memo: str


@dataclass(frozen=True)
class Claim:
    """An order as far as money is concerned: what it still lacks, under which names it may be paid."""

    pk: int
    number: str
    code: str
    state: str
    missing: Decimal
    unit_id: int
    names: frozenset
    year_paid: bool = False  # one of its years has been paid otherwise

    @property
    def closed_ground(self):
        return CLOSED.get(self.state) or (Ground.YEAR_PAID if self.year_paid else None)


@dataclass(frozen=True)
class Verdict:
    """What becomes of a credit, why, and for which order."""

    state: EntryState
    ground: Ground
    claim: Claim | None = None


def name_key(text):
    """A name as it is compared: half width, one kind of brackets, without blanks. No other spelling is guessed."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text).translate(BRACKETS)).casefold()


def match(credits, claims, *, payers=None, suggested=()):
    """{key: Verdict} of all these credits (Money), in their order.

    `payers` are {account: {unit ids that have paid from it}}; `suggested` the ids of orders for which another credit
    is suggested already. Codes come first, so that no likeness takes an order from the one who named it.
    """
    pool = _Pool(claims, suggested)
    verdicts, others = {}, []
    for credit in credits:
        verdict = pool.by_code(credit)
        if verdict:
            verdicts[credit.key] = verdict
        else:
            others.append(credit)
    for credit in others:
        verdicts[credit.key] = pool.by_payer(credit, (payers or {}).get(credit.payer_account, ()))
    return verdicts


class _Pool:
    """The orders, and which of them this pass has filled or suggested."""

    def __init__(self, claims, suggested):
        self.by_codes = {claim.code: claim for claim in claims}
        self.filled, self.suggested = set(), set(suggested)
        self.by_name, self.by_unit = {}, {}
        for claim in claims:
            if claim.closed_ground is None:
                self.by_unit.setdefault(claim.unit_id, []).append(claim)
                for name in claim.names:
                    self.by_name.setdefault(name, []).append(claim)

    def by_code(self, credit):
        """Verdict on a credit whose note names an order of ours, else None."""
        named = [self.by_codes[code] for code in codes_in(credit.memo) if code in self.by_codes]
        if not named:
            return None
        if len(named) > 1:
            return Verdict(EntryState.UNMATCHED, Ground.SEVERAL_CODES)
        [claim] = named
        ground = Ground.ORDER_PAID if claim.pk in self.filled else claim.closed_ground
        if ground:
            return Verdict(EntryState.UNMATCHED, ground)
        if credit.amount != claim.missing:
            return Verdict(EntryState.MISMATCH, Ground.CODE_AMOUNT, claim)
        self.filled.add(claim.pk)
        return Verdict(EntryState.MATCHED, Ground.CODE, claim)

    def by_payer(self, credit, units):
        """Verdict on a credit without a code of ours: by its name, then by the account that it came from."""
        named = self._free(self.by_name.get(name_key(credit.payer_name), ()) if credit.payer_name else ())
        known = self._free(claim for unit in units for claim in self.by_unit.get(unit, ()))
        for claims, ground in ((named, Ground.NAME), (known, Ground.ACCOUNT)):
            fitting = [claim for claim in claims if claim.missing == credit.amount]
            if fitting:
                return self._suggest(fitting, ground)
        if named or known:
            return Verdict(EntryState.UNMATCHED, Ground.NAME_AMOUNT)
        return Verdict(EntryState.UNMATCHED, Ground.CODE_UNKNOWN if codes_in(credit.memo) else Ground.NOTHING)

    def _free(self, claims):
        return [claim for claim in claims if claim.pk not in self.filled]

    def _suggest(self, fitting, ground):
        if len(fitting) > 1:
            return Verdict(EntryState.UNMATCHED, Ground.SEVERAL_ORDERS)
        [claim] = fitting
        if claim.pk in self.suggested:
            return Verdict(EntryState.UNMATCHED, Ground.ALSO_SUGGESTED)
        self.suggested.add(claim.pk)
        return Verdict(EntryState.SUGGESTED, ground, claim)
