"""Every operation of the document × everybody who must not get in: none is forgotten, for the document lists them."""

import pytest

from membership.audit.models import AuditEntry
from membership.units.models import Document
from portal.models import KeptAnswer
from tests.factories import UserFactory
from tests.portal.api.conftest import API, logged_in, problem_of
from tests.portal.api.operations import BEFORE_CERTIFICATION, OPEN_TO_PERSONS, OPERATIONS, WITH_IDS, WRITES, call

pytestmark = pytest.mark.django_db

LAST = ["leave_seat", "hand_over"]  # afterwards the person may do less


@pytest.fixture
def ids(belongings):
    return belongings


def done():
    return AuditEntry.objects.count(), Document.objects.count(), KeptAnswer.objects.count()


def answered(client, names, ids, **headers):
    """{operation: (status, code)} of calls that are all refused and leave everything as it was."""
    before = done()
    answers = {name: problem_of(call(client, name, ids, {"Idempotency-Key": name, **headers})) for name in names}
    assert done() == before
    return answers


@pytest.fixture(autouse=True)
def _nobody_waits(settings):
    settings.MEMBER_API_REQUESTS_A_MINUTE = settings.MEMBER_API_STRANGERS_A_MINUTE = 10_000


def test_visitor(visitor, ids):
    expected = dict.fromkeys(OPERATIONS, (401, "not_logged_in"))
    assert answered(visitor.client, OPERATIONS, ids) == expected
    assert answered(visitor.client, OPERATIONS, ids, **{"X-Session-Token": "made-up"}) == expected


def test_other_unit(outsider, ids):
    assert len(WITH_IDS) == 20
    assert answered(outsider.client, WITH_IDS, ids) == dict.fromkeys(WITH_IDS, (404, "not_found"))


def test_unit_that_is_not_certified(pending, ids):
    shut = [name for name in OPERATIONS if name not in BEFORE_CERTIFICATION]
    assert len(shut) == 21
    assert answered(pending.client, shut, ids) == dict.fromkeys(shut, (403, "not_certified"))


def test_what_is_open_before_certification(pending, ids):
    for name in [*sorted(BEFORE_CERTIFICATION - set(LAST)), *LAST]:
        answer = call(pending.client, name, ids)
        assert answer.status_code in {200, 201, 204, 404, 409, 422}, (name, answer.content)


def test_person_without_a_seat(ids):
    shut = [name for name in OPERATIONS if name not in OPEN_TO_PERSONS]
    person = logged_in(UserFactory())
    assert answered(person.client, shut, ids) == dict.fromkeys(shut, (403, "no_unit"))


def test_staff_without_a_seat(colleague, ids):
    assert answered(colleague.client, OPERATIONS, ids) == dict.fromkeys(OPERATIONS, (403, "no_unit"))


def test_what_changes_something_carries_the_csrf_token(ours, ids):
    browser = logged_in(ours.user, enforce_csrf_checks=True).client
    assert answered(browser, WRITES, ids) == dict.fromkeys(WRITES, (403, "csrf"))


def test_a_member_gets_an_answer_from_each(ours, ids):
    for name in [*(name for name in OPERATIONS if name not in LAST), *LAST]:
        answer = call(ours.client, name, ids)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        if name in {"accept_invitation", "decline_invitation"}:  # that was sent to somebody else
            assert problem_of(answer) == (403, "forbidden")
            continue
        assert answer.status_code in {200, 201, 204, 404, 409, 422, 503}, (name, content)
        assert "no-store" in answer["Cache-Control"]


def test_the_addresses_are_below_the_api():
    assert {path.startswith(f"{API}/") for _method, path, _body in OPERATIONS.values()} == {True}
