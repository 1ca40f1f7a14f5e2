"""What the entrance tells nobody: who has an account, by words or by work; numbers and codes, by logs or addresses."""

import logging
import re

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from membership.messaging.gateways import memory
from tests.factories import UserFactory
from tests.portal.entrance import (
    BY_CODE,
    CHANGE_PHONE,
    CONFIRM,
    FORGOTTEN,
    LOGIN,
    PASSWORD,
    PHONE,
    SIGN_UP,
    VERIFY,
    ask_for_account,
    ask_for_code,
    ask_for_number,
    captcha,
    log_in,
    page_of,
    sent_code,
)

pytestmark = pytest.mark.django_db
KNOWN, UNKNOWN = "13900001234", "13900005678"


class CountingHasher(MD5PasswordHasher):
    algorithm = "counting"
    encoded = []

    def encode(self, password, salt):
        self.encoded.append(salt)
        return super().encode(password, salt)


@pytest.fixture
def hashes(settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    CountingHasher.encoded.clear()
    return CountingHasher.encoded


def by_password(client, phone):
    return log_in(client, phone, "wrong-password", **captcha())


def by_account(client, phone):
    return ask_for_account(client, phone=phone)


def by_code(client, phone):
    return ask_for_code(client, phone)


def by_forgotten(client, phone):
    return ask_for_code(client, phone, url=FORGOTTEN)


@pytest.mark.parametrize(
    ("ask", "expected"), [(by_password, 1), (by_account, 1), (by_code, 0), (by_forgotten, 0)], ids=lambda v: str(v)[:24]
)
@time_machine.travel("2026-11-02 09:00 +0800", tick=False)
def test_known_and_unknown_numbers_cost_and_tell_the_same(hashes, ask, expected):
    UserFactory(phone=f"+86{KNOWN}")
    ask(Client(), "13900009999")  # what is made once is made now: rows of settings, caches
    seen = []
    for phone in (KNOWN, UNKNOWN):
        hashes.clear()
        client = Client()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = ask(client, phone)
        headers = {
            name: value for name, value in answer.headers.items() if name not in {"Content-Length", "X-Request-ID"}
        }
        seen.append((answer.status_code, headers, page_of(answer).replace(phone, ""), len(hashes), kinds(queries)))
    assert seen[0] == seen[1]
    assert seen[0][3] == expected


def kinds(queries):
    """How many statements of which kind, on any table."""
    said = [query["sql"].split()[0] for query in queries.captured_queries]
    return len([word for word in said if word in {"SELECT", "INSERT", "UPDATE", "DELETE"}])


def test_numbers_and_codes_stand_in_no_log_no_address_and_no_title(caplog):
    caplog.set_level(logging.DEBUG)
    user = UserFactory(phone=f"+86{KNOWN}")
    pages, places = [], []

    def note(*answers):
        for answer in answers:
            places.append(answer.get("Location", ""))
            pages.append(answer.content.decode())

    client = Client()
    note(ask_for_account(client), client.get(VERIFY), client.post(VERIFY, {"code": "1"}))
    note(client.post(VERIFY, {"code": sent_code()}), ask_for_account(Client(), phone=KNOWN))
    note(by_password(Client(), KNOWN), log_in(Client(), PHONE, PASSWORD))
    client = Client()
    note(ask_for_code(client, UNKNOWN, url=BY_CODE), client.get(CONFIRM))
    client = Client()
    client.force_login(user)
    note(ask_for_number(client, "13900007777"), client.get(VERIFY))
    note(client.post(VERIFY, {"code": sent_code("13900007777")}), client.get(CHANGE_PHONE))
    note(*(Client().get(url) for url in (LOGIN, SIGN_UP, BY_CODE, FORGOTTEN)))

    secrets = {PHONE, KNOWN, UNKNOWN, "13900007777", PASSWORD}
    secrets |= {code for _to, text in memory.outbox for code in re.findall(r"\d{6}", text)}
    assert len(secrets) >= 7
    said = [record.getMessage() for record in caplog.records if record.name != "django.db.backends"]
    titles = [title for page in pages for title in re.findall(r"<title>(.*?)</title>", page)]
    assert len(titles) >= 6
    assert [text for text in [*said, *places, *titles] if any(secret in text for secret in secrets)] == []
