"""Callers of the member API: the member, and everybody who must not get in."""

import json
from types import SimpleNamespace

import pytest
from django.test import Client

from membership.units import actions
from tests.factories import UnitFactory, UserFactory, clerk, document
from tests.portal.conftest import attach, deliberation, deliver

API = "/api/member/v1"


def problem_of(answer):
    """(status, code) of a problem, after looking that it is a whole one that nobody stores."""
    body = answer.json()
    assert answer["Content-Type"] == "application/problem+json"
    assert "no-store" in answer["Cache-Control"]
    assert set(body) == {"type", "title", "status", "detail", "code", "errors"}
    assert body["status"] == answer.status_code
    assert body["type"] == f"urn:member-portal:problem:{body['code']}"
    assert body["detail"]
    return answer.status_code, body["code"]


def errors_of(answer):
    """{field: message} of a 422 with the code `invalid`."""
    assert problem_of(answer) == (422, "invalid")
    return {error["field"]: error["message"] for error in answer.json()["errors"]}


def put(client, path, body, **headers):
    return client.put(API + path, json.dumps(body), content_type="application/json", headers=headers)


def logged_in(user, **kwargs):
    client = Client(**kwargs)
    client.force_login(user)
    return SimpleNamespace(user=user, client=client)


@pytest.fixture
def pending(db):
    unit = UnitFactory(name="待审建设有限公司", certified=False)
    unit.memberships.update(state="pending", submitted_at=unit.created_at)
    return SimpleNamespace(unit=unit, **vars(logged_in(clerk(unit, name="赵六"))))


@pytest.fixture
def colleague(db):
    """Association staff with every permission and no seat."""
    return logged_in(UserFactory(root=True))


@pytest.fixture
def visitor():
    return SimpleNamespace(client=Client())


@pytest.fixture
def belongings(ours, invoice):
    """What belongs to our unit: a message with a file, a paid order with its invoice, a colleague, an invitation."""
    page = deliberation()
    placement = attach(page)
    delivery = deliver(page)[ours.unit]
    colleague = clerk(ours.unit, duty="agent", name="赵六")
    return {
        "message_id": delivery.pk,
        "attachment_id": placement.pk,
        "document_id": document(ours.unit).pk,
        "number": invoice.order.number,
        "file_id": invoice.files.first().document_id,
        "seat_id": colleague.seat.pk,
        "invitation_id": actions.invite(ours.unit, "+8613900008888", by=ours.user).pk,
    }


def send(client, method, path, body=None, **headers):
    """A JSON body to an operation of the member API."""
    data = "" if body is None else json.dumps(body)
    return getattr(client, method)(API + path, data, content_type="application/json", headers=headers)
