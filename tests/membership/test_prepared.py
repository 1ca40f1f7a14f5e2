"""Prepared queries answer as the queryset would, for every id and at every moment."""

import pytest
from django.db import connection

from membership.prepared import Prepared
from membership.units.models import Membership, Unit
from tests.factories import UnitFactory, clerk

pytestmark = pytest.mark.django_db


@Prepared
def memberships(*, unit):
    return Membership.objects.filter(unit=unit).select_related("unit").for_list()


@Prepared
def names(count, *, first, second):
    return Unit.objects.filter(pk__in=[first, second], name__contains="校").values_list("pk", "name", "created_at")[
        :count
    ]


def test_models_come_with_what_was_selected(django_assert_num_queries):
    ours, theirs = UnitFactory(name="甲", certified=True), UnitFactory(name="乙", certified=True)
    for unit in (ours, theirs, ours):
        with django_assert_num_queries(1):
            [found] = memberships(unit=unit.pk)
            assert (found.unit.name, found.body.kind, found.level is None) == (unit.name, "association", False)
        assert found == Membership.objects.get(unit=unit)
    assert memberships(unit=Unit.objects.order_by("pk").last().pk + 1) == []


def test_values_are_of_their_type_and_each_shape_is_its_own():
    one, two = UnitFactory(name="甲校"), UnitFactory(name="乙校")
    for count in (1, 2):
        rows = Unit.objects.filter(pk__in=[one.pk, two.pk]).values_list("pk", "name", "created_at")[:count]
        assert names(count, first=one.pk, second=two.pk) == names(count, second=two.pk, first=one.pk) == list(rows)
    assert names(2, first=one.pk, second=one.pk) == [(one.pk, "甲校", one.created_at)]


def test_it_sees_what_was_written_since():
    unit = UnitFactory(name="甲", certified=True)
    assert memberships(unit=unit.pk)[0].unit.name == "甲"
    Unit.objects.filter(pk=unit.pk).update(name="乙")
    assert memberships(unit=unit.pk)[0].unit.name == "乙"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_new_connection_is_told_the_statement():
    clerk(unit := UnitFactory(certified=True))
    assert len(memberships(unit=unit.pk)) == 1
    connection.close()
    assert len(memberships(unit=unit.pk)) == 1


def cut():
    """End the connection from the other side, and begin as a request does, before which nothing was asked."""
    if connection.vendor == "postgresql":
        other = connection.copy()
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [connection.connection.info.backend_pid])
        other.close()
    connection.health_check_enabled, connection.health_check_done = True, False


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_connection_that_was_cut_is_replaced_though_nothing_else_is_asked_before():
    clerk(unit := UnitFactory(certified=True))
    assert len(memberships(unit=unit.pk)) == 1
    cut()
    assert len(memberships(unit=unit.pk)) == 1
