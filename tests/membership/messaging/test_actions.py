"""Messages: a row first, handed to the gateway at most once, with an outcome that somebody can see."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone

from membership.jobs import actions as jobs
from membership.jobs.models import Job
from membership.jobs.states import JobState
from membership.messaging import actions, texts
from membership.messaging.gateways import PermanentFailure, TemporaryFailure, console, memory
from membership.messaging.models import OutboundMessage
from membership.messaging.states import Channel, MessageState
from tests.factories import UserFactory
from tests.races import at_once
from tests.worker import work, work_one

pytestmark = pytest.mark.django_db

PHONE = "+8613811138111"
WORDS = {"unit": "示范工程检测有限公司", "level": "大协会普通会员"}
TEXT = "【会员之家】示范工程检测有限公司认证已通过，等级：大协会普通会员。请登录会员之家查看。"


def post(**changes):
    return actions.post(
        **{"channel": Channel.SMS, "template": "membership_approved", "recipient": PHONE, **WORDS} | changes
    )


def row(message):
    return OutboundMessage.objects.get(pk=message.pk)


@pytest.fixture
def waiting(settings):
    """A message whose job no worker has taken yet."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    return post()


@pytest.fixture
def gateway(monkeypatch):
    """A gateway that fails as told; `tried` counts what reached it."""
    gateway = SimpleNamespace(tried=0, failure=None)

    def send(recipient, text, **words):
        gateway.tried += 1
        if gateway.failure:
            raise gateway.failure
        return "ref"

    monkeypatch.setattr(memory, "send", send)
    return gateway


def test_posted_message_is_sent(django_assert_num_queries):
    person = UserFactory()
    message = post(by=person)

    assert memory.outbox == [(PHONE, TEXT)]
    sent = row(message)
    assert (sent.state, sent.reference, sent.error, sent.caused_by) == (MessageState.SENT, "memory-1", "", person)
    assert sent.sent_at >= sent.claimed_at >= sent.created_at
    assert list(Job.objects.values_list("name", "arguments", "state")) == [
        ("messaging.send", {"message_id": message.pk}, JobState.SUCCEEDED)
    ]


def test_a_code_goes_before_all_that_waited_longer(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    for _message in range(3):
        post()
    actions.post(channel=Channel.SMS, template="verification_code", recipient=PHONE, secrets={"code": "482913"})
    work_one()
    assert [text for _phone, text in memory.outbox] == [memory.outbox[0][1]]
    assert "482913" in memory.outbox[0][1]


def test_email_goes_out_by_mail():
    message = post(channel=Channel.EMAIL, recipient="li@example.com")
    assert [(m.to, m.body) for m in mail.outbox] == [(["li@example.com"], TEXT)]
    assert (row(message).state, memory.outbox) == (MessageState.SENT, [])


def test_rolled_back_change_sends_nothing(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    with transaction.atomic():
        post()
        assert (OutboundMessage.objects.count(), Job.objects.count()) == (1, 1)
        transaction.set_rollback(True)
    work()
    assert (OutboundMessage.objects.count(), Job.objects.count(), memory.outbox) == (0, 0, [])


@pytest.mark.parametrize("changes", [{"template": "nowhere"}, {"variables": "level"}])
def test_unknown_text_or_missing_variable_is_refused_before_anything_is_written(changes):
    variables = {"unit": "甲"} if "variables" in changes else WORDS
    template = changes.get("template", "membership_approved")
    with pytest.raises(KeyError):
        actions.post(Channel.SMS, template, PHONE, **variables)
    assert (OutboundMessage.objects.count(), Job.objects.count()) == (0, 0)


def test_temporary_failure_is_tried_again_and_sent_once(gateway):
    gateway.failure = TemporaryFailure(f"{PHONE}: busy")
    message = post()

    assert (row(message).state, row(message).error) == (MessageState.QUEUED, "+86138****8111: busy")
    job = Job.objects.get()
    assert (job.state, PHONE in job.error) == (JobState.QUEUED, False)

    gateway.failure = None
    with time_machine.travel(job.run_after):
        jobs.run_job.call(job.pk)
    assert (row(message).state, row(message).error, gateway.tried) == (MessageState.SENT, "", 2)


def test_message_that_never_leaves_ends_on_the_work_list(gateway, settings):
    settings.JOB_MAX_ATTEMPTS = 1
    gateway.failure = TemporaryFailure("busy")
    message = post()
    assert (row(message).state, row(message).error) == (MessageState.FAILED, "busy")
    assert Job.objects.get().state == JobState.FAILED


def test_permanent_failure_is_not_tried_again(gateway):
    gateway.failure = PermanentFailure("number switched off" * 30)
    message = post()
    assert (row(message).state, len(row(message).error), gateway.tried) == (MessageState.FAILED, 255, 1)
    assert Job.objects.get().state == JobState.SUCCEEDED


def test_unknown_outcome_stays_open_and_is_never_sent_again(gateway):
    gateway.failure = OSError("connection lost after the request was written")
    message = post()
    assert (row(message).state, Job.objects.get().state) == (MessageState.SENDING, JobState.FAILED)

    assert actions.lose_track() == 0
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        jobs.enqueue("messaging.lose_track")
        assert row(message).state == MessageState.UNKNOWN
        assert actions.lose_track() == 0
    gateway.failure = None
    actions.send(row(message))
    assert (row(message).state, gateway.tried) == (MessageState.UNKNOWN, 1)


def test_answer_that_comes_after_track_was_lost_changes_nothing(waiting, monkeypatch):
    def slow(recipient, text, **words):
        OutboundMessage.objects.update(state=MessageState.UNKNOWN)
        return "late"

    monkeypatch.setattr(memory, "send", slow)
    actions.send(waiting)
    assert (row(waiting).state, row(waiting).sent_at) == (MessageState.UNKNOWN, None)


def test_second_worker_leaves_the_message_alone(waiting):
    actions.send(waiting)
    actions.send(waiting)
    assert len(memory.outbox) == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_ten_workers_at_once_send_once(waiting):
    results = at_once(10, lambda number: actions.send(OutboundMessage.objects.get(pk=waiting.pk)))
    assert (results, len(memory.outbox)) == ([None] * 10, 1)


@pytest.mark.parametrize(
    ("state", "sent"), [(MessageState.SENT, False), *[(s, True) for s in MessageState if s != MessageState.SENT]]
)
def test_message_has_a_time_exactly_when_it_was_sent(state, sent, waiting):
    with pytest.raises(IntegrityError, match="message_sent_has_time"):
        OutboundMessage.objects.update(state=state, sent_at=timezone.now() if sent else None)


def test_console_gateway_prints(capsys):
    assert console.send(PHONE, "你好") == "console"
    assert capsys.readouterr().out == f"SMS → {PHONE}: 你好\n"


# --- one SMS is 70 characters ---------------------------------------------------------------------------------------
def test_short_text_is_left_as_it_is():
    assert texts.compose("membership_approved", WORDS).text == TEXT


@pytest.mark.parametrize("unit", ["示" * 100, "𠮷" * 100, "a" * 100, "示范😀" * 33])
@pytest.mark.parametrize("level", ["大协会普通会员", "级" * 40])
def test_longest_names_are_cut_so_that_one_sms_holds_them(unit, level):
    text = texts.compose("membership_approved", {"unit": unit, "level": level}).text
    assert 68 <= texts.sms_length(text) <= 70
    assert text.startswith("【会员之家】" + unit[:5])
    assert text.endswith("。请登录会员之家查看。")
    assert "…认证已通过" in text
    if len(level) < 10:
        assert f"等级：{level}。" in text


def test_sent_sms_is_the_cut_one():
    post(unit="示" * 100)
    assert texts.sms_length(memory.outbox[0][1]) == 70


@pytest.mark.parametrize("key", texts.TEXTS)
def test_every_text_leaves_room_for_its_variables(key):
    """Twelve characters for each, beside the longest usual signature."""
    wording = texts.TEXTS[key]
    own = texts.own_length(wording, signature="某某省建设工程质量安全协会")
    assert own + texts.ROOM * len(texts.placeholders(wording)) <= texts.SMS_MAX


def test_every_text_and_variable_has_a_name_for_the_office():
    assert set(texts.LABELS) == set(texts.TEXTS)
    assert set(texts.VARIABLES) == set().union(*map(texts.placeholders, texts.TEXTS.values()))
