"""How long a session lives: its clock starts when Django announces a login, by whatever door it came."""

import time

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

SEEN_EVERY = 300  # seconds between two writes of a session
SINCE, SEEN, REMEMBERED = "accounts_since", "accounts_seen", "accounts_remembered"


def begin_session(request, *, remember):
    """Start the clock of a session that has just begun; staff are never remembered."""
    now = time.time()
    request.session[SINCE] = request.session[SEEN] = now
    request.session[REMEMBERED] = bool(remember and not request.user.is_staff)
    request.session.set_expiry(_lifetime(request))


def _lifetime(request):
    if request.session.get(REMEMBERED):
        return settings.SESSION_REMEMBERED_SECONDS
    return settings.SESSION_STAFF_SECONDS if request.user.is_staff else settings.SESSION_IDLE_SECONDS


@receiver(user_logged_in)
def start_clock(sender, request, user, **kwargs):
    """Nobody is remembered unless the login form says so afterwards."""
    if request is not None:
        request.user = user
        begin_session(request, remember=False)
