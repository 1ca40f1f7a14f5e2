"""What the standard asks of passwords, codes and sessions beyond the journeys of the other files."""

from datetime import UTC, datetime

import pytest
import time_machine
from bs4 import BeautifulSoup
from cryptography.fernet import InvalidToken
from django.contrib.auth import get_user
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from membership.accounts.models import SmsCode, User
from membership.messaging.seal import seal, unseal
from tests.factories import UserFactory
from tests.membership.accounts.factors import with_app
from tests.portal.entrance import (
    CONFIRM,
    FORGOTTEN,
    LOGIN,
    PHONE,
    SIGN_UP,
    ask_for_account,
    ask_for_code,
    errors,
    log_in,
    sent_code,
)

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 2, 1, tzinfo=UTC)
SET_NEW = "/accounts/password/forgotten/new/"


@pytest.fixture
def member():
    return UserFactory(phone=f"+86{PHONE}", name="李四")


@pytest.mark.parametrize("password", ["qmvxrtlw", "QMVXRTLW", "83920174", "!@%#*?;=", "窗外有一棵树吗", "甲" * 128])
def test_any_signs_make_a_password(client, password):
    """Neither digits nor capitals are asked for; GB/T 22239 would have them (docs/security.md)."""
    if len(password) < 8:
        password += "。"
    ask_for_account(client, password1=password, password2=password)
    assert User.objects.get().check_password(password)


@pytest.mark.parametrize("password", ["huiyuanzhijia", "HuiYuan2026", "会员之家@2026", "memberportal"])
def test_words_of_the_house_make_none(client, password):
    answer = ask_for_account(client, password1=password, password2=password)
    assert errors(answer) == {"password1": ["这个密码太常见了。"]}


def test_each_word_of_the_house_is_long_enough_to_matter(settings):
    path = settings.BASE_DIR / "membership" / "accounts" / "own_words.txt"
    words = path.read_text(encoding="utf-8").splitlines()
    assert words == [word.strip().lower() for word in words]
    for word in words:
        with pytest.raises(ValidationError) as refused:
            validate_password(word)
        assert [error.code for error in refused.value.error_list] == ["password_too_common"], word


@pytest.mark.parametrize(("address", "fields"), [(LOGIN, ["current-password"]), (SIGN_UP, ["new-password"] * 2)])
def test_fields_of_passwords_are_masked_and_known_to_password_managers(client, address, fields):
    page = BeautifulSoup(client.get(address).content, "html.parser")
    found = page.select("input[name^=password]")
    assert [field["type"] for field in found] == ["password"] * len(fields)
    assert [field["autocomplete"] for field in found] == fields
    assert [field for field in found if {"maxlength", "onpaste", "readonly"} & set(field.attrs)] == []


def test_nothing_is_asked_that_others_may_know(client):
    """No questions and no hints: neither when the account is made nor when the password is lost."""
    for address, expected in [
        (SIGN_UP, {"phone", "captcha_0", "captcha_1", "password1", "password2", "agree"}),
        (FORGOTTEN, {"phone", "captcha_0", "captcha_1"}),
    ]:
        page = BeautifulSoup(client.get(address).content, "html.parser")
        fields = {field["name"] for field in page.select("main input[name], main textarea[name], main select[name]")}
        assert fields - {"csrfmiddlewaretoken", "next"} == expected


def test_a_password_does_not_grow_old(member):
    with time_machine.travel(START.replace(year=2046), tick=False):
        assert log_in(Client())["Location"] == "/portal/"


def test_a_lost_password_is_no_way_around_the_second_factor(client, member):
    with_app(member)
    ask_for_code(client, url=FORGOTTEN)
    answer = client.post(f"{CONFIRM}?next={SET_NEW}", {"code": sent_code()})
    assert answer["Location"].startswith("/accounts/2fa/authenticate/")
    assert get_user(client).is_authenticated is False
    assert client.get(SET_NEW)["Location"] == FORGOTTEN


def test_codes_and_sessions_cannot_be_guessed(client, member):
    log_in(client)
    codes = [SmsCode() for _number in range(200)]
    assert (len(client.session.session_key), client.session.session_key.isalnum()) == (
        32,
        True,
    )  # of 36 signs: 165 bits
    assert {len(code.digits) for code in codes} == {6}
    assert {len(code.seed) for code in codes} == {64}
    assert len({code.digits for code in codes}) > 190


def test_what_is_sealed_is_read_unchanged_or_not_at_all():
    from_us = seal({"code": "824617"})
    middle = len(from_us) // 2
    forged = from_us[:middle] + ("A" if from_us[middle] != "A" else "B") + from_us[middle + 1 :]
    assert unseal(from_us) == {"code": "824617"}
    assert seal({"code": "824617"}) != from_us
    with pytest.raises(InvalidToken):
        unseal(forged)


def test_a_new_key_reads_what_the_old_one_sealed_as_long_as_it_is_named(settings):
    sealed, old = seal({"secret": "JBSWY3DPEHPK3PXP"}), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another-key", [old]
    assert unseal(sealed) == {"secret": "JBSWY3DPEHPK3PXP"}
    renewed = seal(unseal(sealed))
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(renewed) == {"secret": "JBSWY3DPEHPK3PXP"}
    with pytest.raises(InvalidToken):
        unseal(sealed)


@pytest.mark.parametrize(
    "way", [lambda c: c.get("/accounts/login/"), lambda c: c.get("/portal/"), lambda c: c.head("/")]
)
def test_nobody_is_logged_in_by_looking(member, way):
    client = Client()
    way(client)
    assert get_user(client).is_authenticated is False
