"""What a machine makes up from the OpenAPI document: no error of the server, no answer that it does not name."""

import json
import os
import sys
from collections import Counter
from contextlib import closing, contextmanager

import pytest
import schemathesis
from django.conf import settings as django_settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.wsgi import application
from portal.api import member_api
from tests.factories import PASSWORD
from tests.portal.api.operations import BEFORE_CERTIFICATION, IDS, OPERATIONS
from tests.portal.api.programs import Program

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
# `API_EXAMPLES=100 make test ARGS=tests/portal/api/test_schema.py` looks longer (docs/api.md).
EXAMPLES = int(os.environ.get("API_EXAMPLES", "6"))
TOKEN = "a" * 32


@pytest.fixture(scope="module")
def document():
    """As a program reads it, without the classes of Python behind it."""
    return json.loads(json.dumps(member_api.get_openapi_schema()))


@contextmanager
def one_connection():
    """Requests see the rows of the test: its connection stays open around them, as Django's own client sees to."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def server(environ, start_response):
    """The project as a web server calls it: with the address of the caller, and closing what it was given."""
    answer = application({**environ, "REMOTE_ADDR": "127.0.0.1"}, start_response)
    with closing(answer):
        return [b"".join(answer)]


def made_up(operation, **known):
    """Requests that follow the document and requests that do not, half of them for the message that exists."""
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    free = [operation.as_strategy(generation_mode=mode) for mode in modes]
    return st.one_of(*free, *(operation.as_strategy(generation_mode=mode, **known) for mode in modes))


def credentials(caller, ours, pending):
    """(headers, cookies) of who asks: nobody, a member in a browser, one with an app, a unit under review."""
    if caller == "visitor":
        return {}, {}
    if caller == "app":
        program = Program("app")
        assert program.log_in(str(ours.user.phone), PASSWORD).status_code == 200
        return {"X-Session-Token": program.token}, {}
    person = pending if caller == "pending" else ours
    session = person.client.cookies[django_settings.SESSION_COOKIE_NAME].value
    cookies = {django_settings.SESSION_COOKIE_NAME: session, django_settings.CSRF_COOKIE_NAME: TOKEN}
    return {"X-CSRFToken": TOKEN}, cookies


@pytest.mark.parametrize("caller", ["visitor", "browser", "app", "pending"])
def test_made_up_requests(document, ours, pending, belongings, caller, settings):
    settings.MEMBER_API_REQUESTS_A_MINUTE = settings.MEMBER_API_STRANGERS_A_MINUTE = 1_000_000
    headers, cookies = credentials(caller, ours, pending)
    schema = schemathesis.openapi.from_dict(document)
    schema.app = server
    for name in OPERATIONS:
        with one_connection(), transaction.atomic():
            seen = look(schema, name, belongings, caller=caller, headers=headers, cookies=cookies)
            transaction.set_rollback(True)  # the next operation finds everything as it was
        if caller == "visitor":
            assert seen <= {400, 401, 404}, name
        else:
            assert 401 not in seen, name
        if caller == "pending" and name not in BEFORE_CERTIFICATION:
            assert seen <= {400, 403, 404}, name


def look(schema, name, belongings, *, caller, **sent):
    """The statuses that one operation answers; with `-s` one reads how often."""
    method, path, _body = OPERATIONS[name]
    ids = {key: str(value) for key, value in (IDS | belongings).items() if f"{{{key}}}" in path}
    known = {"path_parameters": ids} if ids else {}
    seen = Counter()

    @given(case=made_up(schema[path][method.upper()], **known))
    @hypothesis(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    def ask(case):
        case.headers.pop("X-Session-Token", None)  # a made-up token would count before the cookie
        answer = case.call(**sent)
        case.validate_response(answer, checks=CHECKS)
        seen[answer.status_code] += 1

    ask()
    sys.stdout.write(f"{caller} {name} {dict(sorted(seen.items()))}\n")
    return set(seen)
