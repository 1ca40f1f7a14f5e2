"""What holds for every route: the headers of its answer, nothing private in a cache, no change without a token."""

import pytest
from django.urls import get_resolver

from config.headers import PERMISSIONS
from tests.authz.asking import Browser, outcome
from tests.authz.routes import address, routes

# Wagtail leaves the file open from which it shows a picture that is edited.
LEFT_OPEN = "ignore:Exception ignored in. <function SpooledTemporaryFile:pytest.PytestUnraisableExceptionWarning"
pytestmark = [
    pytest.mark.django_db,
    # Wagtail leaves the file open from which it shows a picture that is edited.
    pytest.mark.filterwarnings(
        "ignore:Exception ignored in. <function Spooled:pytest.PytestUnraisableExceptionWarning"
    ),
]
ROUTES = list(routes())
# Django asks for no token here: programs have no cookie that a stranger's page could make use of, and where they come
# with a session, ninja asks for the token itself; the others change nothing, or say who is there by other means.
WITHOUT_TOKEN = ("api/", "^api/", "cms/api/main/")
ACTORS = ("anonymous", "A", "root")


@pytest.fixture(scope="module")
def strict(world):
    """Browsers whose requests Django does not excuse from the token, as its test client does."""
    return {actor: Browser(world.people[actor], enforce_csrf_checks=True) for actor in ("A", "root")}


@pytest.mark.parametrize("route", ROUTES)
def test_headers(world, browsers, route):
    asked = address(route, world.fills)
    for actor in ACTORS:
        answer = browsers[actor].ask("get", asked)
        policy = answer["Content-Security-Policy"]
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["Referrer-Policy"] == "same-origin"
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer["Permissions-Policy"] == PERMISSIONS
        assert answer["X-Request-ID"]
        assert ("unsafe-inline" in policy) <= asked.startswith("/cms/")
        assert "unsafe-eval" not in policy
        assert "frame-ancestors" in policy or "sandbox" in policy
        assert not [name for name in answer.headers if name.startswith("Access-Control-")]
        if asked.startswith("/api/content/"):  # asks nobody who they are: everybody gets the same
            assert answer.content == browsers["anonymous"].ask("get", asked).content
        elif actor != "anonymous" or asked.startswith("/portal/"):
            assert {"no-store", "private"} <= set(answer["Cache-Control"].replace(",", " ").split()), actor


@pytest.mark.parametrize("route", ROUTES)
def test_nothing_is_changed_without_a_token(world, strict, route):
    asked = address(route, world.fills)
    if route.startswith(WITHOUT_TOKEN):
        # 401 and 403 by the API itself; 404, 405 and 415 before anything was read; others need a captcha or a password.
        unsafe = ("post", "put", "patch", "delete")
        answered = {outcome(browser.ask(verb, asked)) for verb in unsafe for browser in strict.values()} - {"login"}
        allowed = {"400", "401", "403", "404", "405", "409", "415", "410", "429"}
        assert answered <= allowed | ({"200"} if route.startswith("api/auth/") else set())
        return
    for browser in strict.values():
        assert {outcome(browser.ask(verb, asked)) for verb in ("post", "put", "patch", "delete")} == {"403"}


def test_the_views_that_ask_for_no_token_are_known():
    exempt = {route for route in ROUTES if _is_exempt(route)}
    assert {route for route in exempt if not route.startswith(WITHOUT_TOKEN)} <= {
        # Wagtail answers its own 404 here and nothing else.
        "cms/.*/$",
    }


def _is_exempt(route):
    found = [pattern for pattern, entry in _callbacks(get_resolver()) if pattern == route and _excused(entry)]
    return bool(found)


def _callbacks(resolver, before=""):
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern).removeprefix("^" if before else "")
        if hasattr(entry, "url_patterns"):
            yield from _callbacks(entry, route)
        else:
            yield route, entry.callback


def _excused(view):
    return getattr(view, "csrf_exempt", False)


# --- Absurd values --------------------------------------------------------------------------------------------------
NAMES = (
    *("page", "p", "q", "query", "search", "search_query", "ordering", "order", "sort", "category", "year", "month"),
    *("state", "status", "list", "tab", "kind", "type", "level", "body", "unit", "units", "ticked", "chosen", "count"),
    *("from", "to", "since", "until", "date", "deadline", "province", "group", "next", "id", "pk", "limit", "offset"),
    *("fields", "html_path", "child_of", "locale", "parent", "collection_id", "tag", "user", "revise", "view", "o"),
)
# Wagtail's chooser answers 500 to the root of all pages, which no list of it offers (docs/security.md).
ROOT_CHOSEN = ("/cms/choose-page/chosen-multiple/", "１")
ABSURD = ("\0", "99999999999999999999", "-1", "１", "\ud7ff\u202e", "[]", "a" * 3000)


@pytest.mark.parametrize("route", ROUTES)
def test_absurd_values_in_the_query_are_answered(world, browsers, route):
    asked = address(route, world.fills)
    actors = ("A", "anonymous") if not asked.startswith("/cms/") else ("root",)
    for actor in actors:
        for value in ABSURD:
            if (asked, value) == ROOT_CHOSEN:
                continue
            answer = browsers[actor].ask("get", asked, dict.fromkeys(NAMES, value))
            assert answer.status_code < 500, (actor, value)


NUMBERED = [route for route in ROUTES if "<int:" in route or "instance_pk" in route]


@pytest.mark.parametrize("route", NUMBERED)
@pytest.mark.parametrize("number", ["0", "9223372036854775808", "99999999999999999999999"])
def test_absurd_numbers_in_the_address_name_nothing(world, browsers, route, number):
    names = ("pk", "page_id", "number", "instance_pk", "order", "message_id", "attachment_id", "attachment_pk")
    fills = [("", {}), *world.fills, (route, dict.fromkeys(names, number))]
    asked = address(route, fills)
    for actor in ("A", "root"):
        assert browsers[actor].ask("get", asked).status_code < 500
        assert browsers[actor].ask("post", asked).status_code < 500


# --- Other hosts ----------------------------------------------------------------------------------------------------
HOSTS = ["evil.example", "testserver.evil.example", "testserver@evil.example", "testserver:80:80", "évil", "a b"]


@pytest.mark.parametrize("host", HOSTS)
@pytest.mark.parametrize("path", ["/", "/accounts/login/", "/portal/", "/cms/", "/api/member/v1/me", "/sitemap.xml"])
def test_a_host_that_is_not_ours_is_400(world, browsers, path, host):
    assert browsers["A"].ask("get", path, headers={"Host": host}).status_code == 400


EVIL = [
    "//evil.example",
    "https://evil.example/",
    "/\\evil.example",
    "javascript:alert(1)",
    "///evil.example",
    "\t//evil.example",
]
WITH_NEXT = [
    "/accounts/login/",
    "/accounts/logout/",
    "/language/en/",
    "/cms/login/",
    "/_util/login/",
    "/accounts/signup/",
]


@pytest.mark.parametrize("evil", EVIL)
@pytest.mark.parametrize("path", WITH_NEXT)
def test_next_leads_nowhere_else(world, browsers, path, evil):
    for actor in ACTORS:
        for verb in ("get", "post"):
            answer = browsers[actor].ask(verb, path, {"next": evil})
            where = answer.get("Location", "")
            assert where.startswith("/") or not where
            assert not where.startswith(("//", "/\\"))
            if answer.status_code == 200:
                assert f'href="{evil}"'.encode() not in answer.content
