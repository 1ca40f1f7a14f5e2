"""Whatever is asked of search, feeds, calendars and the content API: an answer or a refusal, never a failure."""

from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from home.throttles import OpenThrottle, SearchThrottle
from tests.home.test_search import BAD

pytestmark = pytest.mark.django_db

CONTENT = "/api/content/v2/"
ADDRESSES = ["/search/", "/notices/", "/feeds/notices.rss", "/feeds/notices.atom", "/calendar.ics", "/sitemap.xml"]
ADDRESSES += [
    f"{CONTENT}{each}"
    for each in ("pages/", "pages/find/", "images/", "images/find/", "documents/", "documents/find/", "x/")
]
NAMES = ["q", "page", "category", "year", "section", "limit", "offset", "fields", "order", "type", "search", "id"]
NAMES += ["child_of", "descendant_of", "html_path", "locale", "format", "\0", "site"]
VALUES = [
    "",
    "\0",
    "0",
    "-1",
    "1e9",
    "9" * 30,
    "9" * 5000,
    "会" * 3000,
    "*",
    "a(((",
    "a(b(c",
    "\ud800",
    "😀",
    "'",
    '"',
    "%",
    "cms.NoticePage",
    "home.HomePage",
    "auth.User",
    "-title",
    "random",
    "__",
    "a,b,-c,*",
    "_,title",
    "root",
    "/notices/",
]

some_text = st.text(max_size=80) | st.sampled_from(VALUES)
questions = st.lists(st.tuples(st.sampled_from(NAMES) | st.text(max_size=8), some_text), max_size=4)


@pytest.fixture(autouse=True)
def _unlimited(monkeypatch):
    monkeypatch.setattr(OpenThrottle, "rate", "1000000/min")
    monkeypatch.setattr(SearchThrottle, "rate", "1000000/min")


def encoded(question):
    return urlencode(question, errors="surrogatepass")


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(address=st.sampled_from(ADDRESSES), question=questions)
def test_no_question_fails(open_site, address, question):
    answer = Client(raise_request_exception=False).get(f"{address}?{encoded(question)}")
    assert answer.status_code < 500


@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    part=some_text,
    address=st.sampled_from(
        [
            "/feeds/{}.rss",
            "/calendar/{}.ics",
            CONTENT + "pages/{}/",
            "/{}/",
            CONTENT + "images/{}/",
            CONTENT + "documents/{}/",
            "/search/{}",
        ]
    ),
)
def test_no_address_fails(open_site, part, address):
    asked = address.format(quote(part[:300], safe="", errors="surrogatepass"))
    assert Client(raise_request_exception=False).get(asked).status_code < 500


def test_the_known_bad_values_fail_nowhere(open_site):
    client = Client(raise_request_exception=False)
    asked = [f"{address}?{name}={value}" for address in ADDRESSES for name in NAMES[:6] for value in BAD[::3]]
    asked += [
        f"{CONTENT}{each}/?{name}={value}"
        for each in ("pages", "images", "documents")
        for name in NAMES[5:]
        for value in BAD
    ]
    assert [each for each in asked if client.get(each.replace("\0", "%00")).status_code >= 500] == []
