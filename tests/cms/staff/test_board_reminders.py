"""提醒未读, 提醒未回执 and their log: how many and who, before and after; and two who press at once."""

from datetime import datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.jobs.models import Job
from membership.messaging.models import OutboundMessage
from membership.tracking.actions.reminders import concerned_by, send
from membership.tracking.models import Delivery, Reminder, ReminderRule
from membership.tracking.states import Occasion
from tests.cms.conftest import GROUPS, in_days, staff
from tests.cms.staff.test_board import answer, read, sent_to
from tests.factories import UnitFactory, clerk
from tests.races import TOGETHER, at_once

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 25, 12, tzinfo=timezone.get_fixed_timezone(480))


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as travelled:
        yield travelled


@pytest.fixture
def client(clock, client):
    """Who logs in does so by that clock: a session of the future is none."""
    return client


@pytest.fixture
def page(clock):
    """甲 and 乙 have not read, 丙 has nobody, 丁 has read, 戊 answered; 局外 got something else."""
    units = {
        name: UnitFactory(certified=True, name=name) for name in ("甲建设", "乙检测", "丙监理", "丁学院", "戊研究")
    }
    fields = {"receipt_kind": "deliberation", "deadline": in_days(7), "items": ["章程修订案"]}
    page = sent_to(*units.values(), **fields)
    outside = UnitFactory(certified=True, name="局外建设")
    sent_to(outside, **fields)
    for unit in (units["甲建设"], units["乙检测"], outside):
        clerk(unit)
    read(page, units["丁学院"])
    answer(page, units["戊研究"])
    return page


def remind_url(page):
    return reverse("notices:remind", args=[page.pk])


def reminded():
    return sorted(Reminder.objects.values_list("delivery__unit__name", flat=True))


def snapshot():
    nouns = (Reminder, AuditEntry, Job, OutboundMessage)
    return [noun.objects.count() for noun in nouns]


def test_the_page_says_how_many_and_who_is_passed_over(client, editor, page):
    Reminder.objects.create(delivery=page.deliveries.get(unit__name="甲建设"), occasion=Occasion.UNREAD)
    asked = client.get(remind_url(page), {"occasion": "unread"})
    assert asked.context["numbers"] == {"total": 3, "lately": 1, "unreachable": 1}
    assert asked.context["to_send"] == 1
    assert sorted(d.unit.name for d in asked.context["passed_over"]) == sorted(["甲建设", "丙监理"])
    html = asked.content.decode()
    assert ("提醒 1 家单位" in html, "11-25 12:00" in html) == (True, True)
    assert "【会员之家】您有一则尚未阅读的通知：《关于看板的通知》" in html
    assert ("局外建设" in html, "丁学院" in html) == (False, False)


def test_all_that_have_not_read_are_reminded_and_the_log_says_so(client, editor, page):
    answered = client.post(remind_url(page), {"occasion": "unread"})
    job = Job.objects.get(name="tracking.remind")
    assert answered.url == reverse("job_progress", args=[job.pk])
    assert (job.state, job.message) == ("succeeded", "已提醒 2 家单位，跳过 1 家。")
    assert job.result_url == reverse("notices:notice_reminders", args=[page.pk])
    assert reminded() == sorted(["甲建设", "乙检测"])
    log = client.get(job.result_url)
    rows = {(r.delivery.unit.name, r.sent_by, r.occasion) for r in log.context["object_list"]}
    assert rows == {("乙检测", editor, "unread"), ("甲建设", editor, "unread")}
    html = log.content.decode()
    assert (editor.name in html, "已发送" in html, "局外建设" in html) == (True, True, False)


def test_those_without_receipt_are_others(client, editor, page):
    asked = client.get(remind_url(page), {"occasion": "awaiting"})
    assert asked.context["numbers"]["total"] == 4
    client.post(remind_url(page), {"occasion": "awaiting"})
    assert reminded() == sorted(["甲建设", "乙检测", "丁学院"])


@pytest.mark.parametrize("chosen", [{"q": "乙检"}, {"unit": "ticked"}])
def test_chosen_units_alone_are_reminded(client, editor, page, chosen):
    if "unit" in chosen:
        outside = Delivery.objects.get(unit__name="局外建设").unit_id
        chosen = {"unit": [page.deliveries.get(unit__name="乙检测").unit_id, outside]}
    assert client.get(remind_url(page), {"occasion": "unread", **chosen}).context["numbers"]["total"] == 1
    client.post(remind_url(page), {"occasion": "unread", **chosen})
    assert reminded() == ["乙检测"]


@pytest.mark.parametrize("chosen", [{"body": "99999"}, {"level": "x"}, {"q": "没有"}, {"unit": "99999999"}])
def test_a_filter_that_means_nobody_never_means_everybody(client, editor, page, chosen):
    before = snapshot()
    assert client.get(remind_url(page), {"occasion": "unread", **chosen}).context["numbers"]["total"] == 0
    assert client.post(remind_url(page), {"occasion": "unread", **chosen}).status_code == 409
    assert snapshot() == before


def test_at_night_the_page_says_so_and_nothing_is_sent(client, editor, page, clock):
    clock.move_to(NOON.replace(hour=22))
    before = snapshot()
    asked = client.get(remind_url(page), {"occasion": "unread"})
    assert ("21:00 至 08:00 不发送短信" in asked.content.decode(), asked.context["is_quiet"]) == (True, True)
    answered = client.post(remind_url(page), {"occasion": "unread"})
    assert (answered.status_code, snapshot()) == (409, before)
    assert answered.context["refusal"].code == "quiet"


@pytest.mark.parametrize("group", [*GROUPS, "member", "visitor"])
def test_who_may_remind_and_who_reads_the_log(client, page, group):
    if group == "member":
        client.force_login(page.deliveries.get(unit__name="甲建设").unit.seats.get().user)
    elif group != "visitor":
        client.force_login(staff(group))
    before = snapshot()
    client.post(remind_url(page), {"occasion": "unread"})
    assert (snapshot() == before) is (group not in {"编辑", "系统管理员"})
    logs = [reverse("notices:reminders"), reverse("notices:notice_reminders", args=[page.pk])]
    sees = group in {"编辑", "会员审核", "秘书长", "系统管理员"}
    assert [client.get(url).status_code for url in logs] == [200 if sees else 302] * 2


def test_the_log_of_all_notices_is_found_by_unit(client, editor, page):
    outside = Delivery.objects.get(unit__name="局外建设")
    rule = ReminderRule.objects.get(event="unread", days=7)
    Reminder.objects.create(delivery=outside, occasion=Occasion.UNREAD, rule=rule)
    Reminder.objects.create(delivery=page.deliveries.get(unit__name="甲建设"), occasion=Occasion.NEW)
    url = reverse("notices:reminders")
    assert len(client.get(url).context["object_list"]) == 2
    found = client.get(url, {"q": "局外"})
    assert [r.delivery for r in found.context["object_list"]] == [outside]
    assert "送达后未读：7 天" in found.content.decode()
    own = client.get(reverse("notices:notice_reminders", args=[page.pk]))
    assert [r.delivery.unit.name for r in own.context["object_list"]] == ["甲建设"]
    assert client.get(reverse("notices:notice_reminders", args=[999999])).status_code == 404


@pytest.mark.parametrize("number", [1, 50])
def test_the_log_runs_a_constant_number_of_queries(client, editor, django_assert_num_queries, number):
    units = [UnitFactory(certified=True) for _number in range(number)]
    page = sent_to(*units)
    for delivery in page.deliveries.all():
        Reminder.objects.create(delivery=delivery, occasion=Occasion.UNREAD, sent_by=editor)
    url = reverse("notices:notice_reminders", args=[page.pk])
    client.get(url)
    with django_assert_num_queries(13):
        assert len(client.get(url).context["object_list"]) == number


# --- 提醒规则 --------------------------------------------------------------------------------------------------------
def test_the_dry_run_names_who_would_be_reminded_and_sends_nothing(client, editor, page, clock):
    clock.move_to(NOON + timedelta(days=4))
    client.force_login(editor)  # the session of four days ago is over
    before = snapshot()
    shown = client.get(reverse("reminder_dry_run"))
    due = {entry["rule"].days: entry["number"] for entry in shown.context["rules"] if entry["number"]}
    assert (due, snapshot()) == ({3: 5}, before)
    html = shown.content.decode()
    assert ("截止前未回执：3 天" in html, "回执将于12-02 12:00截止" in html) == (True, True)
    assert "跳过：无可接收短信的单位管理员。" in html


@pytest.mark.parametrize("group", [*GROUPS, "member", "visitor"])
def test_who_keeps_the_rules(client, page, group):
    if group == "member":
        client.force_login(page.deliveries.get(unit__name="甲建设").unit.seats.get().user)
    elif group != "visitor":
        client.force_login(staff(group))
    urls = [reverse("reminder_dry_run"), "/cms/reminder-rules/", "/cms/reminder-rules/create/"]
    expected = 200 if group in {"编辑", "系统管理员"} else 302
    assert [client.get(url).status_code for url in urls] == [expected] * 3


def test_a_rule_is_added_changed_and_stays_single(client, editor):
    values = {"event": "before_deadline", "days": "5", "is_active": "on"}
    assert client.post("/cms/reminder-rules/create/", values).status_code == 302
    rule = ReminderRule.objects.get(days=5)
    client.post(f"/cms/reminder-rules/edit/{rule.pk}/", {"event": "before_deadline", "days": "6"})
    rule.refresh_from_db()
    assert (rule.days, rule.is_active) == (6, False)
    before = ReminderRule.objects.count()
    client.post("/cms/reminder-rules/create/", {"event": "before_deadline", "days": "6"})
    assert ReminderRule.objects.count() == before


# --- Two at once ----------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_editors_at_once_send_each_unit_one_message():
    page = asked_by_five()
    outcomes = at_once(2, lambda number: send(concerned_by(page, Occasion.UNREAD), occasion=Occasion.UNREAD))
    assert sum(outcome.sent for outcome in outcomes) == 5
    assert sum(len(outcome.skipped) for outcome in outcomes) == 5
    assert (Reminder.objects.count(), OutboundMessage.objects.count()) == (5, 5)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_twin_that_looks_before_it_locks_sends_two():
    """Without the lock around the look both find nothing sent, and every unit is reminded twice."""
    page = asked_by_five()
    looked = Barrier(2, timeout=TOGETHER)

    def send_carelessly(number):
        unread = list(concerned_by(page, Occasion.UNREAD).exclude(reminders__sent_at__gt=timezone.now() - timedelta(1)))
        looked.wait()
        for delivery in unread:
            Reminder.objects.create(delivery=delivery, occasion=Occasion.UNREAD)
        return len(unread)

    assert at_once(2, send_carelessly) == [5, 5]
    assert Reminder.objects.count() == 10


def asked_by_five():
    units = [UnitFactory(certified=True) for _number in range(5)]
    for unit in units:
        clerk(unit)
    return sent_to(*units)
