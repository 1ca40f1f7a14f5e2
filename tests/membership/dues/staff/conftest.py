"""Browsers of the people around the books, and addresses of the finance office."""

from datetime import date

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse

from membership.units.models import Membership
from tests.factories import UnitFactory

NOON = "2026-06-01T12:00:00+08:00"
SEES, KEEPS = ["finance", "secretary_general", "administrator"], ["finance", "administrator"]
EVERYBODY = [*SEES, "reviewer", "editor"]
# What the staff area answers to somebody who may not: its own pages by leading to the start page with a sentence.
REFUSED = 302


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def page_of(response, status=200):
    assert response.status_code == status, response.status_code
    return BeautifulSoup(response.content, "html.parser")


def order_page(order):
    return reverse("dues_orders_modeladmin_inspect", args=[order.pk])


def statuses(desk, people, address):
    """{name: status of the address} for these people of the desk, and for a clerk of a unit under "member"."""
    found = {name: browser(getattr(desk, name)).get(address) for name in people}
    return {name: response.status_code for name, response in found.items()}


def member(name, *, level="ordinary", joined=date(2020, 5, 1), state="active"):
    """A member of the association by this name, certified in the year it joined."""
    unit = UnitFactory(name=name, certified=True, certified__level=level, joined_on=joined)
    Membership.objects.filter(unit=unit).update(state=state, since=joined)
    return unit


def facts(page):
    """{term: text} of the facts on the page."""
    return {row.dt.text.strip(): " ".join(row.dd.text.split()) for row in page.select("dl > div")}


def table(page, selector="table"):
    """Rows of the first such table as lists of texts."""
    return [[" ".join(cell.text.split()) for cell in row("th") + row("td")] for row in page.select_one(selector)("tr")]


def errors(page):
    """What is said beside fields and above the form."""
    return [" ".join(node.text.split()) for node in page.select(".error-message, .help-critical")]
