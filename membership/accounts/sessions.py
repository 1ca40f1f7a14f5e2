"""How long a session lives: its clock starts when Django announces a login, by whatever door it came."""

import time

from allauth.headless.constants import Client
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

SEEN_EVERY = 300  # seconds between two writes of a session
SKEW = 300  # seconds that the clocks of our machines may differ
SINCE, SEEN, REMEMBERED = "accounts_since", "accounts_seen", "accounts_remembered"
WISH = "accounts_wish"


def note_wish(request, *, remember):
    """What the login form said, kept until the login is complete: a second factor may stand between the two."""
    request.session[WISH] = bool(remember)


def begin_session(request, *, remember):
    """Start the clock of a session that has just begun; staff are never remembered."""
    now = time.time()
    request.session[SINCE] = request.session[SEEN] = now
    request.session[REMEMBERED] = bool(remember and not request.user.is_staff)
    request.session.set_expiry(_lifetime(request))


def is_over(session, *, is_staff):
    """Members: 14 days without a request if they are remembered, else 30 minutes. Staff: 12 hours, whatever they do.

    One of the future is over too: the clock was set back, and what had run out must not begin to live again.
    """
    now = time.time()
    if is_staff:
        return not -SKEW <= now - session.get(SINCE, now) <= settings.SESSION_STAFF_SECONDS
    idle = settings.SESSION_REMEMBERED_SECONDS if session.get(REMEMBERED) else settings.SESSION_IDLE_SECONDS
    return not -SKEW <= now - session.get(SEEN, now) <= idle


def keep_alive(session):
    """Note a request, at most every five minutes; whether there is something to save."""
    is_due = time.time() - session.get(SEEN, 0) > SEEN_EVERY
    if is_due:
        session[SEEN] = time.time()
    return is_due


def _lifetime(request):
    if request.session.get(REMEMBERED):
        return settings.SESSION_REMEMBERED_SECONDS
    return settings.SESSION_STAFF_SECONDS if request.user.is_staff else settings.SESSION_IDLE_SECONDS


@receiver(user_logged_in)
def start_clock(sender, request, user, **kwargs):
    """In an app a person is remembered; in a browser only if the login form said so."""
    if request is not None:
        request.user = user
        wish = request.session.pop(WISH, False)
        begin_session(request, remember=wish or _is_of_app(request))


def _is_of_app(request):
    headless = getattr(getattr(request, "allauth", None), "headless", None)
    return headless is not None and headless.client == Client.APP
