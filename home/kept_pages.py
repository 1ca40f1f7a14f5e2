"""Open pages kept whole: what a visitor gets who is not logged in, drawn once for everybody until something changes.

Each process keeps its own copies, in bounds; `home.generation` tells it with every request whether they still hold.
Nothing is kept but answers of the open site to a visitor without a session: no cookie is set in them, no token stands
in them, and they say the same to everybody who reads the same language.
"""

import hashlib
import re
import threading
import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import caches
from django.core.exceptions import MiddlewareNotUsed
from django.http import HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language_from_request
from wagtail.views import serve

from home import generation
from home.shared_facts import MAX_AGE, lend_site
from membership.office_settings import OfficeSetting

MAX_BYTES = 400_000  # of one page
PLAIN, CHOSEN = 600, 200  # pages by their bare address; with a choice in the query string, which anybody can make up
SHELF_BYTES = 24_000_000
# Only these choices are kept. An unknown parameter, or a strange value, is answered afresh and keeps nothing.
CHOICE = re.compile(r"(?:(?:category|year|page)=[\w-]{1,50}(?:&(?!$)|$)){1,3}", re.ASCII)


def open_to_all(view):
    """The view answers every visitor alike, whoever asks: its answers may be kept. Wagtail's pages are such anyway."""
    view.is_open_to_all = True
    return view


def _is_open(view):
    return view is serve or getattr(view, "is_open_to_all", False)


@dataclass(frozen=True)
class Kept:
    """An answer as it is given again."""

    content: bytes
    headers: dict
    until: float

    def answer(self, request):
        asked = request.META.get("HTTP_IF_NONE_MATCH")
        if asked and (asked == "*" or self.headers["ETag"] in parse_etags(asked)):
            return HttpResponseNotModified(
                headers={name: self.headers[name] for name in ("ETag", "Cache-Control", "Vary")}
            )
        return HttpResponse(self.content, headers=self.headers)


class Shelf:
    """So many answers of one generation, the oldest given away first."""

    def __init__(self, most):
        self.most, self.bytes, self.generation = most, 0, None
        self.answers, self.lock = {}, threading.Lock()

    def get(self, key, of_generation):
        kept = self.answers.get(key) if self.generation == of_generation else None
        return kept if kept and kept.until > time.monotonic() else None

    def put(self, key, of_generation, kept):
        with self.lock:
            if self.generation != of_generation:
                self.answers, self.bytes, self.generation = {}, 0, of_generation
            self._drop(key)
            self.answers[key] = kept
            self.bytes += len(kept.content)
            while len(self.answers) > self.most or self.bytes > SHELF_BYTES:
                self._drop(next(iter(self.answers)))

    def _drop(self, key):
        gone = self.answers.pop(key, None)
        self.bytes -= len(gone.content) if gone else 0


class KeptPagesMiddleware:
    """Stands before all others: an answer that is kept costs no session, no address lookup and no query."""

    def __init__(self, get_response):
        if not settings.OPEN_PAGES_KEPT:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self.plain, self.chosen, self.seen = Shelf(PLAIN), Shelf(CHOSEN), None

    def __call__(self, request):
        now = generation.current() if self._is_anonymous(request) else None
        if now is None:
            return self.get_response(request)
        if now != self.seen:
            self._forget_settings(now)
        query = request.META.get("QUERY_STRING", "")
        shelf = self.chosen if query else self.plain
        host = request.META.get("HTTP_HOST"), request.META.get("SERVER_NAME"), request.META.get("SERVER_PORT")
        key = (request.path_info, query, request.scheme, host, get_language_from_request(request))
        kept = shelf.get(key, now)
        if kept is None:
            response = self.get_response(request)
            kept = self._kept(request, response)
            if kept is None:
                return response
            shelf.put(key, now, kept)
        return kept.answer(request)

    def process_view(self, request, view, args, kwargs):
        """A page that is drawn has its site found for it."""
        if _is_open(view):
            lend_site(request)

    def _is_anonymous(self, request):
        """Whether everybody gets the same answer to this: no session, no message waiting, no preview, no login."""
        meta = request.META
        cookies = meta.get("HTTP_COOKIE", "")
        query = meta.get("QUERY_STRING", "")
        return (
            request.method in {"GET", "HEAD"}
            and not (cookies and (settings.SESSION_COOKIE_NAME in cookies or "messages" in cookies))
            and not (query and not CHOICE.fullmatch(query))
            and "HTTP_AUTHORIZATION" not in meta
            and not getattr(request, "is_dummy", False)
        )

    def _kept(self, request, response):
        match = getattr(request, "resolver_match", None)
        if (
            not (match and _is_open(match.func))
            or request.method != "GET"
            or response.status_code != 200
            or response.streaming
            or response.cookies
            or len(response.content) > MAX_BYTES
            or response.has_header("Cache-Control")  # the view knows better: private, or never
        ):
            return None
        patch_vary_headers(response, ["Accept-Language", "Cookie"])
        response["Cache-Control"] = "no-cache"  # browsers ask whether it is still so, and are mostly told 304
        response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        return Kept(response.content, dict(response.headers), time.monotonic() + MAX_AGE)

    def _forget_settings(self, now):
        """What this process remembers of the association's settings may be what has changed."""
        self.seen = now
        caches["process"].delete_many([setting._meta.label_lower for setting in OfficeSetting.__subclasses__()])
