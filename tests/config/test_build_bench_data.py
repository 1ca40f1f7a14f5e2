"""Sets to measure at: as large as they say, of rows that the product could have made, and in no real register."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone
from wagtail.models import Page

from cms.models import AudienceRule, NoticeIndexPage, NoticePage
from config.bench import building, notices, register
from membership.accounts.models import User
from membership.jobs.models import Job
from membership.tracking import actions, audience
from membership.tracking.models import Attendee, Delivery, Opinion, Receipt
from membership.tracking.states import ReceiptState
from membership.units.models import Membership, Seat, Unit
from membership.units.uscc import validate_uscc
from tests.factories import UnitFactory, notice

pytestmark = pytest.mark.django_db
UNITS, NOTICES = 12, 26


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.IS_DEMO = True


def build(units=UNITS, number=NOTICES):
    said = StringIO()
    call_command("build_bench_data", units=units, notices=number, stdout=said)
    return said.getvalue()


def clerk_of(unit):
    browser = Client()
    browser.force_login(unit.seats.get().user)
    return browser


def test_it_makes_what_it_says():
    said = build()
    assert f"{UNITS} 家单位，{NOTICES} 条通知，{UNITS * NOTICES} 条投递" in said
    assert (Unit.objects.count(), Unit.objects.certified().count(), Seat.objects.count()) == (UNITS, UNITS, UNITS)
    assert (NoticePage.objects.live().count(), Delivery.objects.count()) == (NOTICES, UNITS * NOTICES)
    assert User.objects.filter(is_staff=True).count() == 1
    assert not Job.objects.exists()


def test_every_row_is_one_that_the_product_could_have_made():
    build()
    connection.check_constraints()
    for unit in Unit.objects.all():
        validate_uscc(unit.uscc)
    for page in NoticePage.objects.all():
        assert set(page.deliveries.values_list("category", "pinned", "receipt_kind", "delivered_at")) == {
            (page.category_id, page.pinned, page.receipt_kind, page.first_published_at)
        }
        assert page.obstacles() == {}
        assert audience.units(page.audience_rules.all()).count() == UNITS
    assert Page.find_problems() == ([], [], [], [], [])
    assert AudienceRule.objects.count() == NOTICES
    assert Membership.objects.exclude(level=None).count() == UNITS + UNITS // 3
    read = Delivery.objects.read()
    assert 0 < read.count() < Delivery.objects.count()
    assert not read.filter(read_at__gt=timezone.now()).exists()
    assert set(read.values_list("unit", "read_by")) <= set(Seat.objects.values_list("unit", "user"))


def test_receipts_are_there_where_a_delivery_says_so():
    build()
    submitted = Delivery.objects.filter(receipt_state=ReceiptState.SUBMITTED)
    assert set(Receipt.objects.values_list("delivery", flat=True)) == set(submitted.values_list("pk", flat=True))
    assert 0 < submitted.count() < 2 * UNITS
    deliberations = Receipt.objects.filter(delivery__receipt_kind="deliberation").count()
    assert (Opinion.objects.count(), Attendee.objects.count()) == (
        2 * deliberations,
        submitted.filter(receipt_kind="attendance").count(),
    )


def test_a_unit_sees_its_own_and_nothing_else():
    build()
    unit = Unit.objects.order_by("pk").first()
    shown = clerk_of(unit).get("/portal/messages/")
    listed = Delivery.objects.filter(pk__in=[row.pk for row in shown.context["rows"]])
    assert set(listed.values_list("unit", flat=True)) == {unit.pk}
    assert (len(shown.context["rows"]), shown.context["page"].paginator.count) == (20, NOTICES)
    first = listed.get(pk=shown.context["rows"][0].pk)
    assert first.notice.slug == f"{notices.SLUG}3"  # the pinned one
    other = Delivery.objects.exclude(unit=unit).first()
    assert clerk_of(unit).get(f"/portal/messages/{other.pk}/").status_code == 404


def test_growing_adds_older_notices_and_changes_nothing_else():
    build(number=6)
    before = list(Delivery.objects.order_by("pk").values())
    oldest = NoticePage.objects.order_by("first_published_at").first().first_published_at
    assert f"0 家单位，{NOTICES - 6} 条通知" in build()
    assert list(Delivery.objects.order_by("pk").values()[: len(before)]) == before
    added = NoticePage.objects.filter(first_published_at__lt=oldest)
    assert (added.count(), NoticeIndexPage.objects.get(slug="member-notices").numchild) == (NOTICES - 6, NOTICES)
    assert "0 条投递" in build()
    assert Delivery.objects.count() == UNITS * NOTICES


def test_the_product_goes_on_from_there():
    build()
    assert actions.deliver(notice()) == UNITS


@pytest.mark.parametrize("other", [UnitFactory, notice])
def test_a_database_in_use_is_refused(other):
    other()
    before = (Unit.objects.count(), NoticePage.objects.count())
    with pytest.raises(CommandError, match="空的数据库"):
        build()
    assert (Unit.objects.count(), NoticePage.objects.count(), Delivery.objects.count()) == (*before, 0)


def test_another_number_of_units_is_refused():
    build(number=1)
    with pytest.raises(CommandError, match=f"已有 {UNITS} 家单位"):
        build(units=UNITS + 1)
    assert Delivery.objects.count() == UNITS


@pytest.mark.parametrize("sizes", [(0, 1), (1, 0), (register.MOST_UNITS + 1, 1), (1, -1)])
def test_impossible_sizes_are_refused(sizes):
    with pytest.raises(CommandError, match="1 到"):
        build(*sizes)
    assert not Unit.objects.exists()


def test_no_invented_units_in_production(settings):
    settings.IS_DEMO = False
    with pytest.raises(CommandError):
        build()
    assert not Unit.objects.exists()


def test_much_needs_postgresql(monkeypatch):
    monkeypatch.setattr(building, "MOST_ON_SQLITE", UNITS * NOTICES - 1)
    if connection.vendor == "postgresql":
        assert f"{UNITS * NOTICES} 条投递" in build()
        return
    with pytest.raises(CommandError, match="PostgreSQL"):
        build()
    assert not Unit.objects.exists()


def test_indexes_and_keys_are_as_before_when_they_were_set_aside(monkeypatch):
    def stands():
        with connection.cursor() as cursor:
            found = connection.introspection.get_constraints(cursor, Delivery._meta.db_table).values()
        return sorted(str({name: value for name, value in each.items() if name != "definition"}) for each in found)

    before = stands()
    monkeypatch.setattr(building, "WORTH_SETTING_ASIDE", 1)
    build()
    assert stands() == before
    assert Delivery.objects.count() == UNITS * NOTICES
