"""Ten thousand units in the office: register, queue of reviews and statistics, beside a listing of Wagtail's own."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.contrib.redirects.models import Redirect

from membership.units.models import Membership, Review
from membership.units.states import MembershipState, ReviewSubject
from tests.bench.conftest import UNITS
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    """A browser in which an administrator is logged in."""
    browser = Client()
    browser.force_login(UserFactory(root=True))
    return browser


def queries_of(browser, address):
    """How often a page that has been looked at before asks the database."""
    browser.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert browser.get(address).status_code == 200
    return len(asked)


def fill_redirects():
    """As many rows as there are units for the plainest listing that Wagtail itself has."""
    rows = [Redirect(old_path=f"/old-{number}", redirect_link="/notices/") for number in range(UNITS)]
    Redirect.objects.bulk_create(rows, batch_size=1_000)


def hand_in(memberships, by):
    """Put the applications of these units back into the queue."""
    Membership.objects.filter(pk__in=[m.pk for m in memberships]).update(
        state=MembershipState.PENDING, level=None, decided_at=None, decided_by=None
    )
    rounds = [Review(membership=m, subject=ReviewSubject.APPLICATION, handed_in_by=by) for m in memberships]
    Review.objects.bulk_create(rounds, batch_size=1_000)


def test_listings_of_ten_thousand_rows(register, office, measure):
    everyone, by = list(Membership.objects.all()), UserFactory()
    addresses = {
        "Wagtail's own list of redirects": reverse("wagtailredirects:index"),
        "register of units": reverse("units_modeladmin_index"),
        "register of units, searched": reverse("units_modeladmin_index") + "?q=测算77",
        "queue of reviews": reverse("reviews:queue", args=["units"]),
        "statistics of members": reverse("member_statistics"),
    }
    hand_in(everyone[:60], by)
    few = queries_of(office, addresses["queue of reviews"])
    hand_in(everyone[60:], by)
    fill_redirects()
    with connection.cursor() as cursor:  # as the database does by itself in the background
        cursor.execute("ANALYZE")
    for name, address in addresses.items():
        asked = queries_of(office, address)
        measure(f"{name}, {UNITS} rows, {asked} queries", lambda address=address: office.get(address))
    assert queries_of(office, addresses["queue of reviews"]) == few


def test_statistics_of_ten_thousand_members(register, office, measure):
    page = measure("statistics of members, all in force", lambda: office.get(reverse("member_statistics")))
    assert [chart.total for chart in page.context["charts"]] == [UNITS] * 5
    measure("their workbook", lambda: b"".join(office.get(reverse("member_statistics_export"))))
