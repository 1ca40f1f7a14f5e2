"""Reminders of dues by rule: which stage, whom, in which words, once, in office hours, and what the dry run shows."""

from datetime import date, datetime

import pytest
import time_machine
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.dues import actions
from membership.dues.actions.reminders import due_by
from membership.dues.models import DuesReminder, DuesReminderRule
from membership.dues.tasks import remind_by_rules
from membership.messaging.models import OutboundMessage
from membership.messaging.texts import SMS_MAX, compose
from membership.units.models import Membership
from tests.factories import UnitFactory, clerk
from tests.membership.dues.conftest import place, snapshot
from tests.membership.dues.staff.conftest import EVERYBODY, KEEPS, browser, page_of

pytestmark = pytest.mark.django_db
CHINA = timezone.get_fixed_timezone(480)
RULES, DRY_RUN = "/cms/dues/reminder-rules/", "/cms/dues/reminder-rules/dry-run/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel("2026-06-01T12:00:00+08:00", tick=False) as traveller:
        yield traveller


def noon(text):
    return datetime.combine(date.fromisoformat(text), datetime.min.time().replace(hour=12), tzinfo=CHINA)


def member(name, *, paid=(), state="active", joined=date(2020, 5, 1), by=None):
    unit = UnitFactory(name=name, certified=True, joined_on=joined)
    clerk(unit)
    if paid:
        actions.enter_paid_years(unit, paid, by=by, note="旧账")
    Membership.objects.filter(unit=unit).update(state=state)
    return unit


@pytest.fixture
def members(desk):
    """甲 paid this year, 乙 paid the next too, 丙 owes this year, 丁 is suspended, 戊 has left."""
    return {
        "甲": member("甲", paid=[2026], by=desk.finance),
        "乙": member("乙", paid=[2026, 2027], by=desk.finance),
        "丙": member("丙"),
        "丁": member("丁", state="suspended"),
        "戊": member("戊", state="left"),
    }


def run(clock, day, hour=12):
    """What the recurring job sends at noon of the day: {unit: (text, its variable)}."""
    clock.move_to(noon(day).replace(hour=hour))
    before = set(OutboundMessage.objects.values_list("pk", flat=True))
    remind_by_rules()
    rows = OutboundMessage.objects.exclude(pk__in=before)
    return {
        row.variables["unit"]: (row.template, row.variables.get("date") or row.variables.get("year")) for row in rows
    }


ENDING = {"甲": ("dues_due", "2026-12-31"), "丙": ("dues_arrears", "2026")}


def test_before_the_year_ends_each_stage_tells_once(members, clock):
    assert run(clock, "2026-10-31") == {}
    assert run(clock, "2026-11-01") == ENDING
    assert run(clock, "2026-11-02") == {}
    assert run(clock, "2026-12-01") == ENDING
    assert run(clock, "2026-12-24") == ENDING
    assert run(clock, "2026-12-31") == {}
    assert DuesReminder.objects.filter(year=2027).count() == 6


def test_after_a_pause_only_the_nearest_stage_tells(members, clock):
    assert run(clock, "2026-12-26") == ENDING
    assert run(clock, "2026-12-27") == {}
    assert {reminder.rule.days for reminder in DuesReminder.objects.all()} == {7}


def test_a_year_that_began_unpaid(members, desk, clock):
    owing = {"甲": ("dues_arrears", "2027"), "丙": ("dues_arrears", "2027")}
    assert run(clock, "2027-01-30") == {}
    assert run(clock, "2027-01-31") == owing
    actions.enter_paid_years(members["甲"], [2027], by=desk.finance, note="现金")
    assert run(clock, "2027-04-01") == {"丙": ("dues_arrears", "2027")}
    assert run(clock, "2027-04-02") == {}
    assert run(clock, "2027-08-01") == {}


def test_what_is_long_past_is_left_alone(members, clock):
    assert run(clock, "2027-05-01") == {}


def test_another_year_is_told_anew(members, clock):
    assert set(run(clock, "2026-11-01")) == set("甲丙")
    assert set(run(clock, "2027-11-01")) == set("甲乙丙")


@pytest.mark.parametrize("hour", [0, 8, 18])
def test_outside_of_office_hours_the_rules_rest(members, clock, hour):
    clock.move_to(noon("2026-11-01").replace(hour=hour))
    before = snapshot()
    remind_by_rules()
    assert snapshot() == before


def test_who_was_reminded_today_waits_until_tomorrow(members, desk, clock):
    clock.move_to(noon("2026-11-01"))
    actions.remind([members["丙"]], by=desk.finance)
    assert run(clock, "2026-11-01") == {"甲": ("dues_due", "2026-12-31")}
    assert run(clock, "2026-11-02") == {"丙": ("dues_arrears", "2026")}


def test_who_has_shown_a_proof_is_passed_over(members, desk, clock):
    owner = members["丙"].seats.get().user
    order = place(members["丙"], owner)
    type(order).objects.filter(pk=order.pk).update(state="awaiting_confirmation")
    assert run(clock, "2026-11-01") == {"甲": ("dues_due", "2026-12-31")}


def test_a_unit_without_an_administrator_is_reminded_when_it_has_one(members, clock):
    members["甲"].seats.all().delete()
    assert set(run(clock, "2026-11-01")) == {"丙"}
    clerk(members["甲"])
    assert set(run(clock, "2026-11-03")) == {"甲"}


def test_a_rule_that_is_switched_off(members, clock):
    DuesReminderRule.objects.filter(days=60).update(is_active=False)
    assert run(clock, "2026-11-01") == {}


def test_without_a_standard_nobody_is_reminded(members, desk, clock):
    actions.withdraw_standard(desk.standard, by=desk.finance)
    assert run(clock, "2026-11-01") == {}


def test_each_reminder_is_on_record(members, clock):
    run(clock, "2026-11-01")
    entries = AuditEntry.objects.filter(verb="dues.remind_by_rule")
    assert sorted(entries.values_list("unit_id", flat=True)) == sorted([members["甲"].pk, members["丙"].pk])
    assert {entry.actor for entry in entries} == {None}
    assert all(reminder.message.template for reminder in DuesReminder.objects.select_related("message"))


def test_the_longest_name_fits_one_text_message(desk, clock):
    member("示" * 100)
    clock.move_to(noon("2026-11-01"))
    [reminding] = due_by(DuesReminderRule.objects.get(event="before_year_end", days=60), timezone.now())
    assert len(compose(reminding.text, reminding.variables).text) <= SMS_MAX


@pytest.mark.parametrize("count", [1, 50])
def test_choosing_costs_the_same_for_one_and_fifty(desk, clock, django_assert_num_queries, count):
    for number in range(count):
        member(f"单位{number:02d}")
    clock.move_to(noon("2026-11-01"))
    rule = DuesReminderRule.objects.get(event="before_year_end", days=60)
    with django_assert_num_queries(8):
        assert len(list(due_by(rule, timezone.now()))) == count


def test_the_dry_run_shows_what_the_job_sends_and_sends_nothing(members, desk, clock):
    clock.move_to(noon("2026-11-01"))
    members["丙"].seats.all().delete()
    before = snapshot()
    page = page_of(browser(desk.finance).get(DRY_RUN))
    assert snapshot() == before
    rows = {row("td")[0].text: [cell.text for cell in row("td")[1:]] for row in page.select("tbody tr")}
    assert "2026-12-31" in rows["甲"][0]
    assert rows["丙"][1] == "该单位尚无单位管理员，没有可用的手机号。"
    assert set(rows) == set("甲丙")
    assert set(run(clock, "2026-11-01")) == {"甲"}


def test_who_keeps_the_rules(desk):
    for name in EVERYBODY:
        client = browser(getattr(desk, name))
        answers = [client.get(RULES).status_code, client.get(DRY_RUN).status_code]
        assert answers == ([200, 200] if name in KEEPS else [302, 302]), name


def test_finance_changes_a_rule(desk):
    rule = DuesReminderRule.objects.get(event="in_arrears", days=30)
    client = browser(desk.finance)
    client.post(f"{RULES}edit/{rule.pk}/", {"event": "in_arrears", "days": "45", "is_active": "on"})
    rule.refresh_from_db()
    assert rule.days == 45
    answer = client.post(f"{RULES}edit/{rule.pk}/", {"event": "in_arrears", "days": "90", "is_active": "on"})
    rule.refresh_from_db()
    assert (answer.status_code, rule.days) == (200, 45)
    client.post(f"{RULES}edit/{rule.pk}/", {"event": "in_arrears", "days": "999999999999", "is_active": "on"})
    rule.refresh_from_db()
    assert rule.days == 45
