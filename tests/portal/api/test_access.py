"""Who gets in, with what answer: every operation for every kind of caller."""

import pytest
from django.utils import translation

from membership.units.models import Document
from portal.shell import STAFF_WITHOUT_UNIT, WHAT_IS_MISSING, WITHOUT_SEAT
from tests.factories import UserFactory
from tests.files import pdf
from tests.portal.api.conftest import API, logged_in, problem_of, put
from tests.portal.conftest import attach, deliberation, deliver

OPERATIONS = {
    "me": ("get", "/me"),
    "messages": ("get", "/messages"),
    "message": ("get", "/messages/{message}"),
    "mark_read": ("post", "/messages/{message}/read"),
    "return_receipt": ("put", "/messages/{message}/receipt"),
    "upload_receipt_file": ("post", "/messages/{message}/receipt/files"),
    "attachment": ("get", "/messages/{message}/attachments/{attachment}"),
    "document": ("get", "/documents/{document}"),
}
CERTIFIED_ONLY = [name for name in OPERATIONS if name not in {"me", "document"}]


@pytest.fixture
def ids(ours):
    """A message of ours with a file of the notice, and a file of our own."""
    page = deliberation()
    placement = attach(page)
    delivery = deliver(page)[ours.unit]
    stored = upload(ours.client, delivery)
    assert stored.status_code == 201
    return {"message": delivery.pk, "attachment": placement.pk, "document": stored.json()["id"], "delivery": delivery}


def upload(client, delivery, file=None, **extra):
    return client.post(f"{API}/messages/{delivery.pk}/receipt/files", {"file": file or pdf()}, **extra)


def call(client, name, ids, **headers):
    """A valid call of the operation."""
    verb, path = OPERATIONS[name]
    path = path.format(**ids)
    if name == "return_receipt":
        items = ids["delivery"].notice.agenda_items.all()
        answer = {"version": 0, "opinions": [{"item": item.pk, "choice": "agree"} for item in items]}
        return put(client, path, answer, **headers)
    data = {"file": pdf()} if name == "upload_receipt_file" else None
    return getattr(client, verb)(API + path, data, headers=headers)


def facts(ids):
    """What a refused call must leave as it is."""
    delivery = ids["delivery"]
    delivery.refresh_from_db()
    return delivery.read_at, delivery.receipt_version, delivery.receipts.count(), Document.objects.count()


@pytest.mark.parametrize("name", OPERATIONS)
def test_member(ours, ids, name):
    answer = call(ours.client, name, ids)
    expected = {"mark_read": 204, "return_receipt": 201, "upload_receipt_file": 201}
    assert answer.status_code == expected.get(name, 200)
    assert "no-store" in answer["Cache-Control"]
    answer.close()


@pytest.mark.parametrize("name", OPERATIONS)
def test_visitor(visitor, ids, name):
    before = facts(ids)
    answer = call(visitor.client, name, ids)
    assert problem_of(answer) == (401, "not_logged_in")
    assert answer["WWW-Authenticate"] == 'Session realm="member-api"'
    assert facts(ids) == before


@pytest.mark.parametrize("name", [name for name in OPERATIONS if name not in {"me", "messages"}])
def test_other_unit(outsider, ids, name):
    before = facts(ids)
    assert problem_of(call(outsider.client, name, ids)) == (404, "not_found")
    assert facts(ids) == before


@pytest.mark.parametrize("name", CERTIFIED_ONLY)
def test_unit_that_is_not_certified(pending, ids, name):
    before = facts(ids)
    answer = call(pending.client, name, ids)
    assert problem_of(answer) == (403, "not_certified")
    with translation.override("zh-hans"):
        assert answer.json()["detail"] == str(WHAT_IS_MISSING["pending"])
    assert answer.json()["detail"] in pending.client.get("/portal/messages/").content.decode()
    assert facts(ids) == before


def test_file_of_another_unit_before_certification(pending, ids):
    assert problem_of(call(pending.client, "document", ids)) == (404, "not_found")


@pytest.mark.parametrize("name", OPERATIONS)
def test_staff_without_a_seat(colleague, ids, name):
    before = facts(ids)
    answer = call(colleague.client, name, ids)
    assert problem_of(answer) == (403, "no_unit")
    with translation.override("zh-hans"):
        assert answer.json()["detail"] == str(STAFF_WITHOUT_UNIT)
    assert answer.json()["detail"] in colleague.client.get("/portal/").content.decode()
    assert facts(ids) == before


def test_person_without_a_seat(ids):
    answer = call(logged_in(UserFactory()).client, "me", ids)
    assert problem_of(answer) == (403, "no_unit")
    with translation.override("zh-hans"):
        assert answer.json()["detail"] == str(WITHOUT_SEAT)


def test_account_that_was_switched_off(ours, ids):
    ours.user.is_active = False
    ours.user.save()
    assert problem_of(call(ours.client, "me", ids)) == (401, "not_logged_in")


@pytest.mark.parametrize("name", ["mark_read", "return_receipt", "upload_receipt_file"])
def test_what_changes_something_carries_the_csrf_token(ours, ids, name):
    browser = logged_in(ours.user, enforce_csrf_checks=True).client
    before = facts(ids)
    assert problem_of(call(browser, name, ids)) == (403, "csrf")
    assert facts(ids) == before
    browser.get("/portal/account/", follow=True)  # any page with a form brings the cookie
    token = browser.cookies["csrftoken"].value
    assert problem_of(call(browser, name, ids, **{"X-CSRFToken": "x" * 32})) == (403, "csrf")
    assert call(browser, name, ids, **{"X-CSRFToken": token}).status_code in {201, 204}


def test_a_visitor_hears_401_before_csrf(ids):
    browser = logged_in(UserFactory(), enforce_csrf_checks=True).client
    browser.logout()
    assert problem_of(call(browser, "mark_read", ids)) == (401, "not_logged_in")


def test_no_other_origin_may_read(ours, ids):
    answer = call(ours.client, "me", ids, Origin="https://evil.example")
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_sentences_follow_the_language(visitor):
    assert visitor.client.get(f"{API}/me").json()["detail"] == "请先登录。"
    answer = visitor.client.get(f"{API}/me", headers={"Accept-Language": "en"})
    assert answer.json()["detail"] == "Log in first."
