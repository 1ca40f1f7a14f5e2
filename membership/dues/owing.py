"""Which members owe which dues years and how much: for many units at once, in a constant number of queries."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, Exists, F, IntegerField, Max, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, ExtractYear, Greatest

from membership.dues.calendar import dues_year
from membership.dues.models import DuesReminder, DuesSettings, DuesStandard, PaidYear
from membership.dues.standing import books_from, standing_of
from membership.units.models import Membership, Unit
from membership.units.states import STANDING, MembershipState


@dataclass(frozen=True)
class Debt:
    """What one member owes: `lines` are (dues year, yuan at the level of now or None where no standard says it)."""

    certification: Membership
    lines: list
    paid_through: date | None
    reminded_at: datetime | None

    @property
    def unit(self):
        return self.certification.unit

    @property
    def years(self):
        return [year for year, _price in self.lines]

    @property
    def amount(self):
        return sum((price for _year, price in self.lines if price), Decimal(0))

    @property
    def is_suspended(self):
        return self.certification.state == MembershipState.SUSPENDED

    @property
    def may_be_suspended(self):
        """Whether it owes as many years as the association allows before a member is suspended."""
        is_active = self.certification.state == MembershipState.ACTIVE
        return is_active and len(self.lines) >= DuesSettings.current().suspend_years


def liable(memberships, first):
    """Of these memberships those of the association that stand, with `liable_from`, the first dues year they may owe.

    `first` is the first year that any standard names.
    """
    joined = ExtractYear(Coalesce("unit__joined_on", "since"))
    standing = memberships.certifications().filter(state__in=STANDING)
    return standing.annotate(liable_from=Greatest(joined, Value(first), output_field=IntegerField()))


def unpaid(year):
    """The condition on a membership that its unit has not paid this dues year."""
    return ~Exists(PaidYear.objects.standing().filter(unit=OuterRef("unit"), year=year))


def owing(memberships, now, year=None, least=1):
    """Of these memberships those of units that owe so many dues years up to now, or this one; by name of the unit."""
    first, this_year = books_from(), dues_year(now)
    if first is None or (year is not None and not first <= year <= this_year):
        return memberships.none()
    found = liable(memberships, first)
    if year is not None:
        found = found.filter(unpaid(year), liable_from__lte=year)
    if year is None or least > 1:
        paid = PaidYear.objects.standing().filter(
            unit=OuterRef("unit"), year__gte=OuterRef("liable_from"), year__lte=this_year
        )
        counted = paid.order_by().values("unit").annotate(number=Count("pk")).values("number")
        found = found.annotate(paid_count=Coalesce(Subquery(counted), 0))
        found = found.filter(paid_count__lte=this_year + 1 - least - F("liable_from"))
    return found.select_related("unit", "level").order_by("unit__name", "pk")


def narrowed(user, now, *, q="", level=None, body=None, year=None, units=None, only=""):
    """As 应收清单 is narrowed: members that this person may see and that owe something; `units` are
    ids of those that are ticked, `only` is "suspendable" for those that may be suspended. Plain values all.
    """
    members = Membership.objects.for_user(user)
    if only == "suspendable":
        active = members.filter(state=MembershipState.ACTIVE)
        found = owing(active, now, year, least=DuesSettings.current().suspend_years)
    else:
        found = owing(members, now, year)
    if q:
        found = found.filter(unit__in=Unit.objects.matching(q))
    if units is not None:
        found = found.filter(unit__in=units)
    if level:
        found = found.filter(level=level)
    if body:
        found = found.filter(unit__in=Unit.objects.standing_in(Membership.objects.filter(body=body)))
    return found


def debts(certifications, now):
    """The debts of these members (loaded with unit and level), in their order. Four queries however many there are."""
    certifications = list(certifications)
    units = [row.unit_id for row in certifications]
    first, prices = books_from(), Prices()
    paid = PaidYear.objects.filter(unit__in=units).by_unit()
    reminded = latest_reminders(units)
    found = []
    for row in certifications:
        standing = standing_of(paid.get(row.unit_id, ()), row.unit.joined_on or row.since, first, now)
        lines = [(year, prices.of(year, row.level_id)) for year in standing.arrears]
        found.append(Debt(row, lines, standing.paid_through, reminded.get(row.unit_id)))
    return found


def latest_reminders(units):
    """{unit id: when it was last reminded}. One query."""
    rows = DuesReminder.objects.filter(unit__in=units).order_by().values_list("unit_id")
    return dict(rows.annotate(latest=Max("sent_at")))


class Prices:
    """What a dues year costs at a level, by the standards in force. Read once, in two queries."""

    def __init__(self):
        self.standards = list(DuesStandard.objects.in_force().order_by("-first_year").with_rates())

    def standard_of(self, year):
        return next((standard for standard in self.standards if standard.first_year <= year), None)

    def of(self, year, level_id):
        """Yuan, or None where no standard says it."""
        standard = self.standard_of(year)
        return standard.price_of(level_id) if standard else None


def in_short(years):
    """2024, 2026-2028 for a text message."""
    runs = []
    for year in sorted(years):
        if runs and runs[-1][1] == year - 1:
            runs[-1][1] = year
        else:
            runs.append([year, year])
    return "、".join(f"{first}" if first == last else f"{first}-{last}" for first, last in runs)
