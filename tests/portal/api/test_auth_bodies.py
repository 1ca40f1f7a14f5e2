"""Whatever is sent to the headless face, the answer is JSON in words: never HTML, never an error of the server."""

import json

import pytest
from django.test import Client

from membership.accounts.models import FailedLogin, SmsCode, User
from portal.api.auth import ENDPOINTS
from tests.factories import PASSWORD as KNOWN_PASSWORD
from tests.factories import UserFactory
from tests.portal.api.programs import AUTH, PASSWORD, PHONE, Program, captcha, errors_of

pytestmark = pytest.mark.django_db
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE"]
SHUT = [
    "auth/password/request",
    "auth/password/reset",
    "auth/email/verify",
    "auth/email/verify/resend",
    "auth/provider/redirect",
    "auth/provider/token",
    "auth/provider/signup",
    "auth/webauthn/signup",
    "account/email",
    "account/providers",
    "tokens/refresh",
    "auth/login/",
    "",
    "nothing",
    "%00",
]
BROKEN = {
    "half": (b"{", 400),
    "not utf-8": (b"\xff\xfe\xfa", 400),
    "deep list": (b'{"a":' + b"[" * 30_000 + b"]" * 30_000 + b"}", 400),
    "deep object": (b'{"a":' * 5_000 + b"1" + b"}" * 5_000, 400),
    "endless number": (b'{"a": ' + b"9" * 5_000 + b"}", 400),
    "large number": (b'{"a": 9223372036854775808}', 400),
    "infinite": (b'{"a": 1e400}', 400),
    "not a number": (b'{"a": NaN}', 400),
    "list": (b"[]", 400),
    "null": (b"null", 400),
    "text": (b'"x"', 400),
    "NUL": (b'{"phone": "\\u0000"}', 400),
    "NUL inside": (b'{"captcha": {"key": "\\u0000", "answer": "x"}}', 400),
    "NUL in a name": (b'{"\\u0000": 1}', 400),
    "half a character": (b'{"password": "\\ud800"}', 400),
    "large": (b'{"a": "' + b"x" * 70_000 + b'"}', 413),
    "huge": (b'{"a": "' + b"x" * 3_000_000 + b'"}', 413),
}
VALUES = [
    None,
    True,
    0,
    1.5,
    -1,
    "",
    " ",
    "x" * 10_000,
    [],
    [1],
    {},
    {"a": 1},
    "\u202e",
    "😀",
    "<b>",
    "'\"--",
    [[[]]],
    ["x"],
]
POSTS = [address for address, view in ENDPOINTS.items() if hasattr(view, "post")]


@pytest.fixture(params=["browser", "app"])
def program(request):
    return Program(request.param)


@pytest.fixture
def inside(program):
    UserFactory(phone=f"+86{PHONE}")
    assert program.log_in(PHONE, KNOWN_PASSWORD).status_code == 200
    return program


def send(program, method, path, body, content_type="application/json", **headers):
    address = f"{AUTH}/{program.kind}/v1/{path}"
    headers = program.headers() | headers
    return program.client.generic(method, address, body, content_type=content_type, headers=headers)


@pytest.mark.parametrize("path", SHUT)
def test_shut(inside, path):
    for method in ("GET", "POST", "DELETE"):
        assert errors_of(send(inside, method, path, b"")) == [(None, "not_found")]


@pytest.mark.parametrize("address", ["", "v2/x", "openapi.json", "openapi.html", "browser/", "app/v2/auth/login"])
def test_nothing_beside(client, address):
    assert errors_of(client.get(f"{AUTH}/{address}")) == [(None, "not_found")]


@pytest.mark.parametrize("path", ENDPOINTS)
def test_every_method_of_every_address(inside, path):
    for method in METHODS:
        answer = send(inside, method, path, b"{}" if method in {"POST", "PUT", "PATCH", "DELETE"} else b"")
        assert answer.status_code < 500
        assert answer["Content-Type"] == "application/json"
        assert "no-store" in answer["Cache-Control"]
        if not hasattr(ENDPOINTS[path], method.lower()) or method in {"HEAD", "OPTIONS", "TRACE"}:
            assert answer.status_code == 405
            assert answer["Allow"]


@pytest.mark.parametrize("name", BROKEN)
def test_broken_body(program, name):
    body, status = BROKEN[name]
    answer = send(program, "POST", "auth/login", body)
    assert (answer.status_code, len(errors_of(answer))) == (status, 1)


@pytest.mark.parametrize("path", POSTS)
def test_every_address_has_the_same_door(inside, path):
    assert errors_of(send(inside, "POST", path, BROKEN["NUL"][0])) == [(None, "bad_request")]


@pytest.mark.parametrize("path", POSTS)
def test_any_value_in_any_entry(inside, path):
    names = ["phone", "password", "captcha", "agree", "code", "current_password", "new_password", "remember"]
    names += ["sessions", "credential", "id", "name", "authenticators"]
    for value in VALUES:
        answer = send(inside, "POST", path, json.dumps(dict.fromkeys(names, value)))
        assert answer.status_code < 500
        assert answer["Content-Type"] == "application/json"
    assert (User.objects.count(), SmsCode.objects.count()) == (1, 0)


@pytest.mark.parametrize("method", ["DELETE", "PUT"])
@pytest.mark.parametrize("path", ["auth/sessions", "account/authenticators/webauthn"])
def test_any_value_to_end_or_rename(inside, method, path):
    foreign = [value for value in VALUES if value != [1]]
    for value in [*foreign, 2**63 - 1, [2**63 - 1], [-(2**63 - 1)], [2**31]]:
        body = dict.fromkeys(["sessions", "authenticators", "id", "name"], value)
        answer = send(inside, method, path, json.dumps(body))
        assert answer.status_code in {400, 401, 405}
        assert answer["Content-Type"] == "application/json"


@pytest.mark.parametrize(
    "content_type",
    ["text/plain", "application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "x"],
)
def test_media_type(program, content_type):
    answer = send(program, "POST", "auth/login", b'{"phone": "1"}', content_type)
    assert errors_of(answer) == [(None, "unsupported_media_type")]


def test_missing_body(program):
    assert errors_of(send(program, "POST", "auth/login", b"")) == [("phone", "required"), ("password", "required")]


def test_missing_body_as_web_servers_hand_it_on(inside):
    answer = inside.client.delete(
        f"{AUTH}/{inside.kind}/v1/auth/session",
        headers=inside.headers(),
        CONTENT_TYPE="text/plain",
        CONTENT_LENGTH="",
    )
    assert answer.status_code == 401


def test_a_method_that_is_not_known_tries_no_password(program):
    UserFactory(phone=f"+86{PHONE}")
    body = json.dumps({"phone": PHONE, "password": "a wrong one"})
    for method in ("PUT", "OPTIONS"):
        assert errors_of(send(program, method, "auth/login", body)) == [(None, "method_not_allowed")]
    assert FailedLogin.objects.count() == 0


@pytest.mark.parametrize("token", ["", "x" * 32, "x" * 10_000, "ä" * 32, "../x", "a\x00b", "'--", "0"])
def test_tokens_that_are_none(token):
    """An empty one is none at all."""
    answer = send(Program("app"), "GET", "auth/session", b"", **{"X-Session-Token": token})
    assert answer.status_code == (410 if token else 401)
    assert answer["Content-Type"] == "application/json"


def test_browsers_carry_the_csrf_token():
    browser = Client(enforce_csrf_checks=True)
    body = {"phone": PHONE, "password": PASSWORD, "agree": True, "captcha": captcha()}
    answer = browser.post(f"{AUTH}/browser/v1/auth/signup", body, content_type="application/json")
    assert errors_of(answer) == [(None, "forbidden")]
    assert answer["Content-Length"] == str(len(answer.content))
    assert User.objects.count() == 0


def test_cookies_are_no_login_for_the_address_of_apps(inside):
    """Or another site could use them: apps send no CSRF token."""
    client = Client()
    client.force_login(User.objects.get())
    assert client.get(f"{AUTH}/browser/v1/auth/session").status_code == 200
    assert client.get(f"{AUTH}/app/v1/auth/session").status_code == 401
    body = {"current_password": KNOWN_PASSWORD, "new_password": PASSWORD}
    answer = client.post(f"{AUTH}/app/v1/account/password/change", body, content_type="application/json")
    assert answer.status_code == 401
    assert User.objects.get().check_password(KNOWN_PASSWORD)


def test_host_that_is_not_ours(client):
    answer = client.get(f"{AUTH}/app/v1/config", headers={"Host": "evil.example"})
    assert errors_of(answer) == [(None, "bad_request")]


def test_fault_of_ours_is_told_without_details(monkeypatch):
    monkeypatch.setattr("captcha.models.CaptchaStore.remove_expired", None)
    client = Client(raise_request_exception=False)
    answer = client.get(f"{AUTH}/app/v1/captcha")
    assert (answer.status_code, errors_of(answer)) == (500, [(None, "server_error")])
    assert "TypeError" not in answer.content.decode()
