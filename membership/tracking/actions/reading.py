"""Verbs of a unit that reads."""

from django.utils import timezone

from membership.tracking.models import Delivery
from membership.units.models import Unit


def mark_read(delivery, *, by):
    """The unit has opened the notice (guide 二.(一)); true for whoever was first. The fact on the row is its record.

    Somebody without a seat in the unit (staff who look at it) reads nothing for the unit.
    """
    now = timezone.now()
    own = Unit.objects.filter(seats__user=by)  # a subquery on other tables: the row itself is judged after any wait
    unread = Delivery.objects.unread().filter(pk=delivery.pk, unit__in=own)
    is_first = bool(unread.update(read_at=now, read_by=by))
    if is_first:
        delivery.read_at, delivery.read_by = now, by
    return is_first


def mark_all_read(unit, *, by, category=None):
    """全部标为已读, of a category or of all; what wants a receipt stays unread until it is opened. Returns how many."""
    unread = Delivery.objects.unread().asking_nothing().filter(unit=unit, unit__in=Unit.objects.filter(seats__user=by))
    if category:
        unread = unread.filter(category=category)
    return unread.update(read_at=timezone.now(), read_by=by)
