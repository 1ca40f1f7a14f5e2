"""Verbs of tracking on rows: deliver, read, answer."""

import pytest

from membership.tracking import actions
from membership.tracking.models import Delivery
from tests.factories import UnitFactory, clerk, notice

pytestmark = pytest.mark.django_db


def test_deliver_reaches_certified_units_once():
    member, _draft = UnitFactory(certified=True), UnitFactory()
    page = notice()

    assert actions.deliver(page) == 1
    assert actions.deliver(page) == 0
    assert list(Delivery.objects.values_list("unit_id", flat=True)) == [member.pk]


def test_mark_read_counts_the_first_reader_only():
    unit = UnitFactory(certified=True)
    first, second = clerk(unit), clerk(unit, duty="agent")
    actions.deliver(notice())
    delivery = Delivery.objects.get()

    assert actions.mark_read(delivery, by=first) is True
    assert actions.mark_read(delivery, by=second) is False
    delivery.refresh_from_db()
    assert delivery.read_by == first
