"""Fifty of one unit who order at the same moment: one order. With a twin that lacks the guard."""

from decimal import Decimal

import pytest
from django.db import connection

from membership.audit.models import AuditEntry
from membership.dues import actions, invariants
from membership.dues.actions import orders
from membership.dues.models import DuesOrder, NumberSeries
from membership.dues.standing import Account
from membership.exceptions import Refusal
from membership.units.models import Unit
from tests.membership.dues.conftest import billing
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

MANY = 50


def order_at_once(ours, many):
    """What each of them got: an order, or the code of the refusal."""

    def order(_number):
        facts = {"years": 1, "amount": Decimal(2000), "billing": billing(ours.unit)}
        return actions.place_order(Unit.objects.get(pk=ours.unit.pk), by=ours.clerk, **facts)

    results = at_once(many, order)
    return sorted(each.code if isinstance(each, Refusal) else type(each).__name__ for each in results)


def test_of_fifty_orders_at_once_one_is_placed(ours):
    assert order_at_once(ours, MANY) == ["DuesOrder", *["order_open"] * (MANY - 1)]
    assert DuesOrder.objects.get().number == "DD" + f"{Account(ours.unit).standing.this_year}000001"
    assert NumberSeries.objects.get().last == 1
    assert AuditEntry.objects.filter(verb="dues.place_order").count() == 1
    assert invariants.broken() == []


def test_without_constraint_and_check_there_would_be_several(ours, monkeypatch):
    """The negative control: what the test above proves does not come by itself."""
    monkeypatch.setattr(orders, "Account", Unguarded)
    with without_constraint("dues_order_one_open"):
        results = order_at_once(ours, 8)
        placed = DuesOrder.objects.count()
        DuesOrder.objects.all().delete()
    assert placed > 1
    assert results.count("DuesOrder") == placed


class Unguarded(Account):
    """An account that never sees an open order."""

    open_order = None


class without_constraint:
    """The schema without one constraint of orders."""

    def __init__(self, name):
        self.constraint = next(each for each in DuesOrder._meta.constraints if each.name == name)

    def __enter__(self):
        with connection.schema_editor() as editor:
            editor.remove_constraint(DuesOrder, self.constraint)

    def __exit__(self, *failure):
        with connection.schema_editor() as editor:
            editor.add_constraint(DuesOrder, self.constraint)
