"""The gateway is down, hangs, or two workers come at once: the page answers, and a message leaves at most once."""

from datetime import timedelta
from threading import Event

import pytest
import time_machine
from django.utils import timezone

from membership.jobs import actions as jobs
from membership.jobs.models import Job
from membership.jobs.states import JobState
from membership.messaging import actions, texts
from membership.messaging.gateways import PermanentFailure, TemporaryFailure, memory
from membership.messaging.models import MessageText, OutboundMessage
from membership.messaging.seal import seal
from membership.messaging.states import MessageState
from tests.races import at_once
from tests.worker import work

pytestmark = pytest.mark.django_db

PHONE = "+8613811138111"
CODE = {"code": "824617"}


@pytest.fixture
def queue(settings):
    """Work is written down for a worker, as in production."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}


@pytest.fixture
def gateway(monkeypatch):
    """The gateway of this test: what it does is `gateway.does`, what reached it `gateway.texts`."""

    class Gateway:
        texts = []
        does = staticmethod(lambda: "ref")

    def send(recipient, text, **words):
        gateway.texts.append(text)
        return gateway.does()

    gateway = Gateway()
    gateway.texts = []
    monkeypatch.setattr(memory, "send", send)
    return gateway


def failing(failure):
    def does():
        raise failure

    return does


def post_code(**changes):
    facts = {"secrets": CODE, "expires_at": timezone.now() + timedelta(minutes=10)} | changes
    return actions.post("sms", "verification_code", PHONE, **facts)


def post_words():
    return actions.post("sms", "unit_handed_over", PHONE, unit="示范监理咨询有限公司")


def row(message):
    return OutboundMessage.objects.get(pk=message.pk)


def waits(message):
    return row(message).state == MessageState.QUEUED


# --- Posting does not wait -------------------------------------------------------------------------------------------
def test_posting_only_writes_rows_and_one_worker_sends_once(queue, gateway):
    """The 30 seconds of a gateway that hangs pass in the worker: whoever posts never meets it."""
    message = post_code()
    assert (waits(message), gateway.texts, Job.objects.get().state) == (True, [], JobState.QUEUED)
    work()
    work()
    assert (row(message).state, len(gateway.texts)) == (MessageState.SENT, 1)


def test_posting_costs_three_writes_however_the_texts_are_worded(queue, django_assert_num_queries):
    """The message, its job, the task of the worker, in two savepoints; no look at the wording."""
    with django_assert_num_queries(3 + 4):
        post_words()


def test_wording_is_read_once_in_half_a_minute(gateway, django_assert_num_queries):
    assert texts.compose("account_exists", {}).text.endswith("请忽略。")
    MessageText.objects.filter(key="account_exists").update(text="您已注册。")
    with django_assert_num_queries(0):
        assert texts.compose("account_exists", {}).text.endswith("请忽略。")
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        assert texts.compose("account_exists", {}).text == "【会员之家】您已注册。"


# --- Down for a while -------------------------------------------------------------------------------------------------
def test_gateway_that_is_down_gets_the_message_once_when_it_is_back(queue, gateway):
    gateway.does = failing(TemporaryFailure("connection refused"))
    message, start = post_words(), timezone.now()
    work()
    assert (waits(message), len(gateway.texts)) == (True, 1)
    delays = []
    for _attempt in range(2):
        job = Job.objects.get()
        delays.append(round((job.run_after - start).total_seconds()))
        with time_machine.travel(job.run_after + timedelta(seconds=1)):
            start = timezone.now()
            work()
    assert (waits(message), len(gateway.texts), delays) == (True, 3, [30, 60])

    gateway.does = lambda: "ref"
    with time_machine.travel(Job.objects.get().run_after + timedelta(seconds=1)):
        work()
        work()
    assert (row(message).state, len(gateway.texts)) == (MessageState.SENT, 4)


# --- Codes ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("failure", "state"),
    [
        (TemporaryFailure("验证码824617 to +8613811138111: busy"), MessageState.FAILED),
        (PermanentFailure("验证码824617 to +8613811138111: refused"), MessageState.FAILED),
        (OSError("验证码824617 to +8613811138111: broke off"), MessageState.SENDING),
    ],
)
def test_code_is_tried_once_and_gone_from_every_row(queue, gateway, failure, state):
    gateway.does = failing(failure)
    message = post_code()
    assert row(message).sealed != ""
    work()
    gateway.does = lambda: "ref"
    with time_machine.travel(timezone.now() + timedelta(minutes=5)):
        jobs.sweep()
        work()
        actions.send(row(message))
    left = row(message)
    assert (left.state, left.sealed, len(gateway.texts)) == (state, "", 1)
    everything = str([*OutboundMessage.objects.values(), *Job.objects.values()])
    assert ("824617" in everything, "13811138111" in left.error) == (False, False)


def test_code_is_sealed_until_it_is_sent(queue):
    message = post_code()
    assert "824617" not in str([*OutboundMessage.objects.values(), *Job.objects.values()])
    work()
    assert (memory.outbox[0][1], row(message).sealed) == ("【会员之家】验证码824617，10分钟内有效，请勿告知他人。", "")


def test_code_that_is_too_late_never_leaves(queue, gateway):
    message = post_code()
    with time_machine.travel(timezone.now() + timedelta(minutes=10, seconds=1)):
        work()
    assert (row(message).state, row(message).sealed, gateway.texts) == (MessageState.EXPIRED, "", [])


def test_code_whose_worker_never_came_does_not_lie_about(queue, gateway):
    late, fresh, words = post_code(), post_code(expires_at=timezone.now() + timedelta(hours=1)), post_words()
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert (actions.expire_overdue(), actions.expire_overdue()) == (1, 0)
    assert (row(late).state, row(late).sealed) == (MessageState.EXPIRED, "")
    assert [waits(message) for message in (fresh, words)] == [True, True]
    assert row(fresh).sealed != ""


def test_code_goes_when_its_job_gives_up(queue, gateway):
    """Sealed with another key of the site: it cannot be read, the job fails, and the row keeps nothing."""
    message = post_code()
    OutboundMessage.objects.filter(pk=message.pk).update(sealed="no token of ours")
    work()
    assert (row(message).state, row(message).sealed, gateway.texts) == (MessageState.FAILED, "", [])
    assert Job.objects.get().state == JobState.FAILED


def test_code_goes_when_the_worker_dies_with_it(queue, gateway):
    message = post_code()

    def dies():
        assert row(message).sealed == ""  # already before the gateway has it
        raise KeyboardInterrupt

    gateway.does = dies
    with pytest.raises(KeyboardInterrupt):
        work()
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        assert actions.lose_track() == 1
    assert (row(message).state, row(message).sealed) == (MessageState.UNKNOWN, "")


# --- Two at once ------------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True, serialized_rollback=True)
@pytest.mark.parametrize("secret", [True, False])
def test_two_workers_with_one_message_send_once(queue, gateway, secret):
    message = post_code() if secret else post_words()
    first = Event()

    def slow():
        first.wait(1)  # long enough for the other to come, never needed by it
        return "ref"

    gateway.does = slow

    def worker(number):
        actions.send(OutboundMessage.objects.get(pk=message.pk))
        first.set()

    assert at_once(2, worker) == [None, None]
    assert (row(message).state, len(gateway.texts)) == (MessageState.SENT, 1)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_without_the_claim_two_workers_would_send_twice(queue, gateway, monkeypatch):
    """The twin: a claim that everybody wins."""
    message = post_words()
    monkeypatch.setattr(actions, "_move", lambda *args, **changes: True)
    at_once(2, lambda number: actions.send(OutboundMessage.objects.get(pk=message.pk)))
    assert len(gateway.texts) == 2


# --- Texts that change under a message --------------------------------------------------------------------------------
def test_message_is_sent_in_the_wording_of_the_moment(queue, gateway):
    post_words()
    MessageText.objects.filter(key="unit_handed_over").update(text="{unit}归您管理。")
    work()
    assert gateway.texts == ["【会员之家】示范监理咨询有限公司归您管理。"]


def test_message_whose_row_of_wording_is_gone_is_sent_in_the_original(queue, gateway):
    post_words()
    MessageText.objects.all().delete()
    work()
    assert gateway.texts == ["【会员之家】您已成为示范监理咨询有限公司的单位管理员，请登录会员之家查看。"]


@pytest.mark.parametrize("changes", [{"template": "gone"}, {"variables": {}}])
def test_message_whose_text_is_gone_from_the_code_ends_on_the_work_list(queue, gateway, changes):
    message = post_words()
    OutboundMessage.objects.filter(pk=message.pk).update(sealed=seal(CODE), **changes)
    work()
    assert (row(message).state, row(message).sealed, gateway.texts) == (MessageState.FAILED, "", [])
