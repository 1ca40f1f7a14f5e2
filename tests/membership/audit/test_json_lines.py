"""In production every record is one line of JSON, masked, with the number of its request; a journey leaks nothing."""

import io
import json
import logging
import re

import pytest
from django.conf import settings as project
from django.contrib.sessions.models import Session
from django.http import HttpResponse

from membership.audit.logs import JsonLines, MaskPersonalData
from membership.audit.middleware import HEADER, RequestIdMiddleware
from membership.audit.origin import current_request_id
from tests.factories import PASSWORD as OLD_PASSWORD
from tests.factories import UnitFactory, clerk
from tests.portal import entrance


@pytest.fixture
def lines():
    """What the handlers of production write of everything that is logged, from INFO on; parsed when asked for."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    handler.addFilter(MaskPersonalData())
    root, level = logging.getLogger(), logging.getLogger().level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


def log(lines, *arguments, **more):
    logging.getLogger("membership.tests").warning(*arguments, **more)
    (line,) = lines()
    return line


def test_a_record_is_one_line_with_time_level_logger_and_message(lines):
    line = log(lines, "sent %s of %s", 3, 4, extra={"queue": "default"})
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line.pop("time"))
    assert line == {
        "level": "WARNING",
        "logger": "membership.tests",
        "message": "sent 3 of 4",
        "request_id": "",
        "queue": "default",
    }


@pytest.mark.parametrize(
    "forged", ["a\nWARNING forged", "a\r\n{}", "a\x85b\u2028c", '"}\n{"level": "INFO"', "a\x1b[2Kb"]
)
def test_what_was_typed_forges_no_line(lines, forged):
    assert log(lines, "name: %s", forged)["message"] == f"name: {forged}"


def test_traceback_stands_in_the_line_and_is_masked(lines):
    try:
        raise ValueError("13811138111\nforged")
    except ValueError:
        line = log(lines, "failed", exc_info=True)
    assert line["exception"].endswith("ValueError: 138****8111\nforged")


def test_a_request_is_told_without_its_query(lines, rf):
    request = rf.get("/portal/13811138111/", {"token": "secret"})
    line = log(lines, "Not Found", extra={"request": request, "status_code": 404})
    assert (line["method"], line["path"], line["status_code"]) == ("GET", "/portal/138****8111/", 404)
    assert "secret" not in json.dumps(line)


# --- the number of a request ------------------------------------------------------------------------------------------
def numbered(rf, **headers):
    seen = []

    def view(request):
        seen.append(current_request_id())
        return HttpResponse()

    answer = RequestIdMiddleware(view)(rf.get("/", headers=headers))
    assert current_request_id() == ""
    assert answer[HEADER] == seen[0]
    return seen[0]


def test_each_request_has_a_number_of_its_own(rf):
    assert re.fullmatch(r"[0-9a-f]{32}", numbered(rf))
    assert numbered(rf) != numbered(rf)


def test_the_number_of_a_stranger_is_not_taken_over(rf):
    assert numbered(rf, **{HEADER: "chosen-by-a-stranger"}) != "chosen-by-a-stranger"


def test_that_of_our_own_proxy_is(rf, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    assert numbered(rf, **{HEADER: "5f2c9a1e-0001"}) == "5f2c9a1e-0001"
    for evil in ("a\nb-23456789", "short", "x" * 65, "１２３４５６７８", '{"a":"12345"}'):
        assert numbered(rf, **{HEADER: evil}) != evil


@pytest.mark.django_db
def test_the_line_of_a_refused_page_and_its_answer_carry_the_same_number(client, lines):
    answer = client.get("/nowhere/")
    assert [line["request_id"] for line in lines() if line["message"] == "Not Found: /nowhere/"] == [answer[HEADER]]


# --- a journey ------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_a_journey_leaves_no_number_code_password_or_session_in_the_log(client, lines):
    """Sign-up with a code, wrong password, wrong code, refused pages, words of our own: a secret in each of them."""
    clerk(UnitFactory(certified=True), phone="+8613811138111")
    entrance.ask_for_account(client)
    code = entrance.sent_code()
    client.post(entrance.VERIFY, {"code": entrance.wrong(code)})
    client.post(entrance.VERIFY, {"code": code})
    sessions = [client.cookies["sessionid"].value]
    client.post("/accounts/logout/")
    entrance.log_in(client, "13811138111", "a wrong password")
    entrance.log_in(client, "13811138111", OLD_PASSWORD)
    sessions.append(client.cookies["sessionid"].value)
    client.get("/portal/nowhere/13811138111/?phone=13811138111&password=" + OLD_PASSWORD)
    client.post("/portal/13811138111/", {"code": code})
    client.get(f"/accounts/login/?next=//evil.example/{code}")
    client.get("/portal/me/")
    client.raise_request_exception = False
    logging.getLogger("membership.tests").error("to +8613811138111: the code %s, 验证码%s", "x", code)

    said = json.dumps(lines(), ensure_ascii=False)
    assert len(lines()) >= 3
    secrets = ["13811138111", entrance.PHONE, code, entrance.PASSWORD, OLD_PASSWORD, "a wrong password", *sessions]
    secrets += list(Session.objects.values_list("session_key", flat=True))
    assert [secret for secret in secrets if secret in said] == []


def test_production_writes_json_and_masks_in_every_handler():
    assert {name: each["filters"] for name, each in project.LOGGING["handlers"].items()} == dict.fromkeys(
        project.LOGGING["handlers"], ["mask"]
    )
