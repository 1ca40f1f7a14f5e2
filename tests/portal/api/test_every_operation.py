"""Every operation of the document × everybody who must not get in: none is forgotten, for the document lists them."""

import pytest

from membership.audit.models import AuditEntry
from membership.units.models import Document
from portal.models import KeptAnswer
from tests.factories import UserFactory
from tests.portal.api.conftest import API, logged_in, problem_of
from tests.portal.api.operations import BEFORE_CERTIFICATION, OPEN_TO_PERSONS, OPERATIONS, WITH_IDS, WRITES, call

pytestmark = pytest.mark.django_db


@pytest.fixture
def ids(belongings):
    return belongings


def done():
    return AuditEntry.objects.count(), Document.objects.count(), KeptAnswer.objects.count()


@pytest.mark.parametrize("name", OPERATIONS)
def test_visitor(visitor, ids, name):
    before = done()
    assert problem_of(call(visitor.client, name, ids, {"Idempotency-Key": "k"})) == (401, "not_logged_in")
    assert problem_of(call(visitor.client, name, ids, {"X-Session-Token": "made-up"})) == (401, "not_logged_in")
    assert done() == before


@pytest.mark.parametrize("name", WITH_IDS)
def test_other_unit(outsider, ids, name):
    before = done()
    assert problem_of(call(outsider.client, name, ids, {"Idempotency-Key": "k"})) == (404, "not_found")
    assert done() == before


def test_every_operation_with_an_id_is_among_them():
    assert len(WITH_IDS) == 20


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name not in BEFORE_CERTIFICATION])
def test_unit_that_is_not_certified(pending, ids, name):
    before = done()
    assert problem_of(call(pending.client, name, ids)) == (403, "not_certified")
    assert done() == before


@pytest.mark.parametrize("name", sorted(BEFORE_CERTIFICATION))
def test_what_is_open_before_certification(pending, ids, name):
    answer = call(pending.client, name, ids)
    assert answer.status_code in {200, 201, 204, 403, 404, 409, 422}
    assert answer.status_code != 403 or answer.json()["code"] == "forbidden"


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name not in OPEN_TO_PERSONS])
def test_person_without_a_seat(ids, name):
    assert problem_of(call(logged_in(UserFactory()).client, name, ids)) == (403, "no_unit")


@pytest.mark.parametrize("name", OPERATIONS)
def test_staff_without_a_seat(colleague, ids, name):
    before = done()
    assert problem_of(call(colleague.client, name, ids)) == (403, "no_unit")
    assert done() == before


@pytest.mark.parametrize("name", WRITES)
def test_what_changes_something_carries_the_csrf_token(ours, ids, name):
    browser = logged_in(ours.user, enforce_csrf_checks=True).client
    before = done()
    assert problem_of(call(browser, name, ids)) == (403, "csrf")
    assert done() == before


@pytest.mark.parametrize("name", OPERATIONS)
def test_every_answer_to_a_member_is_one_of_the_document(ours, ids, name):
    answer = call(ours.client, name, ids)
    assert answer.status_code in {200, 201, 204, 404, 409, 422, 503}
    assert "no-store" in answer["Cache-Control"]
    answer.close()


def test_the_addresses_are_below_the_api():
    assert {path.startswith(f"{API}/") for _method, path, _body in OPERATIONS.values()} == {True}
