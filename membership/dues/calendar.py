"""Dues years are calendar years in the association's time zone; what is paid and owed follows from a set of years."""

from datetime import date

from django.utils import timezone

ENDING_DAYS = 60


def dues_year(now):
    """The dues year of a moment: the calendar year where the association is."""
    return timezone.localtime(now, timezone.get_default_timezone()).year


def paid_through(paid, this_year):
    """The day up to which the dues are paid (会费到期日期): 31 December, or None if nothing was ever paid.

    It ends the run of paid years that holds this year; without one, that of the latest paid year.
    """
    if not paid:
        return None
    year = this_year if this_year in paid else max(paid)
    while year + 1 in paid:
        year += 1
    return date(year, 12, 31)


def arrears(paid, liable_from, this_year):
    """The unpaid years from the one in which the unit joined up to this one, the earliest first."""
    return [year for year in range(liable_from, this_year + 1) if year not in paid]


def years_to_order(paid, liable_from, this_year, most, *, arrears_first):
    """The years that an order may cover, the first unpaid one first, at most `most`; an order never passes a paid one.

    It starts this year or later; with `arrears_first` at the earliest year that is owed.
    """
    start = min(arrears(paid, liable_from, this_year), default=this_year) if arrears_first else this_year
    while start in paid:
        start += 1
    years = []
    while len(years) < most and start + len(years) not in paid:
        years.append(start + len(years))
    return years


def ends_soon(through, today):
    """Whether what is paid ends within sixty days."""
    return through is not None and 0 <= (through - today).days <= ENDING_DAYS
