"""What came in and what is still owed: of a dues year by level, of a calendar year by month. Money is Decimal yuan."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, DecimalField, Q, Sum
from django.db.models.functions import Coalesce, TruncMonth

from membership.dues.models import DuesStandard, PaidYear, Payment, Refund
from membership.dues.models.settings import YEARS_MAX
from membership.dues.owing import Prices, liable, unpaid
from membership.dues.standing import books_from
from membership.prepared import Prepared
from membership.units.models import Level, Membership
from membership.units.states import BodyKind

MONEY = DecimalField(max_digits=14, decimal_places=2)
NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Collected:
    """A dues year at one level: members that have paid and that have not, yuan received and still owed.

    What was waived is neither due nor income: units and yuan of it are counted apart.
    """

    label: str
    paid_units: int
    unpaid_units: int
    received: Decimal
    owed: Decimal
    waived_units: int = 0
    waived: Decimal = NOTHING

    @property
    def units(self):
        return self.paid_units + self.unpaid_units

    @property
    def due(self):
        """应收: what came and what is still to come."""
        return self.received + self.owed

    @property
    def rate(self):
        """收缴率 in percent, of the money; None when nothing is due."""
        return 100 * self.received / self.due if self.due else None


def by_level(year):
    """A `Collected` for every level of the association, in its order. Who has paid counts at the level paid for."""
    levels = list(Level.objects.filter(body_kind=BodyKind.ASSOCIATION).order_by("rank"))
    in_order = PaidYear.objects.standing().filter(year=year).order_by().values("level")
    free = Q(waiver__isnull=False)
    paid = in_order.annotate(
        number=Count("pk", filter=~free),
        yuan=Coalesce(Sum("price", filter=~free), NOTHING, output_field=MONEY),
        waived_units=Count("pk", filter=free),
        waived=Coalesce(Sum("waived"), NOTHING, output_field=MONEY),
    )
    paid = {row["level"]: row for row in paid}
    none = {"number": 0, "yuan": NOTHING, "waived_units": 0, "waived": NOTHING}
    first, prices, missing = books_from(), Prices(), {}
    if first is not None and first <= year:
        debtors = liable(Membership.objects.all(), first).filter(unpaid(year), liable_from__lte=year).order_by()
        missing = dict(debtors.values_list("level").annotate(number=Count("pk")))
    rows = []
    for level in levels:
        row, lacking = paid.get(level.pk, none), missing.get(level.pk, 0)
        owed = lacking * (prices.of(year, level.pk) or NOTHING)
        free = (row["waived_units"], row["waived"])
        rows.append(Collected(level.name, row["number"], lacking, row["yuan"], owed, *free))
    return rows


def total(rows, label):
    """These rows added up."""
    return Collected(
        label,
        sum(row.paid_units for row in rows),
        sum(row.unpaid_units for row in rows),
        sum((row.received for row in rows), NOTHING),
        sum((row.owed for row in rows), NOTHING),
        sum(row.waived_units for row in rows),
        sum((row.waived for row in rows), NOTHING),
    )


def income(year):
    """[(first day of the month, yuan that came, yuan taken back)] of the twelve months, by the day of arrival.

    A counter-entry counts in the month of the payment that it takes back; its yuan are negative.
    """
    came, back = Q(amount__gt=0), Q(amount__lt=0)
    rows = (
        Payment.objects.filter(received_on__year=year)
        .order_by()
        .annotate(month=TruncMonth("received_on"))
        .values("month")
        .annotate(
            came=Coalesce(Sum("amount", filter=came), NOTHING, output_field=MONEY),
            back=Coalesce(Sum("amount", filter=back), NOTHING, output_field=MONEY),
        )
    )
    found = {row["month"]: (row["came"], row["back"]) for row in rows}
    months = [date(year, month, 1) for month in range(1, 13)]
    return [(month, *found.get(month, (NOTHING, NOTHING))) for month in months]


def refunds(year):
    """{first day of the month: yuan that went back} of a calendar year, less refunds taken back."""
    rows = Refund.objects.filter(paid_on__year=year).order_by()
    rows = rows.annotate(month=TruncMonth("paid_on")).values("month").annotate(yuan=Sum("amount"))
    return {row["month"]: row["yuan"] for row in rows}


def by_month(year):
    """[(first day of a month or None, yuan)]: when the money for a dues year came; None: before this system."""
    rows = PaidYear.objects.standing().filter(year=year, waiver=None).order_by()
    rows = rows.annotate(month=TruncMonth("order__paid_on")).values("month").annotate(yuan=Sum("price"))
    found = {row["month"]: row["yuan"] for row in rows}
    return sorted(found.items(), key=lambda row: row[0] or date.min)


@Prepared
def _first_paid():
    return PaidYear.objects.standing().order_by("year").values_list("year", flat=True)[:1]


@Prepared
def _first_standard():
    return DuesStandard.objects.in_force().order_by("first_year").values_list("first_year", flat=True)[:1]


def years_to_choose(this_year):
    """The dues years that figures can be asked for, the latest first: from the first on record on. Two queries."""
    start = min([this_year, *_first_paid(), *_first_standard()])
    return list(range(this_year + YEARS_MAX - 1, start - 1, -1))
