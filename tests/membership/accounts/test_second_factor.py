"""The second factor: set up, asked at login, limited."""

import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user
from django.test import Client

from membership.audit.models import AuditEntry
from tests.factories import PASSWORD
from tests.membership.accounts.factors import (
    ACTIVATE,
    AUTHENTICATE,
    CODES,
    DEACTIVATE,
    INDEX,
    LOGIN,
    REAUTHENTICATE,
    VOID,
    WRONG,
    code,
    confirm,
    enter,
    errors,
    kinds,
    with_app,
)

pytestmark = pytest.mark.django_db


# --- Set up ---------------------------------------------------------------------------------------------------------
@pytest.fixture(params=["member", "editor"])
def person(request):
    return request.getfixturevalue(request.param)


def test_person_sets_up_an_app_after_the_password(client, person, django_capture_on_commit_callbacks):
    enter(client, person)
    first = client.get(ACTIVATE)
    assert first["Location"] == f"/accounts/reauthenticate/?next={ACTIVATE.replace('/', '%2F')}"
    assert client.post(first["Location"], {"password": PASSWORD, "next": ACTIVATE})["Location"] == ACTIVATE
    secret = client.get(ACTIVATE).context["form"].secret

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(ACTIVATE, {"code": code(secret)})

    assert (response.status_code, response["Location"]) == (302, CODES)
    assert kinds(person) == ["recovery_codes", "totp"]
    assert AuditEntry.objects.about(person).filter(verb="accounts.second_factor").get().after == {"added": "totp"}


def test_secrets_are_sealed_in_the_database(member):
    secret = with_app(member)
    codes = Authenticator.objects.get(user=member, type="recovery_codes")
    assert secret not in str(Authenticator.objects.get(user=member, type="totp").data)
    assert len(codes.wrap().get_unused_codes()) == 10
    assert codes.data["seed"].startswith("gAAAA")


def test_wrong_code_sets_up_nothing(client, member):
    enter(client, member)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get(ACTIVATE)
    response = client.post(ACTIVATE, {"code": "000000"})
    assert errors(response) == [WRONG]
    assert (kinds(member), AuditEntry.objects.filter(verb="accounts.second_factor").count()) == ([], 0)


def test_app_and_passkey_never_show_the_whole_number(client, member):
    enter(client, member)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    url = client.get(ACTIVATE).context["totp_url"]
    assert "13811138111" not in url
    assert url.startswith("otpauth://totp/%E6%9D%8E%E5%9B%9B%20138%2A%2A%2A%2A8111?")
    user = client.get(f"{INDEX}webauthn/add/").context["js_data"]["creation_options"]["publicKey"]["user"]
    assert user["name"] == "李四 138****8111"


def test_password_alone_changes_nothing_about_a_factor(client, member):
    enter(client, member)
    with_app(member)  # meanwhile, elsewhere
    assert client.get(DEACTIVATE)["Location"].startswith(REAUTHENTICATE)
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD})["Location"].startswith(REAUTHENTICATE)
    client.post(DEACTIVATE)
    client.post(f"{CODES}generate/")
    assert client.get(CODES)["Location"].startswith(REAUTHENTICATE)
    assert kinds(member) == ["recovery_codes", "totp"]


def test_password_alone_changes_nothing_over_the_headless_face(client, member):
    enter(client, member)
    with_app(member)
    base = "/api/auth/browser/v1"
    told = client.post(f"{base}/auth/reauthenticate", {"password": PASSWORD}, content_type="application/json")
    gone = client.delete(f"{base}/account/authenticators/totp", content_type="application/json")
    assert (told.status_code, gone.status_code) == (403, 401)
    assert kinds(member) == ["recovery_codes", "totp"]


# --- Login ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("next_url", ["", "/portal/messages/"])
def test_password_and_code_let_in(client, member, next_url):
    secret = with_app(member)
    response = enter(client, member, next_url)
    assert response["Location"].startswith(AUTHENTICATE)
    assert get_user(client).is_authenticated is False
    assert client.post(response["Location"], {"code": code(secret)})["Location"] == (next_url or "/portal/")
    assert get_user(client) == member


def test_a_code_of_the_app_lets_in_once(member):
    with time_machine.travel(time.time(), tick=False):
        secret = with_app(member)
        first, second = Client(), Client()
        enter(first, member)
        enter(second, member)
        confirm(first, secret)
        again = confirm(second, secret)
        assert errors(again) == [WRONG]
        assert (get_user(first), get_user(second).is_authenticated) == (member, False)


def test_a_recovery_code_lets_in_once(member):
    with_app(member)
    codes = Authenticator.objects.get(user=member, type="recovery_codes").wrap().get_unused_codes()
    first, second = Client(), Client()
    for browser in (first, second):
        enter(browser, member)
        answer = browser.post(AUTHENTICATE, {"code": codes[3]})
    assert errors(answer) == [WRONG]
    assert (get_user(first), get_user(second).is_authenticated) == (member, False)
    left = Authenticator.objects.get(user=member, type="recovery_codes").wrap().get_unused_codes()
    assert left == codes[:3] + codes[4:]


def test_six_wrong_codes_stop_even_the_right_one(member):
    secret = with_app(member)
    answers = []
    for _number in range(6):
        browser = Client()  # a session of its own each: the limit is the account's
        enter(browser, member)
        answers.append(errors(browser.post(AUTHENTICATE, {"code": "abcdef"})))
    right = confirm(browser, secret)
    assert answers[:5] == [[WRONG]] * 5
    assert answers[5] == errors(right) == [VOID]
    assert get_user(browser).is_authenticated is False


def test_wrong_codes_are_counted_over_the_headless_face_too(member):
    secret = with_app(member)
    browser = Client()
    login = {"phone": str(member.phone), "password": PASSWORD}
    base = "/api/auth/browser/v1/auth"
    assert browser.post(f"{base}/login", login, content_type="application/json").status_code == 401
    typed = ["abcdef"] * 5 + [code(secret)]
    answers = [browser.post(f"{base}/2fa/authenticate", {"code": c}, content_type="application/json") for c in typed]
    assert {answer.status_code for answer in answers} == {400}
    assert get_user(browser).is_authenticated is False


def test_wrong_codes_of_one_account_leave_others_in_peace(member, editor):
    with_app(member)
    secret = with_app(editor)
    rival = Client()
    enter(rival, member)
    for _number in range(6):
        rival.post(AUTHENTICATE, {"code": "abcdef"})
    browser = Client()
    enter(browser, editor)
    assert confirm(browser, secret)["Location"] == "/cms/"


def test_wrong_passwords_lock_nobody_out(member):
    for _number in range(8):
        Client().post(LOGIN, {"login": "13811138111", "password": "wrong-password"})
    assert "captcha" in Client().post(LOGIN, {"login": "13811138111", "password": PASSWORD}).context["form"].errors


@pytest.mark.parametrize(("ticked", "days_in"), [({"remember": "on"}, True), ({}, False)])
def test_the_wish_to_be_remembered_outlives_the_second_step(client, member, ticked, days_in):
    secret = with_app(member)
    with time_machine.travel("2026-11-02 09:00+08:00", tick=False) as clock:
        client.post(LOGIN, {"login": str(member.phone).removeprefix("+86"), "password": PASSWORD, **ticked})
        confirm(client, secret)
        clock.shift(10 * 86_400)
        assert (client.get(INDEX).status_code == 200) is days_in
