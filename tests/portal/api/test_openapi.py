"""The OpenAPI document and its page: every operation, every answer, nothing from other hosts."""

import re

import pytest
from bs4 import BeautifulSoup
from django.contrib.staticfiles import finders

from tests.portal.api.conftest import API
from tests.portal.api.keys import KEYS

pytestmark = pytest.mark.django_db

READ = {"200", "304", "400", "401", "403", "429"}
WRITE = {"400", "401", "403", "409", "422", "429"}
BODY = WRITE | {"413", "415"}
OPERATIONS = {
    ("get", "/me"): READ,
    ("get", "/account"): READ,
    ("patch", "/account"): BODY | {"200"},
    ("get", "/people"): READ | {"422"},
    ("delete", "/people/{seat_id}"): WRITE | {"204", "404"},
    ("post", "/people/{seat_id}/hand-over"): WRITE | {"204", "404"},
    ("post", "/people/leave"): WRITE | {"204", "404"},
    ("get", "/people/invitations"): READ | {"422"},
    ("post", "/people/invitations"): BODY | {"201"},
    ("delete", "/people/invitations/{invitation_id}"): WRITE | {"204", "404"},
    ("get", "/invitations"): READ | {"422"},
    ("post", "/invitations/{invitation_id}/accept"): WRITE | {"204", "404"},
    ("post", "/invitations/{invitation_id}/decline"): WRITE | {"204", "404"},
    ("get", "/unit"): READ,
    ("post", "/unit"): BODY | {"201"},
    ("get", "/unit/choices"): READ,
    ("patch", "/unit/draft"): BODY | {"200"},
    ("post", "/unit/submit"): BODY | {"200"},
    ("post", "/unit/withdraw"): WRITE | {"200"},
    ("post", "/unit/change/withdraw"): WRITE | {"200", "404"},
    ("patch", "/unit/contact"): BODY | {"200"},
    ("get", "/unit/documents"): READ | {"422"},
    ("post", "/unit/documents/{kind}"): BODY | {"201", "404"},
    ("get", "/bodies"): READ | {"422"},
    ("get", "/bodies/{slug}"): READ | {"404", "422"},
    ("put", "/bodies/{slug}/application"): BODY | {"200", "404"},
    ("post", "/bodies/{slug}/withdraw"): WRITE | {"200", "404"},
    ("put", "/bodies/{slug}/contact"): BODY | {"200", "404"},
    ("post", "/bodies/{slug}/leave"): BODY | {"200", "404"},
    ("post", "/bodies/{slug}/leave/withdraw"): WRITE | {"200", "404"},
    ("get", "/messages"): READ | {"422"},
    ("get", "/messages/{message_id}"): READ | {"404", "410"},
    ("post", "/messages/{message_id}/read"): WRITE | {"204", "404", "410"},
    ("post", "/messages/read"): BODY | {"200"},
    ("put", "/messages/{message_id}/receipt"): BODY | {"200", "201", "404"},
    ("post", "/messages/{message_id}/receipt/files"): BODY | {"201", "404"},
    ("get", "/messages/{message_id}/receipt/draft"): READ | {"404", "410"},
    ("put", "/messages/{message_id}/receipt/draft"): BODY | {"200", "404"},
    ("get", "/messages/{message_id}/attachments/{attachment_id}"): READ | {"404"},
    ("get", "/documents/{document_id}"): READ | {"404"},
    ("get", "/dues"): READ,
    ("get", "/dues/standards/{standard_id}/resolution"): READ | {"404", "422"},
    ("get", "/orders"): READ | {"422"},
    ("post", "/orders"): BODY | {"201"},
    ("get", "/orders/{number}"): READ | {"404", "422"},
    ("post", "/orders/{number}/cancel"): WRITE | {"200", "404"},
    ("post", "/orders/{number}/proof"): BODY | {"200", "404"},
    ("get", "/orders/{number}/slip"): READ | {"404", "422", "503"},
    ("get", "/invoices"): READ | {"422"},
    ("get", "/orders/{number}/invoice/files/{file_id}"): READ | {"404", "422"},
    ("post", "/orders/{number}/invoice/send"): BODY | {"204", "404"},
    ("post", "/orders/{number}/invoice/reissue"): BODY | {"200", "404"},
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
            if status in {"204", "304"}:
                assert answer.get("content", {}) == {}
            elif status < "400":
                assert set(answer["content"]) <= {"application/json", "*/*"}
            else:
                assert answer["content"] == {
                    "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
                }


def test_writes_take_a_key_and_reads_a_tag(document):
    for (method, _path), operation in operations(document).items():
        headers = [each["name"] for each in operation["parameters"] if each["in"] == "header"]
        assert headers == (["If-None-Match"] if method == "get" else ["Idempotency-Key"])


def test_everything_that_is_sent_or_told_has_an_example(document):
    schemas = document["components"]["schemas"]
    silent = []
    for name, operation in operations(document).items():
        bodies = [operation.get("requestBody", {}), *operation["responses"].values()]
        for body in bodies:
            schema = body.get("content", {}).get("application/json", {}).get("schema", {})
            told = schema["$ref"].rsplit("/", 1)[1] if "$ref" in schema else None
            if told and "examples" not in schemas[told]:
                silent.append((name, told))
    assert silent == []


def test_words_and_examples(document):
    for operation in operations(document).values():
        assert operation["summary"]
        assert operation["description"]
        assert operation["security"]
    schemas = {name: each for name, each in document["components"]["schemas"].items() if "examples" in each}
    assert {"Me", "MessageRow", "MessageDetail", "NewReceipt", "Problem"} <= set(schemas)
    for schema in schemas.values():
        (example,) = schema["examples"]
        assert set(example) <= set(schema["properties"])
        assert set(example) >= set(schema.get("required", ()))


def test_keys_that_leave_the_house(document):
    """A key more is a decision: that list is what was decided on."""
    keys = {name: set(schema["properties"]) for name, schema in document["components"]["schemas"].items()}
    assert keys == KEYS


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
