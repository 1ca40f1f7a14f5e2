"""Whatever is sent, the answer is JSON with a stable code: never HTML, never an error of the server."""

import json

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from ninja.errors import HttpError, Throttled

from membership.tracking.models import Receipt
from portal.api import member_api
from portal.api.problems import BY_STATUS, CODES
from tests.factories import notice
from tests.portal.api.conftest import API, problem_of, put
from tests.portal.conftest import deliberation, deliver, meeting

NOWHERE = [
    "/",
    "/nothing",
    "/messages/",
    "/messages/x",
    "/messages/-1",
    "/messages/0",
    "/messages/%00",
    "/messages/%0A",
    "/messages/1.0",
    "/messages/9223372036854775808",
    "/messages/" + "9" * 30,
    "/messages/" + "9" * 5000,
    "/messages/1/receipt/files/1",
    "/messages/1/attachments/" + "9" * 30,
    "/documents/x",
    "/documents/00000000-0000-0000-0000-000000000000",
    "/documents/%00",
    "/../../cms/",
    "/me/",
    "/%F0%9F%98%80",
]


@pytest.fixture
def delivery(ours):
    return deliver(deliberation())[ours.unit]


@pytest.mark.parametrize("path", NOWHERE)
def test_nothing_here(ours, path):
    answer = ours.client.get(API + path)
    assert problem_of(answer) == (404, "not_found")


@pytest.mark.parametrize("path", ["/nothing", "/messages/", "/messages/x"])
def test_nothing_here_for_a_visitor_either(visitor, path):
    assert problem_of(visitor.client.get(API + path)) == (404, "not_found")


@pytest.mark.parametrize("path", ["/api/member/", "/api/member/v2/messages", "/api/member/v1x"])
def test_no_page_of_the_site_answers_below_the_api(ours, path):
    assert problem_of(ours.client.get(path)) == (404, "not_found")


@pytest.mark.parametrize("verb", ["post", "put", "patch", "delete", "options", "trace"])
def test_method_not_allowed(ours, verb):
    answer = getattr(ours.client, verb)(f"{API}/messages")
    assert problem_of(answer) == (405, "method_not_allowed")
    assert answer["Allow"] == "GET"


def test_head_is_answered_without_a_page(ours):
    answer = ours.client.head(f"{API}/messages")
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")


def test_host_that_is_not_ours(ours):
    assert problem_of(ours.client.get(f"{API}/me", headers={"Host": "evil.example"})) == (400, "bad_request")


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"{", "application/json", (400, "bad_request")),
        (b"\xff\xfe\xfa", "application/json", (400, "bad_request")),
        (b"[" * 100_000, "application/json", (400, "bad_request")),
        (b'{"version": ' + b"9" * 5000 + b"}", "application/json", (400, "bad_request")),
        (b'{"version": 1e400}', "application/json", (422, "malformed")),
        (b'{"version": NaN}', "application/json", (422, "malformed")),
        (b'{"a":' * 500 + b"1" + b"}" * 500, "application/json", (422, "malformed")),
        (b"", "application/json", (422, "malformed")),
        (b"null", "application/json", (422, "malformed")),
        (b"[]", "application/json", (422, "malformed")),
        (b'"x"', "application/json", (422, "malformed")),
        (b"{}", "application/json", (422, "malformed")),
        (b'{"version": 0}', "text/plain", (415, "unsupported_media_type")),
        (b"version=0", "application/x-www-form-urlencoded", (415, "unsupported_media_type")),
        (b"<version>0</version>", "application/xml", (415, "unsupported_media_type")),
        (b"--x--", "multipart/form-data; boundary=x", (415, "unsupported_media_type")),
        (b'{"remark": "' + b"x" * 3_000_000 + b'"}', "application/json", (413, "too_large")),
    ],
)
def test_body_that_cannot_be_read(ours, delivery, body, content_type, expected):
    answer = ours.client.put(f"{API}/messages/{delivery.pk}/receipt", body, content_type=content_type)
    assert problem_of(answer) == expected


def test_compressed_body(ours, delivery):
    answer = put(ours.client, f"/messages/{delivery.pk}/receipt", {"version": 0}, **{"Content-Encoding": "gzip"})
    assert problem_of(answer) == (415, "unsupported_media_type")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"version": None}, "version"),
        ({"version": -1}, "version"),
        ({"version": 2**31}, "version"),
        ({"version": 10**30}, "version"),
        ({"version": "x"}, "version"),
        ({"version": []}, "version"),
        ({"document": "x"}, "document"),
        ({"document": "\x00"}, "document"),
        ({"document": 1}, "document"),
        ({"opinions": {}}, "opinions"),
        ({"opinions": [1]}, "opinions.0"),
        ({"opinions": [{"item": 10**30, "choice": "agree"}]}, "opinions.0.item"),
        ({"opinions": [{"item": 1, "choice": 5}]}, "opinions.0.choice"),
        ({"opinions": [{"item": 1}]}, "opinions.0.choice"),
        ({"opinions": [{"item": 1, "choice": "agree", "comment": 5}]}, "opinions.0.comment"),
        ({"opinions": [{"item": 1, "choice": "agree"}] * 501}, "opinions"),
        ({"attendees": [{"name": "x"}]}, "attendees.0.position"),
        ({"attendees": [{"name": "x", "position": "y", "mobile": 1}]}, "attendees.0.mobile"),
        ({"attendees": [{}] * 201}, "attendees"),
        ({"unit": 1}, "unit"),
        ({"receipt_state": "submitted"}, "receipt_state"),
    ],
)
def test_body_of_another_build(ours, delivery, change, field):
    answer = put(ours.client, f"/messages/{delivery.pk}/receipt", {"version": 0, **change})
    assert problem_of(answer) == (422, "malformed")
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert Receipt.objects.count() == 0


def test_what_was_sent_is_not_repeated(ours, delivery):
    answer = put(ours.client, f"/messages/{delivery.pk}/receipt", {"version": "机密13811138111"})
    assert problem_of(answer) == (422, "malformed")
    assert "13811138111" not in answer.content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "\u3000",
        "x" * 10_000,
        "\x00",
        "\ud800",
        "\u202e",
        "\u200b",
        "<script>",
        "{{7*7}}",
        "'\"--",
        "=1+1",
        "a\nb",
        "😀",
        "𠮷",
    ],
)
@pytest.mark.parametrize("field", ["name", "position", "mobile", "email", "remark"])
def test_any_text_in_any_entry(ours, text, field):
    delivery = deliver(meeting())[ours.unit]
    person = {"name": "李四", "position": "总工程师", "mobile": "13811138111", field: text}
    answer = put(ours.client, f"/messages/{delivery.pk}/receipt", {"version": 0, "attendees": [person]})
    if answer.status_code == 201:
        assert "\x00" not in answer.json()["attendees"][0][field]
    else:
        assert problem_of(answer) == (422, "invalid")
        assert {error["field"] for error in answer.json()["errors"]} <= {f"attendees.0.{field}"}
        assert Receipt.objects.count() == 0


def test_too_many_parameters(ours):
    answer = ours.client.get(f"{API}/messages?" + "a=1&" * 10_001)
    assert problem_of(answer) == (400, "bad_request")


def test_fault_of_ours_is_told_without_details(ours, monkeypatch):
    """A bug is Django's to log; the client hears of it in the same form as of everything else."""
    monkeypatch.setattr("portal.api.messages.FILTERS", {})
    client = Client(raise_request_exception=False)
    client.force_login(ours.user)
    answer = client.get(f"{API}/messages?state=unread")
    assert problem_of(answer) == (500, "server_error")
    assert "KeyError" not in answer.content.decode()


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (Throttled(wait=30), (429, "too_many_requests")),
        (PermissionDenied("why"), (403, "forbidden")),
        (HttpError(418, "teapot"), (418, "bad_request")),
    ],
)
def test_errors_that_no_operation_raises_yet(error, expected):
    answer = member_api.on_exception(RequestFactory().get(f"{API}/me"), error)
    assert (answer.status_code, json.loads(answer.content)["code"]) == expected


def test_statuses_have_codes():
    assert {CODES[code][0] for code in BY_STATUS.values()} == set(BY_STATUS)


def test_bearer_token_is_no_login_yet(visitor):
    notice()
    answer = visitor.client.get(f"{API}/messages", headers={"Authorization": "Bearer x", "X-Session-Token": "x"})
    assert problem_of(answer) == (401, "not_logged_in")
