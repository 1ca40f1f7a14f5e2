"""Cookies, HSTS and hashes as production has them: its values are read in a process of its own and tried here."""

import json

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.test import Client

from tests.config.test_production import REQUIRED, run
from tests.factories import PASSWORD, UserFactory
from tests.portal.entrance import LOGIN

NAMES = (
    *("SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_NAME"),
    *("MESSAGE_STORAGE", "SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_SSL_REDIRECT"),
    *("PASSWORD_HASHERS", "DEBUG"),
)
SHOW = f"""
import json
from django.conf import settings
print(json.dumps({{name: getattr(settings, name) for name in {NAMES}}}))
"""


@pytest.fixture(scope="module")
def values():
    return json.loads(run("-c", SHOW, **REQUIRED).stdout)


@pytest.fixture
def production(settings, values):
    for name in set(NAMES) - {"PASSWORD_HASHERS", "DEBUG"}:
        setattr(settings, name, values[name])
    return settings


@pytest.mark.django_db
def test_every_cookie_is_for_this_host_over_https_alone(production):
    """Token, session, language, and what is said after a redirect."""
    UserFactory(phone="+8613900001111", name="李四")
    client, seen = Client(), {}

    def note(answer):
        seen.update({name: morsel for name, morsel in answer.cookies.items() if morsel.value})

    note(client.get(LOGIN, secure=True))
    note(client.get("/language/en/", secure=True))
    note(client.post(LOGIN, {"login": "13900001111", "password": PASSWORD}, secure=True))
    new = {"oldpassword": PASSWORD, "password1": "hui-yuan-zhi-jia-26", "password2": "hui-yuan-zhi-jia-26"}
    note(client.post("/accounts/password/change/", new, secure=True))
    assert set(seen) == {"__Host-csrf", "__Host-session", "__Host-language", "__Host-messages"}
    for name, morsel in seen.items():
        assert (morsel["secure"], morsel["path"], morsel["domain"], morsel["samesite"]) == (True, "/", "", "Lax"), name
        assert bool(morsel["httponly"]) is (name != "__Host-csrf"), name  # scripts of ours send the token back


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/", "/accounts/login/", "/nowhere/", "/api/member/v1/me", "/cms/", "/robots.txt"])
def test_browsers_are_told_to_stay_with_https(production, address):
    client = Client()
    policy = client.get(address, secure=True)["Strict-Transport-Security"]
    assert policy.startswith("max-age=31536000; includeSubDomains")
    plain = client.get(address)
    assert (plain.status_code, plain["Location"].startswith("https://testserver/")) == (301, True)


def test_passwords_are_stretched(values):
    """The first one hashes every new password; OWASP asks for 600,000 rounds of PBKDF2 with SHA-256."""
    assert values["PASSWORD_HASHERS"][0] == "django.contrib.auth.hashers.PBKDF2PasswordHasher"
    assert (PBKDF2PasswordHasher.algorithm, PBKDF2PasswordHasher.iterations >= 600_000) == ("pbkdf2_sha256", True)


def test_errors_show_no_code(values):
    assert values["DEBUG"] is False
