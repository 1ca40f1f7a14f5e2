"""Jobs of units."""

from django.utils import timezone

from membership.jobs import actions as jobs
from membership.units.actions.reminders import remind_expiring


@jobs.register("units.remind_expiring", recurring=True)
def remind_of_certificates():
    """Reminders 60, 30 and 7 days before a certificate runs out, by the calendar of the association."""
    remind_expiring(timezone.localdate())
