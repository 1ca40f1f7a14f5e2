"""Reminders: by hand, by rule, once, never at night, and only to those whom it concerns."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.jobs.models import Job
from membership.messaging.gateways import memory
from membership.messaging.models import OutboundMessage
from membership.tracking import actions
from membership.tracking.models import Delivery, Reminder, ReminderRule, ReminderSettings
from membership.tracking.states import Occasion, ReceiptKind
from membership.units.models import Seat
from tests.factories import UnitFactory, clerk, notice
from tests.membership.units.conftest import employee

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 11, 25, 12, tzinfo=timezone.get_fixed_timezone(480))


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as travelled:
        yield travelled


@pytest.fixture
def editor(db):
    return employee("编辑")


@pytest.fixture
def units(clock):
    """甲 and 乙 with administrators, 丙 without, 丁 that the notice does not reach."""
    made = {name: UnitFactory(name=name, certified=True) for name in "甲乙丙丁"}
    for name in "甲乙丁":
        clerk(made[name], phone=f"+8613811138{'甲乙丙丁'.index(name):03d}")
    return made


def sent(units, **fields):
    """A deliberation for 甲 乙 丙, delivered now, due in a week."""
    fields = {"title": "关于审议章程的通知", "deadline": timezone.now() + timedelta(days=7), **fields}
    fields.setdefault("receipt_kind", ReceiptKind.DELIBERATION)
    page = notice(rules=[{"kind": "unit", "unit": units[name]} for name in "甲乙丙"], items=["修订章程"], **fields)
    actions.deliver(page)
    return page


def texts():
    return sorted(text for _to, text in memory.outbox)


def of(page, unit):
    return Delivery.objects.get(notice=page, unit=unit)


def snapshot():
    return Reminder.objects.count(), AuditEntry.objects.count(), Job.objects.count(), OutboundMessage.objects.count()


# --- 新通知 ----------------------------------------------------------------------------------------------------------
def test_units_are_told_of_a_notice_once_however_often_it_is_published(units):
    page = sent(units, notify_by_sms=True)
    assert texts() == ["【会员之家】您有新的回执通知：《关于审议章程的通知》，请登录会员之家查看。"] * 2
    actions.deliver(page)
    actions.announce(page)
    assert len(memory.outbox) == 2
    assert sorted(Reminder.objects.values_list("delivery__unit__name", "occasion")) == [("乙", "new"), ("甲", "new")]


def test_without_the_wish_of_the_editor_nobody_is_told(units):
    sent(units, notify_by_sms=False)
    assert snapshot()[0] == 0
    assert memory.outbox == []


@pytest.mark.parametrize(("hour", "told"), [(7, 0), (8, 2), (20, 2), (21, 0), (23, 0)])
def test_at_night_the_announcement_waits_for_the_morning(units, clock, hour, told):
    clock.move_to(NOON.replace(hour=hour))
    sent(units, notify_by_sms=True)
    assert len(memory.outbox) == told
    waiting = Job.objects.filter(name="tracking.announce", state="queued").values_list("run_after", flat=True)
    morning = NOON.replace(hour=8) + timedelta(days=1 if hour > 8 else 0)
    assert list(waiting) == ([] if told else [morning])


# --- By hand --------------------------------------------------------------------------------------------------------
def test_only_those_are_reminded_who_have_not_answered(units, editor):
    page = sent(units)
    answered = of(page, units["甲"])
    opinions = [{"item": page.agenda_items.get(), "choice": "agree", "comment": ""}]
    actions.submit_receipt(answered, by=units["甲"].seats.get().user, version=0, opinions=opinions)

    job = actions.request_reminders(page, by=editor, occasion=Occasion.AWAITING)

    assert texts() == ["【会员之家】《关于审议章程的通知》的回执将于12-02 12:00截止，请登录会员之家及时提交。"]
    reminder = Reminder.objects.get()
    assert (reminder.delivery.unit, reminder.sent_by, reminder.occasion) == (units["乙"], editor, "awaiting")
    job.refresh_from_db()
    assert (job.state, job.message) == ("succeeded", "已提醒 1 家单位，跳过 1 家。")
    assert job.result_name == "未提醒的单位.xlsx"
    entry = AuditEntry.objects.get(verb="tracking.remind")
    assert (entry.actor, entry.after) == (editor, {"occasion": "awaiting", "units": 2})


def test_chosen_units_alone_are_reminded(units, editor):
    page = sent(units)
    actions.request_reminders(page, by=editor, occasion=Occasion.UNREAD, units=[units["乙"], units["丁"]])
    assert [reminder.delivery.unit for reminder in Reminder.objects.all()] == [units["乙"]]
    assert texts() == ["【会员之家】您有一则尚未阅读的通知：《关于审议章程的通知》，请登录会员之家查看。"]


def test_a_unit_is_left_alone_for_a_day(units, editor, clock):
    page = sent(units)
    actions.request_reminders(page, by=editor, occasion=Occasion.UNREAD)
    clock.shift(timedelta(hours=23))
    job = actions.request_reminders(page, by=editor, occasion=Occasion.AWAITING)
    job.refresh_from_db()
    assert (Reminder.objects.count(), job.message) == (2, "已提醒 0 家单位，跳过 3 家。")
    clock.shift(timedelta(hours=1, seconds=1))
    actions.request_reminders(page, by=editor, occasion=Occasion.AWAITING)
    assert Reminder.objects.count() == 4


@pytest.mark.parametrize(
    ("hour", "units_asked", "code"),
    [(22, None, "quiet"), (7, None, "quiet"), (12, "丁", "nobody")],
)
def test_refused_at_night_and_when_nobody_is_left(units, editor, clock, hour, units_asked, code):
    page = sent(units)
    clock.move_to(NOON.replace(hour=hour))
    before = snapshot()
    chosen = units_asked and [units[name] for name in units_asked]
    with pytest.raises(Refusal) as refused:
        actions.request_reminders(page, by=editor, occasion=Occasion.UNREAD, units=chosen)
    assert (refused.value.code, snapshot()) == (code, before)


@pytest.mark.parametrize("role", ["会员审核", "分会秘书", "财务", "秘书长"])
def test_other_roles_remind_nobody(units, role):
    page = sent(units)
    before = snapshot()
    with pytest.raises(PermissionDenied):
        actions.request_reminders(page, by=employee(role), occasion=Occasion.UNREAD)
    assert snapshot() == before


# --- By rule --------------------------------------------------------------------------------------------------------
def reminded(units):
    return {(r.delivery.unit.name, str(r.rule)) for r in Reminder.objects.filter(rule__isnull=False)}


def test_rules_remind_three_days_and_one_day_before_and_one_day_after(units, clock):
    page = sent(units)
    actions.mark_read(of(page, units["乙"]), by=units["乙"].seats.get().user)
    Seat.objects.filter(unit=units["丙"]).delete()
    seen = []
    for hours in range(0, 24 * 9, 6):
        clock.move_to(NOON + timedelta(hours=hours))
        actions.remind_by_rules(timezone.now())
        actions.remind_by_rules(timezone.now())
        new = {(name, rule) for name, rule in reminded(units)} - {key for _when, keys in seen for key in keys}
        if new:
            seen.append((hours, new))
    assert seen == [
        (96, {("甲", "截止前未回执：3 天"), ("乙", "截止前未回执：3 天")}),
        (144, {("甲", "截止前未回执：1 天"), ("乙", "截止前未回执：1 天")}),
        (168, {("甲", "送达后未读：7 天")}),
        (192, {("甲", "截止后未回执：1 天"), ("乙", "截止后未回执：1 天")}),
    ]


def test_at_night_and_for_recalled_notices_rules_rest(units, clock):
    page = sent(units)
    clock.move_to(NOON + timedelta(days=5, hours=10))
    assert actions.remind_by_rules(timezone.now()) == {}
    clock.move_to(NOON + timedelta(days=6))
    type(page).objects.filter(pk=page.pk).update(live=False)
    actions.remind_by_rules(timezone.now())
    assert reminded(units) == set()


def test_the_dry_run_names_who_would_be_reminded(units, clock):
    page = sent(units)
    clock.move_to(NOON + timedelta(days=5))
    rule = ReminderRule.objects.get(event="before_deadline", days=3)
    assert {d.unit.name for d in actions.due_by(rule, timezone.now())} == set("甲乙丙")
    assert Reminder.objects.count() == 0
    assert page.deliveries.count() == 3


@pytest.mark.parametrize(
    ("start", "end", "hour", "quiet"),
    [(21, 8, 22, True), (21, 8, 8, False), (12, 14, 13, True), (12, 14, 14, False), (9, 9, 9, False)],
)
def test_quiet_hours_may_pass_midnight(start, end, hour, quiet):
    settings = ReminderSettings(quiet_from=NOON.replace(hour=start).time(), quiet_until=NOON.replace(hour=end).time())
    assert settings.is_quiet(NOON.replace(hour=hour)) is quiet
