"""One request as one actor, undone afterwards, and the answer in a word."""

from collections import deque

from django.core.cache import caches
from django.db import transaction
from django.http.cookie import SimpleCookie
from django.test import Client
from django.utils import translation

VERBS = ("get", "post", "put", "patch", "delete")


class Browser:
    """A client whose requests leave nothing behind: no row, no cookie, nothing in a cache."""

    def __init__(self, user):
        self.client = Client(raise_request_exception=False)
        if user is not None:
            self.client.force_login(user)
        self.cookies = self.client.cookies.output()

    def ask(self, verb, address):
        for cache in caches.all():
            cache.clear()
        translation.deactivate()
        self.client.cookies = SimpleCookie(self.cookies.replace("Set-Cookie: ", ""))
        with transaction.atomic():
            answer = getattr(self.client, verb)(address)
            if answer.streaming:
                deque(answer.streaming_content, maxlen=0)  # its file is closed at the end
            transaction.set_rollback(True)
        return outcome(answer)


def outcome(answer):
    """The status; `login` and `refused` (with a sentence on the first page of the office) for what redirects mean it."""
    where = answer.get("Location", "").split("?")[0]
    if answer.status_code == 302 and where in {"/accounts/login/", "/cms/login/"}:
        return "login"
    if answer.status_code == 302 and where == "/cms/":
        return "refused"
    return str(answer.status_code)
