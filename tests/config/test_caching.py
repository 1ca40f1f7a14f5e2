"""With Redis dead no page fails and no limit is lifted; a dead Redis remembers as little as one that was emptied."""

import socket
import uuid

import pytest
from allauth.core.internal import ratelimit
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client, RequestFactory
from django.urls import reverse
from redis import Redis
from redis.exceptions import RedisError

from config import caching
from config.settings import base as settings_of_base
from membership.accounts.actions.codes import TooManyCodes, send_code
from membership.accounts.actions.logins import note_failed_login, wants_captcha
from membership.accounts.states import CodePurpose
from tests.factories import UserFactory
from tests.home.conftest import open_site  # noqa: F401
from tests.portal.conftest import association, deliver, meeting, member  # noqa: F401

VISITOR = [
    "/",
    "/notices/",
    "/notices/?category=policy&page=2",
    "/notices/forum/",
    "/search/?q=论坛",
    "/sitemap.xml",
    "/robots.txt",
    "/privacy/",
    "/accessibility/",
    "/accounts/login/",
    "/accounts/signup/",
    "/api/content/v2/pages/",
    "/api/member/v1/docs",
    "/not-there/",
]
MEMBER = [
    "/portal/",
    "/portal/unit/",
    "/portal/unit/edit/",
    "/portal/unit/branches/",
    "/portal/messages/",
    "/portal/dues/",
    "/portal/orders/",
    "/portal/account/",
    "/portal/me/",
    "/portal/me/logins/",
    "/portal/me/people/",
    "/api/member/v1/messages",
    "/accounts/2fa/",
]
STAFF = [
    "/cms/",
    "/cms/pages/",
    "/cms/images/",
    "/cms/notices/",
    "/cms/account/",
    "/cms/reports/locked/",
]


def dead_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture
def redis_at(settings, db):
    """Put the shared cache on the Redis at a port, with a backend."""

    def put(port, backend="config.caching.SharedCache"):
        call_command("createcachetable", "cache_entries")
        shared = {"BACKEND": backend, "LOCATION": f"redis://127.0.0.1:{port}/0"}
        settings.CACHES = {**settings.CACHES, "default": shared, "lasting": settings_of_base.CACHES["default"]}

    return put


@pytest.fixture
def faces(open_site):  # noqa: F811
    """[(browser, address)] of a visitor, a member with a message, and an administrator."""
    ours = member("示范工程检测有限公司", "李四")
    message = deliver(meeting())[ours.unit]
    office = Client()
    office.force_login(UserFactory(root=True))
    rows = [(Client(), url) for url in VISITOR]
    rows += [(ours.client, url) for url in [*MEMBER, f"/portal/messages/{message.pk}/"]]
    return rows + [(office, url) for url in [*STAFF, reverse("notices:board", args=[message.notice_id])]]


def statuses(faces):
    for browser, _url in faces:
        browser.raise_request_exception = False
    return {url: browser.get(url).status_code for browser, url in faces}


def test_no_page_fails_without_redis(redis_at, faces, settings, tmp_path):
    settings.OPEN_PAGES_KEPT = True
    settings.OPEN_PAGES_STAMP = str(tmp_path / "stamp")
    settings.OPEN_PAGES_LOOK_EVERY = 0
    with_cache = statuses(faces)
    redis_at(dead_port())
    assert len(with_cache) > 30
    assert statuses(faces) == with_cache
    assert [url for url, status in with_cache.items() if status >= 400] == ["/not-there/"]


def test_with_djangos_own_backend_pages_fail(redis_at, faces):
    redis_at(dead_port(), "django.core.cache.backends.redis.RedisCache")
    assert statuses([face for face in faces if face[1] in {"/", "/notices/forum/"}]) == {
        "/": 500,
        "/notices/forum/": 500,
    }


def tries(number):
    """Which of so many tries at a code of the second factor allauth allows."""
    request = RequestFactory().post("/accounts/2fa/authenticate/")
    limit = {"app": "allauth.account", "action": "login_failed", "key": "mfa-auth-user-7"}
    return [bool(ratelimit.consume(request, **limit)) for _try in range(number)]


def test_tries_are_counted_without_redis(redis_at):
    redis_at(dead_port())
    assert tries(7) == [True] * 5 + [False] * 2


def test_a_used_code_stays_used_without_redis(redis_at):
    redis_at(dead_port())
    key = "allauth.mfa.totp.used?user=7&code=123456"
    assert (cache.add(key, "y", 30), cache.add(key, "y", 30), cache.get(key)) == (True, False, "y")
    cache.delete(key)
    assert cache.get(key) is None


def test_if_counts_lay_in_redis_a_dead_one_would_lift_the_limit(redis_at, monkeypatch):
    monkeypatch.setattr(caching, "LASTING", "nothing begins like this")
    redis_at(dead_port())
    assert tries(7) == [True] * 7


def test_limits_of_our_own_hold_without_redis(redis_at):
    redis_at(dead_port())
    phone = "+8613811138111"
    send_code(uuid.uuid4(), CodePurpose.LOGIN, phone)
    with pytest.raises(TooManyCodes):
        send_code(uuid.uuid4(), CodePurpose.LOGIN, phone)
    for _try in range(3):
        assert not wants_captcha(phone)
        note_failed_login(phone)
    assert wants_captcha(phone)


def test_what_is_not_kept_reads_like_an_empty_cache(redis_at):
    redis_at(dead_port())
    cache.set("a", 1)
    cache.set_many({"a": 1})
    cache.delete_many(["a"])
    assert (cache.get("a"), cache.get("a", 2), cache.get_many(["a"]), "a" in cache) == (None, 2, {}, False)
    assert (cache.add("a", 1), cache.touch("a"), cache.delete("a"), cache.clear()) == (True, False, False, False)
    with pytest.raises(ValueError, match="not found"):
        cache.incr("a")


def test_an_outage_is_said_once_and_costs_one_wait(redis_at, caplog, monkeypatch):
    """Redis is asked again after a pause, and its return is told too."""
    redis_at(dead_port())
    now = [100.0]
    monkeypatch.setattr(caching.time, "monotonic", lambda: now[0])
    asked = []

    def answer(self, *arguments, **options):
        asked.append(arguments[0])
        if now[0] < 200:
            raise RedisError("away")

    monkeypatch.setattr(Redis, "execute_command", answer)
    for _look in range(5):
        cache.get("a")
    assert len(asked) == 1
    now[0] += caching.SILENCE_SECONDS
    cache.get("a")
    assert len(asked) == 2
    now[0] = 200.0
    cache.get("a")
    cache.get("a")
    assert len(asked) == 4
    assert [record.getMessage() for record in caplog.records if record.name == "config.caching"] == [
        "The shared cache does not answer; pages are made without it: away",
        "The shared cache answers again.",
    ]
