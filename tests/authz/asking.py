"""One request as one actor, undone afterwards, and the answer in a word."""

from collections import deque
from http.cookies import SimpleCookie

from django.core.cache import caches
from django.db import transaction
from django.test import Client
from django.utils import translation

VERBS = ("get", "post", "put", "patch", "delete")
DOORS = {"/accounts/login/": "login", "/cms/login/": "login", "/cms/": "refused"}


class Browser:
    """A client whose requests leave nothing behind: no row, no cookie, nothing in a cache."""

    def __init__(self, user, **options):
        self.client = Client(raise_request_exception=False, **options)
        if user is not None:
            self.client.force_login(user)
        self.cookies = {name: morsel.value for name, morsel in self.client.cookies.items()}

    def ask(self, verb, address, data=None, **more):
        """The answer, read to its end."""
        for cache in caches.all():
            cache.clear()
        translation.deactivate()
        self.client.cookies = SimpleCookie(self.cookies)
        with transaction.atomic():
            answer = getattr(self.client, verb)(address, data, **more)
            if answer.streaming:
                deque(answer.streaming_content, maxlen=0)  # its file is closed at the end
            transaction.set_rollback(True)
        return answer


def outcome(answer):
    """The status; `login` where it leads to the door, `refused` where it leads to the first page of the office."""
    where = answer.get("Location", "").split("?")[0]
    return DOORS.get(where, str(answer.status_code)) if answer.status_code == 302 else str(answer.status_code)


def outcomes(browser, address):
    """What each verb is answered, one word if it is the same for all: `200/405/405/405/405`, `login`."""
    words = [outcome(browser.ask(verb, address)) for verb in VERBS]
    return words[0] if len(set(words)) == 1 else "/".join(words)
