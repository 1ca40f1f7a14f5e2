"""Working days between two dates."""

from datetime import date

import pytest

from membership.units.working_days import working_days_since

FRIDAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("start", "today", "days"),
    [
        (FRIDAY, date(2026, 11, 20), 0),
        (FRIDAY, date(2026, 11, 21), 0),
        (FRIDAY, date(2026, 11, 22), 0),
        (FRIDAY, date(2026, 11, 23), 1),
        (FRIDAY, date(2026, 11, 27), 5),
        (date(2026, 11, 21), date(2026, 11, 23), 1),
        (date(2026, 11, 23), date(2026, 11, 24), 1),
        (date(2025, 11, 24), date(2026, 11, 23), 260),
    ],
)
def test_weekends_are_not_counted(start, today, days):
    assert working_days_since(start, today) == days
