"""Ten thousand units: publishing to them, a clerk's pages among many deliveries, the staff's counts."""

import pytest
from django.test import Client
from django.utils import timezone

from membership.tracking import actions, audience
from membership.tracking.models import Delivery
from membership.units.models import Body, Level, Membership, Unit
from membership.units.states import MembershipState
from tests.factories import UnitFactory, UserFactory, clerk, notice, uscc

pytestmark = pytest.mark.django_db

UNITS, NOTICES = 10_000, 40


@pytest.fixture
def register():
    """Ten thousand certified units; the first has a clerk."""
    first, reviewer, now = UnitFactory(certified=True), UserFactory(staff=True), timezone.now()
    facts = {"unit_type": "contractor", "province": "51", "legal_representative": "张三", "contact_name": "李四"}
    more = [
        Unit(
            name=f"规模测算{n}有限公司",
            uscc=uscc(1_000_000 + n),
            contact_phone="13811138111",
            submitted_at=now,
            **facts,
        )
        for n in range(1, UNITS)
    ]
    Unit.objects.bulk_create(more, batch_size=1_000)
    decided = {"state": MembershipState.ACTIVE, "submitted_at": now, "decided_at": now, "decided_by": reviewer}
    association, level = Body.objects.association(), Level.objects.get(body_kind="association", slug="ordinary")
    certified = [Membership(unit=unit, body=association, level=level, **decided) for unit in more]
    Membership.objects.bulk_create(certified, batch_size=1_000)
    return first


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
