"""修改密码 and 更换手机 over HTTP: the guide's words, other sessions end, a number is taken from nobody."""

from datetime import timedelta
from threading import Barrier

import pytest
import time_machine
from bs4 import BeautifulSoup
from django.contrib.auth import get_user
from django.db import transaction
from django.test import Client
from django.utils import timezone

from membership.accounts import actions
from membership.accounts.models import SmsCode, User
from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.messaging.gateways import memory
from tests.factories import PASSWORD as OLD_PASSWORD
from tests.factories import UserFactory
from tests.portal.entrance import (
    CHANGE_PHONE,
    CONFIRM,
    PASSWORD,
    PHONE,
    VERIFY,
    ask_for_code,
    ask_for_number,
    captcha,
    errors,
    log_in,
    page_of,
    sent_code,
    texts_to,
    words,
    wrong,
)
from tests.races import TOGETHER, at_once

pytestmark = pytest.mark.django_db
OLD, CHANGE_PASSWORD = "13900003333", "/accounts/password/change/"
CODE = {"code": ["验证码不正确或已失效，请核对，或重新获取"]}
CHANGED = "【会员之家】您的会员之家账号已更换手机号，请使用新手机号登录。如非本人操作，请尽快致电协会。"
race = pytest.mark.django_db(transaction=True, serialized_rollback=True)


@pytest.fixture
def member(db):
    return UserFactory(phone=f"+86{OLD}", name="李四")


@pytest.fixture
def browser(member):
    """Where the member is logged in."""
    client = Client()
    log_in(client, OLD)
    return client


def where(response):
    return response.status_code, response.get("Location")


def number_of(user):
    return str(User.objects.get(pk=user.pk).phone).removeprefix("+86")


# --- Password -------------------------------------------------------------------------------------------------------
def test_password_page_has_the_words_of_the_guide(browser):
    page = BeautifulSoup(browser.get(CHANGE_PASSWORD).content, "html.parser").select_one("main form")
    assert [label.contents[0] for label in page.select(".field__label")] == ["原密码", "新密码", "确认密码"]
    assert page.select_one("[type=submit]").text == "重置密码"


def test_changed_password_ends_the_other_sessions_and_is_recorded(browser, member):
    elsewhere = Client()
    log_in(elsewhere, OLD, remember="on")
    new = {"oldpassword": OLD_PASSWORD, "password1": PASSWORD, "password2": PASSWORD}
    assert where(browser.post(CHANGE_PASSWORD, new)) == (302, CHANGE_PASSWORD)
    assert "密码已更新，其他设备的登录已退出" in words(browser.get(CHANGE_PASSWORD))
    assert [get_user(client).is_authenticated for client in (browser, elsewhere)] == [True, False]
    assert where(elsewhere.get("/portal/")) == (302, "/accounts/login/?next=/portal/")
    assert errors(log_in(Client(), OLD, OLD_PASSWORD)) == {"__all__": ["手机号或密码不正确"]}
    assert where(log_in(Client(), OLD, PASSWORD)) == (302, "/portal/")
    assert AuditEntry.objects.filter(verb="accounts.change_password", actor=member).count() == 1


def test_password_change_writes_nothing_but_the_password(member):
    stale = User.objects.get(pk=member.pk)
    User.objects.filter(pk=member.pk).update(name="李四（新）")
    actions.change_password(stale, PASSWORD, by=stale)
    assert User.objects.get(pk=member.pk).name == "李四（新）"


# --- Number ---------------------------------------------------------------------------------------------------------
def test_number_pages_have_the_words_of_the_guide(browser):
    first = words(browser.get(CHANGE_PHONE))
    for expected in ["图形验证码", "输入新手机号", "发送验证码", "更换后请使用新手机号登录", "139****3333"]:
        assert expected in first
    ask_for_number(browser, PHONE)
    second = words(browser.get(VERIFY))
    for expected in ["手机验证码", "确认绑定此手机号", "更换后请使用新手机号登录"]:
        assert expected in second


def test_only_the_new_number_logs_in(browser, member):
    elsewhere = Client()
    log_in(elsewhere, OLD, remember="on")
    assert where(ask_for_number(browser, PHONE)) == (302, VERIFY)
    assert number_of(member) == OLD
    assert where(browser.post(VERIFY, {"code": sent_code()})) == (302, CHANGE_PHONE)
    assert "手机号已更换，请使用新手机号登录" in words(browser.get(CHANGE_PHONE))
    assert (number_of(member), get_user(browser)) == (PHONE, member)
    assert where(elsewhere.get("/portal/")) == (302, "/accounts/login/?next=/portal/")
    assert errors(log_in(Client(), OLD)) == {"__all__": ["手机号或密码不正确"]}
    assert where(log_in(Client(), PHONE)) == (302, "/portal/")
    assert texts_to(OLD) == [CHANGED]
    assert AuditEntry.objects.filter(verb="accounts.change_phone", actor=member).count() == 1
    assert PHONE not in str(list(AuditEntry.objects.values()))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"password": "wrong-password"}, {"password": ["密码不正确"]}),
        ({"password": ""}, {"password": ["请输入登录密码"]}),
        ({"captcha_1": "wrng"}, {"captcha": ["图形验证码不正确或已过期，请输入新的验证码"]}),
        ({"phone": OLD}, {"phone": ["此号码为当前手机号，请输入新手机号"]}),
        ({"phone": "+85291234567"}, {"phone": ["请填写 11 位手机号码"]}),
    ],
)
def test_bad_input_is_said_at_its_field(browser, member, changes, said):
    response = ask_for_number(browser, **{"phone": PHONE, **changes})
    assert (response.status_code, errors(response)) == (422, said)
    assert (memory.outbox, number_of(member)) == ([], OLD)


@pytest.mark.parametrize("url", [CHANGE_PHONE, CHANGE_PASSWORD])
def test_stranger_is_sent_to_the_door(client, url):
    assert where(client.post(url, {})) == (302, f"/accounts/login/?next={url}")


def test_wrong_passwords_here_are_failures_too(browser, member):
    for _ in range(3):
        ask_for_number(browser, PHONE, password="wrong-password")
    assert errors(log_in(Client(), OLD)) == {"captcha": ["请输入图形验证码"]}


@time_machine.travel("2026-11-02 09:00 +0800", tick=False)
def test_taken_number_looks_like_a_free_one_and_cannot_be_bound(member):
    holder = UserFactory(phone=f"+86{PHONE}")
    free, other = Client(), UserFactory(phone="+8613900004444")
    log_in(free, "13900004444")
    browser = Client()
    log_in(browser, OLD)  # by the clock of this test: a session of the future is none
    assert where(ask_for_number(free, "13900002222")) == where(ask_for_number(browser, PHONE)) == (302, VERIFY)
    pages = [page_of(client.get(VERIFY)) for client in (free, browser)]
    for mine, yours in [("13900002222", PHONE), ("139****4444", "139****3333"), (str(other), str(member))]:
        pages[0] = pages[0].replace(mine, yours)
    assert pages[0] == pages[1]
    assert texts_to(PHONE) == ["【会员之家】您的手机号已注册会员之家账号，请直接登录。如非本人操作，请忽略。"]
    for typed in ["", "000000", "123456"]:
        browser.post(VERIFY, {"code": typed})
    assert [number_of(member), number_of(holder)] == [OLD, PHONE]


def test_number_taken_in_the_meantime_cannot_be_bound(browser, member):
    ask_for_number(browser, PHONE)
    UserFactory(phone=f"+86{PHONE}")
    response = browser.post(VERIFY, {"code": sent_code()})
    assert errors(response, "verify_form") == {"code": ["此手机号无法使用，请核对，或重新获取验证码"]}
    assert number_of(member) == OLD


def test_verb_refuses_a_taken_number(member):
    UserFactory(phone=f"+86{PHONE}")
    before = AuditEntry.objects.count()
    with pytest.raises(Refusal) as refused:
        actions.change_phone(member, f"+86{PHONE}", by=member)
    assert (refused.value.code, AuditEntry.objects.count(), memory.outbox) == ("phone_taken", before, [])
    assert number_of(member) == OLD


def test_code_from_before_the_change_lets_nobody_in_by_the_old_number(browser, member):
    thief = Client()
    ask_for_code(thief, OLD)
    code = sent_code(OLD)
    ask_for_number(browser, PHONE)
    browser.post(VERIFY, {"code": sent_code()})
    assert errors(thief.post(CONFIRM, {"code": code}), "verify_form") == CODE
    assert number_of(member) == PHONE
    assert not get_user(thief).is_authenticated


def test_code_for_a_change_logs_nobody_in(browser, member):
    ask_for_number(browser, PHONE)
    stranger = Client()
    ask_for_code(stranger, OLD)
    assert errors(stranger.post(CONFIRM, {"code": sent_code()}), "verify_form") == CODE


def test_five_wrong_codes_end_the_change(browser, member):
    ask_for_number(browser, PHONE)
    code = sent_code()
    answers = [where(browser.post(VERIFY, {"code": wrong(code)})) for _ in range(5)]
    assert answers == [(422, None)] * 4 + [(302, CHANGE_PHONE)]
    assert "输错次数过多，请重新获取验证码，或几分钟后再试" in words(browser.get(CHANGE_PHONE))
    browser.post(VERIFY, {"code": code})
    assert number_of(member) == OLD


def test_code_of_a_change_is_good_for_ten_minutes(member):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        client = Client()
        log_in(client, OLD)
        ask_for_number(client, PHONE)
        clock.shift(timedelta(seconds=601))
        client.post(VERIFY, {"code": sent_code()})
    assert number_of(member) == OLD


def test_too_soon_is_said_beside_the_number(browser):
    ask_for_number(browser, PHONE)
    assert list(errors(ask_for_number(browser, PHONE))) == ["phone"]
    assert SmsCode.objects.count() == 1


# --- Races ----------------------------------------------------------------------------------------------------------
@race
def test_two_people_who_bind_one_number_at_once():
    people = [UserFactory(), UserFactory()]

    def bind(n):
        try:
            return bool(actions.change_phone(people[n], f"+86{PHONE}", by=people[n]))
        except Refusal as refusal:
            return refusal.code

    assert sorted(map(str, at_once(2, bind))) == ["True", "phone_taken"]
    assert User.objects.filter(phone=f"+86{PHONE}").count() == 1
    assert AuditEntry.objects.filter(verb="accounts.change_phone").count() == 1


@race
def test_twin_that_looks_for_the_holder_first_is_stopped_by_the_constraint_alone():
    people, looked = [UserFactory(), UserFactory()], Barrier(2, timeout=TOGETHER)

    def bind_carelessly(n):
        assert not User.objects.filter(phone=f"+86{PHONE}").exists()
        looked.wait()
        with transaction.atomic():
            return User.objects.filter(pk=people[n].pk).update(phone=f"+86{PHONE}")

    assert sorted(type(result).__name__ for result in at_once(2, bind_carelessly)) == ["IntegrityError", "int"]


@race
def test_loser_of_that_race_reads_a_sentence():
    browsers = [Client(), Client()]
    for client in browsers:
        user = UserFactory()
        client.force_login(user)
        SmsCode.objects.update(sent_at=timezone.now() - timedelta(seconds=61))
        ask_for_number(client, PHONE)
    codes = texts_to(PHONE)
    typed = ["".join(c for c in text.split("，")[0] if c.isdigit()) for text in codes]
    answers = at_once(2, lambda n: browsers[n].post(VERIFY, {"code": typed[n]}))
    assert sorted(answer.status_code for answer in answers) in ([302, 409], [302, 422])
    assert User.objects.filter(phone=f"+86{PHONE}").count() == 1


def test_captcha_is_asked_for_every_change(browser):
    shown = captcha()
    ask_for_number(browser, PHONE, **shown)
    assert list(errors(ask_for_number(browser, "13900005555", **shown))) == ["captcha"]
    assert len(memory.outbox) == 1
