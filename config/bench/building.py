"""Makes the invented association, or more of its past; all of it or nothing."""

from contextlib import nullcontext
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from config.bench import deliveries, indexes, notices, register
from membership.exceptions import Refusal
from membership.tracking.models import Delivery
from membership.units.models import Unit

MOST_ON_SQLITE = 200_000  # deliveries; more says nothing about anything
WORTH_SETTING_ASIDE = 500_000  # new deliveries from which indexes are made anew


@dataclass
class Made:
    """How many rows are new."""

    units: int = 0
    notices: int = 0
    deliveries: int = 0


def build(units, number, tell=lambda done, total: None):
    """Make so many units and notices, each notice delivered to all; a set made before grows by older notices.

    `tell` hears of progress in notices. Raises Refusal where it would pollute a register that is in use.
    """
    _refuse_what_is_not_ours()
    before = Unit.objects.count()
    if before and before != units:
        raise Refusal(_("There are %(count)d units already: only the number of notices can grow.") % {"count": before})
    if connection.vendor != "postgresql" and units * number > MOST_ON_SQLITE:
        raise Refusal(_("Sets of more than %(count)d deliveries need PostgreSQL.") % {"count": MOST_ON_SQLITE})
    with transaction.atomic():
        made = _build(units, number, tell)
    if made.deliveries and connection.vendor == "postgresql" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM (ANALYZE)")
    return made


def _refuse_what_is_not_ours():
    if not register.is_all_ours() or not notices.is_all_ours():
        raise Refusal(_("This database holds units or notices that were not made for measuring. Take an empty one."))


def _build(units, number, tell):
    made, now = Made(), timezone.now()
    if not Unit.objects.exists():
        register.make(units, now - notices.EVERY * notices.IN_THEM)
        made.units = units
    written = notices.make(number, now, register.editor())
    made.notices = len(written)
    is_large = connection.vendor == "postgresql" and len(written) * units >= WORTH_SETTING_ASIDE
    with indexes.set_aside(Delivery) if is_large else nullcontext():
        for done, (plan, notice, items) in enumerate(written, start=1):
            made.deliveries += deliveries.deliver(plan, notice, items, now)
            tell(done, len(written))
    return made
