"""How a unit stands with its dues, and what it may order: read from the books, never stored."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from membership.dues.calendar import arrears, dues_year, ends_soon, paid_through, years_to_order
from membership.dues.models import DuesOrder, DuesSettings, DuesStandard, PaidYear
from membership.dues.states import Standing
from membership.units.models import Level, Membership
from membership.units.states import MembershipState


@dataclass(frozen=True)
class Choice:
    """What an order of so many years would cover and cost."""

    lines: tuple  # (year, yuan), the first year first

    @property
    def years(self):
        return len(self.lines)

    @property
    def first_year(self):
        return self.lines[0][0]

    @property
    def last_year(self):
        return self.lines[-1][0]

    @property
    def amount(self):
        return sum((price for _year, price in self.lines), Decimal(0))

    @property
    def period(self):
        """2027-01-01 ～ 2029-12-31"""
        return f"{self.first_year}-01-01 ～ {self.last_year}-12-31"


@dataclass(frozen=True)
class DuesStanding:
    """How one unit stands at a moment. Years are dues years; `liable_from` is None for a unit that owes nothing."""

    paid: frozenset
    liable_from: int | None
    today: date
    this_year: int

    @property
    def paid_through(self):
        """会费到期日期, or None."""
        return paid_through(self.paid, self.this_year)

    @property
    def arrears(self):
        """Unpaid years up to this one."""
        return [] if self.liable_from is None else arrears(self.paid, self.liable_from, self.this_year)

    @property
    def state(self):
        if self.arrears:
            return Standing.OWING
        if self.liable_from is None and not self.paid:
            return Standing.NONE
        return Standing.ENDING if ends_soon(self.paid_through, self.today) else Standing.PAID


def standing_of(paid, joined_on, books_from, now):
    """The standing of a unit with these paid years that joined on this day.

    Liability starts in the year in which it joined, but not before `books_from`, the first year that any standard
    names (None: no standard was ever set, so nothing is owed).
    """
    year = dues_year(now)
    liable_from = None if books_from is None else max(joined_on.year if joined_on else year, books_from)
    today = timezone.localdate(now, timezone.get_default_timezone())
    return DuesStanding(frozenset(paid), liable_from, today, year)


def books_from():
    """The first dues year that any standard in force names, or None. One query."""
    return DuesStandard.objects.in_force().order_by("first_year").values_list("first_year", flat=True).first()


class Account:
    """A unit's dues: standing, price, what it may order. Each part is read once.

    `certification` is its membership of the association with the level, where the caller has it already.
    """

    def __init__(self, unit, now=None, certification=None):
        self.unit = unit
        self.now = now or timezone.now()
        if certification is not None:
            self.certification = certification

    @cached_property
    def certification(self):
        rows = Membership.objects.certifications().select_related("level")
        return rows.filter(unit=self.unit).first()

    @property
    def level(self) -> Level | None:
        return self.certification.level if self.certification else None

    @cached_property
    def _years(self):
        """[(year in order, id of its waiver or None)]"""
        return list(PaidYear.objects.standing().filter(unit=self.unit).values_list("year", "waiver"))

    @property
    def waived(self):
        """The years in order without money, the earliest first."""
        return sorted(year for year, waiver in self._years if waiver)

    @cached_property
    def standing(self):
        paid = [year for year, _waiver in self._years]
        joined_on = self.unit.joined_on or (self.certification.since if self.certification else None)
        return standing_of(paid, joined_on, books_from(), self.now)

    @cached_property
    def standards(self):
        """The standards in force, the latest first, with their rates."""
        return list(DuesStandard.objects.in_force().order_by("-first_year").with_rates())

    def standard_of(self, year):
        return next((standard for standard in self.standards if standard.first_year <= year), None)

    def price_of(self, year):
        """Yuan for a dues year at the level of now, or None where no standard says it."""
        standard = self.standard_of(year)
        return standard.price_of(self.level.pk) if standard and self.level else None

    @property
    def yearly(self):
        """年会费标准 of this year, or None."""
        return self.price_of(self.standing.this_year)

    @cached_property
    def open_order(self):
        return DuesOrder.objects.open().filter(unit=self.unit).first()

    @cached_property
    def choices(self):
        """What may be ordered: one year, two, three; fewer where a standard or a free year is missing."""
        rules, standing = DuesSettings.current(), self.standing
        liable_from = standing.liable_from or standing.this_year
        years = years_to_order(
            standing.paid, liable_from, standing.this_year, rules.max_years, arrears_first=rules.arrears_first
        )
        lines = [(year, self.price_of(year)) for year in years]
        priced = next((n for n, (_year, price) in enumerate(lines) if price is None), len(lines))
        return [Choice(tuple(lines[:n])) for n in range(1, priced + 1)]

    @property
    def left_out(self):
        """Years in arrears that no order of now covers: where arrears may be skipped, they are for the association."""
        first = self.choices[0].first_year if self.choices else 0
        return [year for year in self.standing.arrears if year < first]

    @property
    def obstacle(self):
        """(code, sentence) of what stops any new order now, or None."""
        if self.certification is None or self.certification.state != MembershipState.ACTIVE:
            return "not_certified", _("Dues are ordered after the unit has been certified.")
        if self.open_order:
            return "order_open", _("Your unit has an open order already. Pay it, or cancel it and order anew.")
        if not DuesSettings.current().takes_transfers:
            return "no_account", _("The association has not named its account yet. Ask it when dues can be paid.")
        if not self.choices:
            return "no_standard", _("No dues are set for the level of your unit yet. Ask the association.")
        return None
