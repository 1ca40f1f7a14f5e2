"""What a machine makes up from the OpenAPI document: no error of the server, no answer that it does not name."""

from contextlib import contextmanager

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application
from tests.portal.api.conftest import API
from tests.portal.conftest import attach, deliberation, deliver

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = 30
OPERATIONS = [
    ("GET", "/me"),
    ("GET", "/messages"),
    ("GET", "/messages/{message_id}"),
    ("POST", "/messages/{message_id}/read"),
    ("PUT", "/messages/{message_id}/receipt"),
    ("POST", "/messages/{message_id}/receipt/files"),
    ("GET", "/messages/{message_id}/attachments/{attachment_id}"),
    ("GET", "/documents/{document_id}"),
]
TOKEN = "a" * 32


@contextmanager
def one_connection():
    """Requests see the rows of the test: its connection stays open around them, as Django's own client sees to."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def server(environ, start_response):
    """The project as a web server calls it: with the address of the caller."""
    return application({**environ, "REMOTE_ADDR": "127.0.0.1"}, start_response)


def made_up(operation, **known):
    """Requests that follow the document and requests that do not, half of them for the message that exists."""
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    free = [operation.as_strategy(generation_mode=mode) for mode in modes]
    return st.one_of(*free, *(operation.as_strategy(generation_mode=mode, **known) for mode in modes))


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
@pytest.mark.parametrize("caller", ["member", "visitor"])
def test_made_up_requests(client, ours, caller, method, path):
    page = deliberation()
    if "attachments" not in path:  # nobody would close the files that are found
        attach(page)
    delivery = deliver(page)[ours.unit]
    cookies, headers = {}, {}
    if caller == "member":
        session = ours.client.cookies[django_settings.SESSION_COOKIE_NAME].value
        cookies = {django_settings.SESSION_COOKIE_NAME: session, django_settings.CSRF_COOKIE_NAME: TOKEN}
        headers = {"X-CSRFToken": TOKEN}
    document = client.get(f"{API}/openapi.json").json()
    schema = schemathesis.openapi.from_dict(document)
    schema.app = server
    seen = set()
    known = {"path_parameters": {"message_id": delivery.pk}} if "{message_id}" in path else {}

    @given(case=made_up(schema[API + path][method], **known))
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def ask(case):
        if caller == "member":
            case.headers.pop("X-Session-Token", None)  # a made-up token would count before the cookie
        answer = case.call(headers=headers, cookies=cookies)
        case.validate_response(answer, checks=CHECKS)
        seen.add(answer.status_code)
        if caller == "visitor":
            assert answer.status_code in {401, 404}
        else:
            assert answer.status_code not in {401, 403}

    with one_connection():
        ask()
    assert seen != {404} or "attachments" in path or "documents" in path
