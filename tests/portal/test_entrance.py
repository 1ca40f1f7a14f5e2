"""Sign-up over HTTP: every bad input, nothing that tells who has an account, nothing half made."""

from datetime import timedelta

import pytest
import time_machine
from captcha.models import CaptchaStore
from django.contrib.auth import get_user
from django.test import Client
from django.utils import timezone

from membership.accounts.models import SmsCode, SmsCodeSettings, User
from membership.audit.models import AuditEntry
from membership.messaging.gateways import memory
from tests.captcha import ANSWER
from tests.factories import UserFactory
from tests.portal.entrance import (
    CHANGE_PHONE,
    PASSWORD,
    PHONE,
    SIGN_UP,
    VERIFY,
    ask_for_account,
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
from tests.races import at_once

pytestmark = pytest.mark.django_db
PICTURE = {"captcha": ["图形验证码不正确或已过期，请输入新的验证码"]}
CODE = {"code": ["验证码不正确或已失效，请核对，或重新获取"]}


def where(response):
    return response.status_code, response.get("Location")


def test_sign_up_ends_on_the_task_list(client, settings):
    assert where(ask_for_account(client)) == (302, VERIFY)
    assert PHONE in words(client.get(VERIFY))
    assert where(client.post(VERIFY, {"code": sent_code()})) == (302, "/portal/")
    user = User.objects.get()
    assert get_user(client) == user
    assert (user.phone_verified, user.check_password(PASSWORD), user.is_staff) == (True, True, False)
    consent = user.consents.get()
    assert (consent.terms_version, consent.privacy_version) == (settings.TERMS_VERSION, settings.PRIVACY_VERSION)
    told = {"terms": settings.TERMS_VERSION, "privacy": settings.PRIVACY_VERSION}
    assert AuditEntry.objects.get(verb="accounts.sign_up").after == told
    assert log_in(Client(), PHONE, PASSWORD)["Location"] == "/portal/"


@pytest.mark.parametrize("typed", ["139 0000 1111", "+86 13900001111", "１３９００００１１１１", "139-0000-1111"])
def test_number_is_taken_as_people_type_it(client, typed):
    ask_for_account(client, phone=typed)
    assert str(User.objects.get().phone) == f"+86{PHONE}"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        *[
            ({"phone": typed}, {"phone": ["请填写 11 位手机号码"]})
            for typed in ["1390000111", "139000011112", "12345678901", "+85291234567", "02886000000", "李四"]
        ],
        ({"phone": ""}, {"phone": ["请填写手机号码"]}),
        ({"captcha_1": "wrng"}, PICTURE),
        ({"captcha_1": "x" * 5_000}, PICTURE),
        ({"captcha_0": "nonsense"}, PICTURE),
        ({"captcha_1": ["wrng", "more"]}, PICTURE),
        ({"captcha_0": None, "captcha_1": None}, {"captcha": ["请输入图形验证码"]}),
        ({"captcha_1": ""}, {"captcha": ["请输入图形验证码"]}),
        ({"password1": "kurz77!", "password2": "kurz77!"}, {"password1": ["密码至少 8 个字符"]}),
        ({"password1": "88888888", "password2": "88888888"}, {"password1": ["这个密码太常见了。"]}),
        ({"password1": "Passw0rd", "password2": "Passw0rd"}, {"password1": ["这个密码太常见了。"]}),
        ({"password1": PHONE, "password2": PHONE}, {"password1": ["密码不能包含您的手机号"]}),
        ({"password2": PASSWORD + "x"}, {"password2": ["每次输入的密码必须相同。"]}),
        ({"password1": "", "password2": ""}, {"password1": ["请设置密码"], "password2": ["请再次输入密码"]}),
        ({"agree": None}, {"agree": ["请阅读并同意《用户协议》《隐私政策》"]}),
    ],
)
def test_bad_input_is_said_at_its_field(client, changes, said):
    response = ask_for_account(client, **changes)
    assert errors(response) == said
    assert (User.objects.count(), SmsCode.objects.count(), memory.outbox) == (0, 0, [])


@pytest.mark.parametrize("password", ["长长的密码 with spaces and 😀 " * 3, "x7-" * 43, "kette-" * 11])
def test_long_password_is_taken_whole(client, password):
    ask_for_account(client, password1=password, password2=password)
    user = User.objects.get()
    assert (user.check_password(password), user.check_password(password[:64])) == (True, False)


def test_captcha_is_good_once(client):
    shown = captcha()
    assert errors(ask_for_account(client, agree=None, **shown)).keys() == {"agree"}
    assert errors(ask_for_account(client, **shown)) == PICTURE


def test_wrong_answer_uses_the_captcha_up(client):
    shown = captcha()
    ask_for_account(client, **shown | {"captcha_1": "wrng"})
    assert errors(ask_for_account(client, **shown)) == PICTURE


def test_old_captcha_is_refused(client):
    shown = captcha()
    CaptchaStore.objects.update(expiration=timezone.now() - timedelta(seconds=1))
    assert errors(ask_for_account(client, **shown)) == PICTURE


@pytest.mark.parametrize("answer", [ANSWER.upper(), f" {ANSWER} ", "ｈｙｚｊ"])
def test_answer_is_read_as_people_type_it(client, answer):
    assert where(ask_for_account(client, captcha_1=answer)) == (302, VERIFY)


def test_page_shows_what_was_typed_and_a_new_picture(client):
    shown = captcha()
    html = ask_for_account(client, agree=None, **shown).content.decode()
    assert f'value="{PHONE}"' in html
    assert shown["captcha_0"] not in html
    assert PASSWORD not in html


# --- Who has an account is told to nobody ---------------------------------------------------------------------------
@time_machine.travel("2026-11-02 09:00 +0800", tick=False)
def test_taken_number_looks_like_a_fresh_one_and_its_holder_is_told():
    UserFactory(phone=f"+86{PHONE}")
    fresh, taken = Client(), Client()
    answers = [ask_for_account(fresh, phone="13900002222"), ask_for_account(taken)]
    assert where(answers[0]) == where(answers[1]) == (302, VERIFY)
    pages = [page_of(client.get(VERIFY)) for client in (fresh, taken)]
    assert pages[0].replace("13900002222", PHONE) == pages[1]
    assert texts_to(PHONE) == ["【会员之家】您的手机号已注册会员之家账号，请直接登录。如非本人操作，请忽略。"]
    guess = {"code": "123456"}
    pages = [page_of(client.post(VERIFY, guess)) for client in (fresh, taken)]
    assert pages[0].replace("13900002222", PHONE) == pages[1]
    assert User.objects.filter(phone=f"+86{PHONE}").count() == 1


@pytest.mark.parametrize("later", [0, 61])
def test_new_code_for_a_taken_number_looks_like_one_for_a_fresh_number(later):
    UserFactory(phone=f"+86{PHONE}")
    with time_machine.travel(timezone.now(), tick=False) as clock:
        fresh, taken = Client(), Client()
        ask_for_account(fresh, phone="13900002222")
        ask_for_account(taken)
        clock.shift(later)
        answers = [client.post(VERIFY, {"action": "resend", **captcha()}) for client in (fresh, taken)]
        assert where(answers[0]) == where(answers[1]) == ((302, VERIFY) if later else (422, None))
        pages = [page_of(client.get(VERIFY)).replace("13900002222", PHONE) for client in (fresh, taken)]
    assert pages[0] == pages[1]
    assert len(texts_to(PHONE)) == len(texts_to("13900002222")) == (2 if later else 1)


def test_unverified_sign_up_keeps_nobody_out(client):
    ask_for_account(Client(), password1="squatter-was-here", password2="squatter-was-here")
    first = sent_code()
    SmsCode.objects.update(sent_at=timezone.now() - timedelta(seconds=61))
    assert where(ask_for_account(client)) == (302, VERIFY)
    assert where(client.post(VERIFY, {"code": sent_code()})) == (302, "/portal/")
    assert first != sent_code()
    assert User.objects.get().check_password(PASSWORD)


def test_who_was_overtaken_by_another_sign_up_is_told_so(client):
    ask_for_account(client)
    code = sent_code()
    SmsCode.objects.update(sent_at=timezone.now() - timedelta(seconds=61))
    ask_for_account(Client())
    response = client.post(VERIFY, {"code": code})
    assert (response.status_code, errors(response, "verify_form")) == (422, CODE)
    assert not get_user(client).is_authenticated
    assert not User.objects.get().phone_verified


@pytest.mark.parametrize("password", [PASSWORD, "wrong-password"])
def test_unverified_account_cannot_log_in(client, password):
    ask_for_account(Client())
    assert errors(log_in(client, PHONE, password)) == {"__all__": ["手机号或密码不正确"]}


# --- The code -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("typed", "said"),
    [("12345", CODE), ("1234567", CODE), ("", {"code": ["请输入手机验证码"]}), ("一二三四五六", CODE)],
)
def test_wrong_code_is_said_at_its_field(client, typed, said):
    ask_for_account(client)
    response = client.post(VERIFY, {"code": typed})
    assert (response.status_code, errors(response, "verify_form")) == (422, said)


def test_full_width_digits_are_a_code(client):
    ask_for_account(client)
    typed = sent_code().translate({48 + n: 0xFF10 + n for n in range(10)})
    assert where(client.post(VERIFY, {"code": typed})) == (302, "/portal/")


def test_five_wrong_codes_end_it(client):
    ask_for_account(client)
    code = sent_code()
    answers = [where(client.post(VERIFY, {"code": wrong(code)})) for _ in range(5)]
    assert answers == [(422, None)] * 4 + [(302, "/accounts/login/")]
    assert "输错次数过多，请重新获取验证码，或几分钟后再试" in words(client.get("/accounts/login/"))
    client.post(VERIFY, {"code": code})
    assert not get_user(client).is_authenticated


@pytest.mark.parametrize(("seconds", "in_time"), [(590, True), (601, False)])
def test_code_is_good_for_ten_minutes(client, seconds, in_time):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ask_for_account(client)
        clock.shift(seconds)
        client.post(VERIFY, {"code": sent_code()})
        assert get_user(client).is_authenticated is in_time


def test_new_code_replaces_the_old_one_and_has_its_own_ten_minutes(client):
    with time_machine.travel(timezone.now(), tick=False) as clock:
        ask_for_account(client)
        old = sent_code()
        clock.shift(590)
        assert where(client.post(VERIFY, {"action": "resend", **captcha()})) == (302, VERIFY)
        clock.shift(590)
        assert errors(client.post(VERIFY, {"code": old}), "verify_form") == CODE
        assert where(client.post(VERIFY, {"code": sent_code()})) == (302, "/portal/")


def test_refused_new_code_leaves_the_old_one_good(client):
    ask_for_account(client)
    response = client.post(VERIFY, {"action": "resend", **captcha()})
    assert response.status_code == 422
    assert "秒后再获取验证码" in words(response)
    assert len(memory.outbox) == 1
    assert where(client.post(VERIFY, {"code": sent_code()})) == (302, "/portal/")


def test_new_code_asks_for_a_captcha(client):
    ask_for_account(client)
    response = client.post(VERIFY, {"action": "resend"})
    assert (response.status_code, errors(response, "resend_form")) == (422, {"captcha": ["请输入图形验证码"]})


def test_code_of_another_number_is_refused(client):
    ask_for_account(Client(), phone="13900002222")
    ask_for_account(client)
    if sent_code("13900002222") != sent_code():
        assert errors(client.post(VERIFY, {"code": sent_code("13900002222")}), "verify_form") == CODE


def test_sign_up_code_changes_no_number(client):
    user = UserFactory()
    ask_for_account(client)
    code = sent_code()
    client.force_login(user)
    assert where(client.post(VERIFY, {"code": code})) == (302, CHANGE_PHONE)
    user.refresh_from_db()
    assert str(user.phone) != f"+86{PHONE}"


# --- Tabs, back, limits ---------------------------------------------------------------------------------------------
def test_back_after_success_leads_to_the_portal(client):
    ask_for_account(client)
    code = sent_code()
    client.post(VERIFY, {"code": code})
    assert where(client.get(SIGN_UP)) == (302, "/portal/")
    assert where(client.post(VERIFY, {"code": code})) == (302, CHANGE_PHONE)
    assert User.objects.count() == 1


def test_second_tab_waits_for_the_same_code(client):
    ask_for_account(client)
    assert where(client.get(SIGN_UP)) == (302, VERIFY)
    assert where(client.post(VERIFY, {"code": sent_code()})) == (302, "/portal/")


def test_cancel_leads_back_to_a_fresh_start(client):
    ask_for_account(client)
    assert where(client.post("/accounts/logout/", {"next": "/accounts/login/"})) == (302, "/accounts/login/")
    assert client.get(SIGN_UP).status_code == 200


def test_too_soon_is_said_beside_the_number(client):
    ask_for_account(client)
    response = ask_for_account(Client())
    assert list(errors(response)) == ["phone"]
    assert User.objects.count() == 1


def test_switched_off_codes_are_said_beside_the_number(client):
    SmsCodeSettings.objects.update_or_create(pk=1, defaults={"is_sending": False})
    assert errors(ask_for_account(client)) == {"phone": ["短信验证码暂停发送，请致电协会。"]}
    assert User.objects.count() == 0


def test_claimed_other_addresses_do_not_help(client):
    answers = [
        Client(headers={"x-forwarded-for": f"198.51.100.{n}"}).post(
            SIGN_UP,
            {
                "phone": f"139000{n:05d}",
                "password1": PASSWORD,
                "password2": PASSWORD,
                "agree": "on",
                **captcha(),
            },
        )
        for n in range(25)
    ]
    assert [answer.status_code for answer in answers] == [302] * 20 + [429] * 5
    assert len(memory.outbox) == 20


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_two_sign_ups_at_once_make_one_account_and_one_message():
    SmsCodeSettings.objects.get_or_create(pk=1)
    shown = [captcha(), captcha()]
    answers = at_once(2, lambda n: ask_for_account(Client(), **shown[n]))
    assert sorted(answer.status_code for answer in answers) in ([200, 302], [302, 429])
    assert (User.objects.count(), len(memory.outbox)) == (1, 1)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_send_refused_at_the_last_moment_leaves_no_half_made_account(client, monkeypatch):
    """The check beside the field finds nothing, the count under the lock does: as when another is faster."""
    monkeypatch.setattr("membership.accounts.allauth_forms.refuse_if_too_many", lambda phone: None)
    SmsCode.objects.create(phone=f"+86{PHONE}", purpose="none")
    response = ask_for_account(client)
    assert response.status_code == 429
    assert "操作过于频繁" in response.content.decode()
    assert (User.objects.count(), memory.outbox) == (0, [])
    assert where(client.get(VERIFY)) == (302, "/accounts/login/")


def test_number_of_an_unverified_sign_up_may_be_bound_by_its_holder(client):
    ask_for_account(Client())
    SmsCode.objects.update(sent_at=timezone.now() - timedelta(seconds=61))
    user = UserFactory()
    client.force_login(user)
    ask_for_number(client, PHONE)
    client.post(VERIFY, {"code": sent_code()})
    assert [str(each.phone) for each in User.objects.all()] == [f"+86{PHONE}"]
