"""Fifty browsers of one unit press the button of step 2 at once: one order, and all are led to it."""

import pytest
from django.test import Client

from membership.dues import invariants
from membership.dues.models import DuesOrder
from tests.membership.dues.conftest import billing
from tests.races import at_once

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

MANY = 50


def test_of_fifty_browsers_one_orders_and_all_see_that_order(ours, books):
    entries = {"years": 1, "amount": "2000.00", **billing(ours.unit)}

    def submit(_number):
        browser = Client()
        browser.cookies = ours.client.cookies.copy()
        response = browser.post("/portal/dues/order/", entries)
        return response.status_code, response["Location"]

    answers = at_once(MANY, submit)
    order = DuesOrder.objects.get()
    assert answers == [(302, f"/portal/orders/{order.number}/transfer/")] * MANY
    assert (order.unit, invariants.broken()) == (ours.unit, [])
