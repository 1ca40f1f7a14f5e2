"""Certificates that run out: who is told, when, and that nobody is told twice."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import IntegrityError, transaction

from membership.audit.models import AuditEntry
from membership.jobs import actions as jobs
from membership.messaging.models import OutboundMessage
from membership.units.actions.reminders import remind_expiring
from membership.units.models import ExpiryReminder, Membership
from membership.units.tasks import remind_of_certificates
from tests.factories import UnitFactory, clerk, qualification
from tests.membership.units.conftest import in_state
from tests.races import at_once

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 25)
SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
def unit():
    unit = UnitFactory(certified=True, name="示范建设")
    clerk(unit, phone="+8613811138111")
    clerk(unit, duty="agent", phone="+8613811138112")
    return unit


def ends_in(unit, days, **fields):
    return qualification(unit, valid_until=TODAY + timedelta(days=days), **fields)


def stages(unit):
    return sorted(unit.expiry_reminders.values_list("stage", flat=True))


@pytest.mark.parametrize(
    ("days", "stage"),
    [(61, []), (60, [60]), (31, [60]), (30, [30]), (8, [30]), (7, [7]), (0, [7]), (-1, [])],
)
def test_the_nearest_stage_is_told_and_no_other(unit, days, stage):
    ends_in(unit, days)
    assert remind_expiring(TODAY) == len(stage)
    assert stages(unit) == stage


def test_what_the_administrator_of_the_unit_reads(unit):
    ends_in(unit, 30, name="建筑工程", grade="一级")
    remind_expiring(TODAY)
    message = OutboundMessage.objects.get()
    assert (message.channel, message.recipient, message.template) == ("sms", "+8613811138111", "certificate_expiring")
    assert message.variables == {
        "unit": "示范建设",
        "certificate": "施工总承包 · 建筑工程一级",
        "date": "2026-12-25",
    }


def test_entry_permits_too(unit):
    unit.entry_permit_valid_until = TODAY + timedelta(days=7)
    unit.save()
    assert [remind_expiring(TODAY), remind_expiring(TODAY)] == [1, 0]
    assert OutboundMessage.objects.get().variables["certificate"] == "入川备案许可证"
    assert list(ExpiryReminder.objects.values_list("unit", "qualification", "stage")) == [(unit.pk, None, 7)]


def test_each_stage_once_on_the_way_to_the_end(unit):
    ends_in(unit, 60)
    told = [remind_expiring(TODAY + timedelta(days=passed)) for passed in range(65)]
    assert [day for day, count in enumerate(told) if count] == [0, 30, 53]
    assert sum(told) == 3


def test_a_renewed_certificate_is_told_of_again(unit):
    certificate = ends_in(unit, 5)
    remind_expiring(TODAY)
    certificate.valid_until = TODAY + timedelta(days=6)
    certificate.save()
    assert [remind_expiring(TODAY), remind_expiring(TODAY)] == [1, 0]


def test_each_reminder_is_on_record_once_and_names_nobody(unit):
    ends_in(unit, 7)
    remind_expiring(TODAY)
    entry = AuditEntry.objects.get(verb="units.remind_expiring")
    assert (entry.actor, entry.unit_id, entry.after) == (None, unit.pk, {"stage": 7})


@pytest.mark.parametrize("state", ["draft", "pending", "returned", "suspended", "left"])
def test_units_that_are_not_certified_are_left_alone(state):
    unit = UnitFactory(certified=True)
    clerk(unit)
    in_state(unit, state)
    ends_in(unit, 7)
    assert (remind_expiring(TODAY), OutboundMessage.objects.count()) == (0, 0)


def test_a_unit_without_administrator_is_told_once_it_has_one():
    unit = UnitFactory(certified=True)
    ends_in(unit, 7)
    assert remind_expiring(TODAY) == 0
    clerk(unit)
    assert remind_expiring(TODAY) == 1


def test_membership_is_never_cut(unit):
    ends_in(unit, -400)
    before = list(Membership.objects.order_by("pk").values())
    remind_expiring(TODAY)
    assert list(Membership.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        (datetime(2026, 11, 24, 17, 59, tzinfo=SHANGHAI), 0),
        (datetime(2026, 11, 25, 0, 1, tzinfo=SHANGHAI), 0),
        (datetime(2026, 11, 25, 8, 59, tzinfo=SHANGHAI), 0),
        (datetime(2026, 11, 25, 9, 0, tzinfo=SHANGHAI), 1),
        (datetime(2026, 12, 25, 17, 59, tzinfo=SHANGHAI), 1),
        (datetime(2026, 12, 25, 18, 0, tzinfo=SHANGHAI), 0),
    ],
)
def test_days_are_those_of_the_association_and_hours_those_of_an_office(unit, moment, told):
    qualification(unit, valid_until=date(2027, 1, 24))
    with time_machine.travel(moment, tick=False):
        remind_of_certificates()
    assert unit.expiry_reminders.count() == told


def test_the_scheduler_asks_for_it_again_and_again():
    assert "units.remind_expiring" in jobs.enqueue_recurring()


@pytest.mark.parametrize("number", [1, 50])
def test_a_round_without_news_asks_the_same_number_of_questions(unit, number, django_assert_num_queries):
    for _number in range(number):
        ends_in(unit, 7)
    remind_expiring(TODAY)
    with django_assert_num_queries(6):
        remind_expiring(TODAY)


class TestConstraints:
    @pytest.mark.parametrize("of_permit", [True, False])
    def test_once_per_certificate_day_and_stage(self, unit, of_permit):
        certificate = None if of_permit else ends_in(unit, 7)
        facts = {"unit": unit, "qualification": certificate, "valid_until": TODAY, "stage": 7}
        ExpiryReminder.objects.create(**facts)
        with pytest.raises(IntegrityError, match="(?i)unique"), transaction.atomic():
            ExpiryReminder.objects.create(**facts)
        assert ExpiryReminder.objects.count() == 1

    def test_no_other_stage(self, unit):
        with pytest.raises(IntegrityError, match="(?i)check|known_stage"), transaction.atomic():
            ExpiryReminder.objects.create(unit=unit, valid_until=TODAY, stage=14)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_processes_at_once_tell_once():
    unit = UnitFactory(certified=True)
    clerk(unit)
    ends_in(unit, 7)
    answers = at_once(2, lambda _number: remind_expiring(TODAY))
    assert (sorted(answers), OutboundMessage.objects.count()) == ([0, 1], 1)
