"""The OpenAPI document and its page: every operation, every answer, nothing from other hosts."""

import re

import pytest
from bs4 import BeautifulSoup
from django.contrib.staticfiles import finders

from tests.portal.api.conftest import API

pytestmark = pytest.mark.django_db

EVERY = {"400", "401", "403"}
OPERATIONS = {
    ("get", "/me"): EVERY | {"200"},
    ("get", "/messages"): EVERY | {"200", "422"},
    ("get", "/messages/{message_id}"): EVERY | {"200", "404", "410"},
    ("post", "/messages/{message_id}/read"): EVERY | {"204", "404", "410"},
    ("put", "/messages/{message_id}/receipt"): EVERY | {"200", "201", "404", "409", "413", "415", "422"},
    ("post", "/messages/{message_id}/receipt/files"): EVERY | {"201", "404", "409", "413", "415", "422"},
    ("get", "/messages/{message_id}/attachments/{attachment_id}"): EVERY | {"200", "404"},
    ("get", "/documents/{document_id}"): EVERY | {"200", "404"},
}


@pytest.fixture
def document(client):
    return client.get(f"{API}/openapi.json").json()


def operations(document):
    return {
        (verb, path.removeprefix(API)): operation
        for path, verbs in document["paths"].items()
        for verb, operation in verbs.items()
    }


def test_operations_and_their_answers(document):
    assert document["openapi"] == "3.1.0"
    assert {name: set(operation["responses"]) for name, operation in operations(document).items()} == OPERATIONS


def test_every_answer_has_a_form(document):
    for operation in operations(document).values():
        for status, answer in operation["responses"].items():
            media = {"2": {"application/json", "application/octet-stream"}, "4": {"application/problem+json"}}[
                status[0]
            ]
            assert status == "204" or set(answer["content"]) <= media
            if status[0] == "4":
                schema = answer["content"]["application/problem+json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Problem"}


def test_words_and_examples(document):
    for operation in operations(document).values():
        assert operation["summary"]
        assert operation["description"]
        assert operation["security"]
    for name in ("Me", "MessageRow", "MessageDetail", "NewReceipt", "Problem"):
        schema = document["components"]["schemas"][name]
        (example,) = schema["examples"]
        assert set(example) <= set(schema["properties"])
        assert set(example) >= set(schema["required"])


def test_keys_that_leave_the_house(document):
    """A key more is a decision: this list is what was decided on."""
    keys = {name: set(schema["properties"]) for name, schema in document["components"]["schemas"].items()}
    row = {"id", "title", "category", "published_at", "pinned", "is_unread", "receipt_kind", "receipt_state"}
    row |= {"deadline", "is_open", "kind_label", "mark", "due_label"}
    more = {"document_no", "contact", "body", "activity", "agenda", "attachments", "upload_required"}
    more |= {"receipt_version", "receipt", "attendee_columns", "max_attendees"}
    receipt = {"number", "version", "submitted_at", "submitted_by", "document", "opinions", "attendees"}
    assert keys == {
        "Activity": {"starts_at", "ends_at", "venue", "quota"},
        "AgendaItem": {"id", "title", "choices"},
        "Attendee": {"name", "gender", "position", "mobile", "email", "accommodation", "remark"},
        "Category": {"slug", "name"},
        "Choice": {"value", "label"},
        "FieldError": {"field", "message"},
        "Me": {"person", "unit", "standing", "unread"},
        "MessageDetail": row | more,
        "MessageList": {"items", "next_cursor"},
        "MessageQuery": {"limit", "cursor", "category", "state"},
        "MessageRow": row,
        "NewReceipt": {"version", "document", "opinions", "attendees", "declined_because"},
        "NoticeFile": {"id", "title", "name", "size", "type", "is_receipt_form", "url"},
        "Opinion": {"item", "choice", "comment"},
        "OwnUnit": {"name", "uscc", "state", "state_label", "is_certified", "missing"},
        "Person": {"name", "phone"},
        "Problem": {"type", "title", "status", "detail", "code", "errors"},
        "Receipt": receipt | {"declined_because", "is_late"},
        "StoredFile": {"id", "name", "size", "type", "pages", "url"},
        "Unread": {"total", "categories"},
        "UnreadInCategory": {"slug", "name", "unread"},
    }


def test_page_takes_nothing_from_other_hosts(client):
    answer = client.get(f"{API}/docs")
    assert answer.status_code == 200
    page = BeautifulSoup(answer.content, "html.parser")
    sources = [tag.get("src") or tag.get("href") for tag in page.select("script[src], link[href], img[src]")]
    assert len(sources) >= 3
    for source in sources:
        assert source.startswith("/static/ninja/")
        assert finders.find(source.removeprefix("/static/"))
    assert re.findall(rb"https?://", answer.content) == []
    assert "no-store" in answer["Cache-Control"]
