"""Codes by text message: limits of sending, one use, five tries, and no table that holds one readably."""

import json
import re
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
import time_machine
from captcha.models import CaptchaStore
from django.apps import apps
from django.contrib.sessions.models import Session
from django.db import IntegrityError, models, transaction
from django.test import Client

from membership.accounts import actions
from membership.accounts.actions import codes
from membership.accounts.models import FailedLogin, SmsCode, SmsCodeSettings, User
from membership.accounts.states import CodePurpose
from membership.accounts.tasks import forget
from membership.audit.models import AuditEntry
from membership.audit.origin import acting_from
from membership.exceptions import Refusal
from membership.messaging.gateways import memory
from membership.messaging.models import OutboundMessage
from tests.captcha import ANSWER
from tests.factories import UserFactory
from tests.races import TOGETHER, at_once

pytestmark = pytest.mark.django_db
PHONE, OTHER = "+8613811138111", "+8613811138222"
LOGIN = CodePurpose.LOGIN
START = datetime(2026, 11, 2, 8, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


def send(phone=PHONE, purpose=LOGIN):
    return actions.send_code(str(uuid.uuid4()), purpose, phone)


def sent(phone=PHONE, purpose=LOGIN):
    """Whether a code went out."""
    try:
        return bool(send(phone, purpose))
    except Refusal:
        return False


def redeem(code, typed=None, purpose=LOGIN, **bound):
    return actions.redeem_code(str(code.pk), typed or code.digits, purpose=purpose, **bound)


def wrong(code):
    return f"{(int(code.digits) + 1) % 1_000_000:06d}"


def number(n):
    return f"+86137{n:08d}"


# --- Limits of sending ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("step", "span", "allowed"),
    [(1, 59, 1), (61, 3_590, 5), (900, 86_300, 10)],
    ids=["one in 60 s", "5 an hour", "10 a day"],
)
def test_number_gets_so_many_codes(clock, step, span, allowed):
    answers = []
    for _ in range(0, span, step):
        answers.append(sent())
        clock.shift(step)
    assert Counter(answers)[True] == allowed == SmsCode.objects.count() == OutboundMessage.objects.count()
    assert sent(OTHER)


def test_limit_of_a_number_ends_with_its_time(clock):
    assert [sent(), sent()] == [True, False]
    clock.shift(60)
    assert sent()


@pytest.mark.parametrize(
    ("sentence", "shift"),
    [("请 60 秒后再获取验证码", 0), ("请 20 秒后再获取验证码", 40)],
)
def test_refusal_tells_the_seconds(clock, sentence, shift):
    send()
    clock.shift(shift)
    with pytest.raises(Refusal) as refused:
        send()
    assert (str(refused.value).rstrip("。"), refused.value.code) == (sentence, "too_many_codes")


def test_refused_send_leaves_nothing(clock):
    send()
    before = SmsCode.objects.count(), OutboundMessage.objects.count(), AuditEntry.objects.count()
    assert not sent()
    assert (SmsCode.objects.count(), OutboundMessage.objects.count(), AuditEntry.objects.count()) == before == (1, 1, 1)


def test_address_sends_20_an_hour_and_100_a_day(clock):
    with acting_from("198.51.100.7"):
        assert Counter(sent(number(n)) for n in range(30)) == {True: 20, False: 10}
        for hour in range(1, 8):
            clock.move_to(START + timedelta(hours=hour, seconds=1))
            for n in range(30):
                sent(number(100 * hour + n))
    assert SmsCode.objects.count() == 100
    with acting_from("198.51.100.8"):
        assert sent(number(9_999))


def test_all_addresses_of_an_ipv6_network_count_as_one(clock):
    for n in range(30):
        with acting_from(f"2001:db8:1:2::{n:x}"):
            sent(number(n))
    assert SmsCode.objects.count() == 20
    with acting_from("2001:db8:1:3::1"):
        assert sent(number(99))


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("198.51.100.7", "198.51.100.7"),
        ("::ffff:198.51.100.7", "198.51.100.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("unknown", "unknown"),
        ("", ""),
    ],
)
def test_address_as_limits_count_it(address, counted):
    with acting_from(address):
        assert send().address == counted


def test_thousand_sends_to_one_number_stop_at_the_limit(clock, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        for n in range(1_000):
            with acting_from(f"203.0.113.{n % 250}"):
                sent()
            clock.shift(80)
    assert len(memory.outbox) == OutboundMessage.objects.count() == 10  # 1,000 × 80 s are less than a day


def test_thousand_sends_from_one_address_stop_at_the_limit(clock, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True), acting_from("203.0.113.9"):
        for n in range(1_000):
            sent(number(n))
            clock.shift(80)
    assert len(memory.outbox) == OutboundMessage.objects.count() == 100


def test_budget_of_everybody_together(clock):
    SmsCodeSettings.objects.update_or_create(pk=1, defaults={"codes_per_hour": 3})
    assert [sent(number(n)) for n in range(5)] == [True] * 3 + [False] * 2
    clock.shift(3_601)
    assert sent(number(7))


def test_switch_stops_every_code_and_says_so():
    SmsCodeSettings.objects.update_or_create(pk=1, defaults={"is_sending": False})
    with pytest.raises(Refusal) as refused:
        send()
    assert str(refused.value).rstrip("。") == "短信验证码暂停发送，请致电协会"
    assert not OutboundMessage.objects.exists()


def test_message_to_a_holder_counts_like_a_code(clock):
    actions.tell_holder("account_exists", PHONE)
    assert not sent()
    with pytest.raises(Refusal):
        actions.tell_holder("unknown_account", PHONE)
    assert OutboundMessage.objects.count() == 1


# --- Redeeming ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("write", [str, lambda d: f" {d[:3]} {d[3:]} ", lambda d: f"{d[:3]}-{d[3:]}"])
def test_code_is_good_once(write):
    code = send()
    assert [redeem(code, write(code.digits)), redeem(code)] == [True, False]


def test_full_width_digits_are_digits():
    code = send()
    assert redeem(code, code.digits.translate({48 + n: 0xFF10 + n for n in range(10)}))


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "abcdef", "１２３", "\0", "😀" * 500])
def test_what_is_no_code_opens_nothing(typed):
    code = send()
    assert not redeem(code, typed or " ")
    assert redeem(code)


@pytest.mark.parametrize(("tries", "opens"), [(4, True), (5, False), (9, False)])
def test_five_wrong_tries_void_the_code(tries, opens):
    code = send()
    assert not any(redeem(code, wrong(code)) for _ in range(tries))
    assert redeem(code) is opens


def test_database_refuses_a_sixth_try():
    code = send()
    with pytest.raises(IntegrityError), transaction.atomic():
        SmsCode.objects.filter(pk=code.pk).update(tries=6)


@pytest.mark.parametrize(("seconds", "opens"), [(599, True), (600, False), (601, False)])
def test_code_lives_ten_minutes(clock, seconds, opens):
    code = send()
    clock.shift(seconds)
    assert redeem(code) is opens


@pytest.mark.parametrize("purpose", [CodePurpose.SIGN_UP, CodePurpose.CHANGE_PHONE, CodePurpose.NONE])
def test_code_for_one_purpose_opens_no_other(purpose):
    code = send()
    assert not redeem(code, purpose=purpose)
    assert redeem(code)


def test_code_of_another_number_opens_nothing(clock):
    code, others = send(), send(OTHER)
    assert not redeem(code, others.digits)
    assert not redeem(code, phone=OTHER)
    assert redeem(code, phone=PHONE)


@pytest.mark.parametrize("key", ["", "nonsense", None, "00000000-0000-0000-0000-000000000000"])
def test_unknown_key_opens_nothing(key):
    code = send()
    assert not actions.redeem_code(key, code.digits, purpose=LOGIN)


# --- Races ----------------------------------------------------------------------------------------------------------
race = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@race
def test_code_opens_once_for_two_at_once():
    code = send()
    assert sorted(at_once(2, lambda _: redeem(code))) == [False, True]


@race
def test_twin_without_the_condition_lets_both_in(monkeypatch):
    code = send()
    monkeypatch.setattr(
        type(SmsCode.objects.all()), "use", lambda rows, pk, now: bool(rows.filter(pk=pk).update(used_at=now))
    )
    monkeypatch.setattr(type(SmsCode.objects.all()), "redeemable", lambda rows, now: rows)
    assert at_once(2, lambda _: redeem(code)) == [True, True]


@race
def test_fifty_guesses_at_once_are_five_tries():
    code = send()
    assert at_once(10, lambda _: [redeem(code, wrong(code)) for _ in range(5)]) == [[False] * 5] * 10
    assert SmsCode.objects.get(pk=code.pk).tries == 5
    assert not redeem(code)


@race
def test_twin_that_reads_the_count_and_then_writes_it_lets_ten_guess(monkeypatch):
    """All have read that nobody has tried before anybody writes: ten tries count as one, and the code still opens."""
    code, looked = send(), Barrier(10, timeout=TOGETHER)

    def count_carelessly(rows, pk, now, **bound):
        tries = rows.get(pk=pk).tries
        looked.wait()
        return bool(rows.filter(pk=pk).update(tries=tries + 1))

    with monkeypatch.context() as careless:
        careless.setattr(type(SmsCode.objects.all()), "count_try", count_carelessly)
        assert at_once(10, lambda _: redeem(code, wrong(code))) == [False] * 10
    assert SmsCode.objects.get(pk=code.pk).tries == 1
    assert redeem(code)


@race
def test_ten_sends_at_once_are_one():
    SmsCodeSettings.objects.get_or_create(pk=1)
    assert Counter(at_once(10, lambda _: sent())) == {True: 1, False: 9}
    assert OutboundMessage.objects.count() == 1


@race
def test_twin_that_counts_before_the_lock_sends_more(monkeypatch):
    """All ask before anybody has sent, as they would if nobody waited for the row of the settings."""
    SmsCodeSettings.objects.get_or_create(pk=1)
    asked = Barrier(2, timeout=20)

    def take_turn(phone, **fields):
        wait = codes.waiting_seconds(phone, SmsCodeSettings())
        asked.wait()
        if wait:
            raise Refusal("wait")
        return SmsCode.objects.create(phone=phone, **fields)

    def post_later(key, purpose, phone, *, by=None):
        return take_turn(phone, id=key, purpose=purpose)

    monkeypatch.setattr(actions, "send_code", post_later)
    assert at_once(2, lambda _: sent()) == [True, True]


# --- Nothing readable -----------------------------------------------------------------------------------------------
def every_text():
    """Every text of every table, sessions unpacked."""
    for model in apps.get_models(include_auto_created=True):
        names = [f.attname for f in model._meta.concrete_fields if isinstance(f, TEXTUAL)]
        for row in model._default_manager.values_list(*names) if names else []:
            yield from (json.dumps(value, default=str) for value in row)
    for session in Session.objects.all():
        yield json.dumps(session.get_decoded())


TEXTUAL = (models.CharField, models.TextField, models.JSONField, models.UUIDField)


@pytest.mark.parametrize("when", ["waiting", "sent"])
def test_no_table_holds_a_readable_code(when, settings, django_capture_on_commit_callbacks):
    picture = {"captcha_0": CaptchaStore.generate_key(), "captcha_1": ANSWER}
    form = {"phone": PHONE, "password1": "hui-yuan-zhi-jia", "password2": "hui-yuan-zhi-jia", "agree": "on", **picture}
    with django_capture_on_commit_callbacks(execute=when == "sent"):
        assert Client().post("/accounts/signup/", form).status_code == 302
    code = SmsCode.objects.get()
    texts = list(every_text())
    assert [text for text in texts if re.search(rf"(?<![0-9a-f]){code.digits}(?![0-9a-f])", text)] == []
    assert any(PHONE in text for text in texts)  # the search sees what is there
    if when == "sent":
        assert code.digits in memory.outbox[0][1]
        assert OutboundMessage.objects.get().sealed == ""


# --- Forgetting -----------------------------------------------------------------------------------------------------
def test_old_codes_and_failures_are_forgotten(clock):
    send()
    actions.note_failed_login(PHONE)
    clock.shift(29 * 60)
    forget()
    assert (SmsCode.objects.count(), FailedLogin.objects.count()) == (1, 1)
    clock.shift(2 * 60)
    forget()
    assert (SmsCode.objects.count(), FailedLogin.objects.count()) == (1, 0)
    clock.shift(2 * 86_400)
    send(OTHER)
    forget()
    assert [str(phone) for phone in SmsCode.objects.values_list("phone", flat=True)] == [OTHER]


def test_sign_ups_that_nobody_finished_are_forgotten_after_a_day(clock):
    verified, colleague = UserFactory(), UserFactory(staff=True, phone_verified=False)
    unfinished = UserFactory(phone_verified=False)
    clock.shift(23 * 3_600)
    forget()
    assert set(User.objects.all()) == {verified, colleague, unfinished}
    clock.shift(2 * 3_600)
    forget()
    assert set(User.objects.all()) == {verified, colleague}
