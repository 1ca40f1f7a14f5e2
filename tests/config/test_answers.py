"""What every kind of answer says of itself, and what none tells."""

import logging

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
KINDS = {
    "/": "text/html; charset=utf-8",
    "/accounts/login/": "text/html; charset=utf-8",
    "/nowhere/": "text/html; charset=utf-8",
    "/robots.txt": "text/plain; charset=utf-8",
    "/sitemap.xml": "application/xml",
    "/feeds/notices.rss": "application/rss+xml; charset=utf-8",
    "/calendar.ics": "text/calendar; charset=utf-8",
    "/api/content/v2/pages/": "application/json",
    "/api/member/v1/me": "application/problem+json",
    "/api/auth/app/v1/config": "application/json",
}


@pytest.mark.parametrize("address", KINDS)
def test_answers_name_their_type(client, address):
    assert client.get(address)["Content-Type"] == KINDS[address]


@pytest.mark.parametrize("address", ["/", "/accounts/login/", "/portal/", "/cms/", "/api/member/v1/me"])
def test_trace_tells_nothing_back(client, address):
    answer = client.trace(address, headers={"x-forwarded-secret": "geheim", "cookie": "a=geheim"})
    assert b"geheim" not in answer.content


@pytest.mark.parametrize(
    "path", [".git/HEAD", ".git/config", ".env", "static/../.env", "db.sqlite3", "manage.py", "media/"]
)
def test_nothing_of_the_source_is_served(client, path):
    assert client.get(f"/{path}").status_code == 404


def test_a_form_without_its_token_is_on_record(caplog):
    with caplog.at_level(logging.WARNING, logger="django.security.csrf"):
        Client(enforce_csrf_checks=True).post("/accounts/login/", {"login": "13811138111"})
    assert [record.getMessage() for record in caplog.records if record.name == "django.security.csrf"] == [
        "Forbidden (CSRF cookie not set.): /accounts/login/"
    ]


def test_a_strange_host_is_on_record(caplog):
    Client().get("/", headers={"host": "evil.example"})
    assert [record.name for record in caplog.records][0] == "django.security.DisallowedHost"
