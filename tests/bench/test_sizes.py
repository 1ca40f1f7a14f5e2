"""Ten thousand units: publishing to them, a clerk's pages among many deliveries, the staff's counts."""

import pytest
from django.test import Client
from django.utils import timezone

from membership.tracking import actions, audience
from membership.tracking.models import Delivery
from membership.units.models import Body, Level
from tests.bench.conftest import UNITS
from tests.factories import clerk, notice

pytestmark = pytest.mark.django_db

NOTICES = 40


def rules_of_three_kinds(register):
    level = Level.objects.get(body_kind="association", slug="ordinary")
    return [
        {"kind": "body", "body": Body.objects.association()},
        {"kind": "level", "level": level},
        {"kind": "exclude", "unit": register},
    ]


def test_publishing_to_ten_thousand_units(register, measure):
    def deliver_a_new_one():
        return actions.deliver(notice(rules=rules_of_three_kinds(register)))

    reached = measure(f"write a notice and deliver it to {UNITS - 1} units, audience of three kinds", deliver_a_new_one)
    assert reached == UNITS - 1
    page = notice(rules=rules_of_three_kinds(register))
    counted = measure("count that audience", lambda: audience.units(page.audience_rules.all()).count())
    assert counted == UNITS - 1


def test_pages_among_many_deliveries(register, measure):
    pages = [notice() for _number in range(NOTICES)]
    for page in pages:
        actions.deliver(page)
    assert Delivery.objects.count() == UNITS * NOTICES

    browser = Client()
    browser.force_login(clerk(register))
    listed = measure(f"message list, {UNITS * NOTICES} deliveries", lambda: browser.get("/portal/messages/"))
    assert (listed.status_code, len(listed.context["rows"])) == (200, 20)
    own = Delivery.objects.filter(unit=register)
    badges = measure("badges of one unit", lambda: own.unread_by_category())
    assert sum(badges.values()) == NOTICES
    sent = Delivery.objects.filter(notice__in=[page.pk for page in pages])
    counts = measure(f"counts of {NOTICES} notices", lambda: sent.counts_by_notice(timezone.now()))
    assert {row["sent"] for row in counts.values()} == {UNITS}
