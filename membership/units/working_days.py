"""Working days, Monday to Friday: how long a unit has waited. Public holidays move every year and are unknown here."""

WORKING, WEEK = 5, 7


def working_days_since(start, today):
    """Working days after the date `start` up to and including the date `today`; what came on a Friday has waited one
    day on Monday."""
    return _counted(today) - _counted(start)


def _counted(day):
    """Working days from the beginning of the calendar to that day."""
    weeks, rest = divmod(day.toordinal(), WEEK)  # ordinal 1 was a Monday
    return weeks * WORKING + min(rest, WORKING)
