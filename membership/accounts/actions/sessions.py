"""Sessions of a person: which are alive, and their end."""

from dataclasses import dataclass
from datetime import UTC, datetime

from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from membership.accounts.sessions import SEEN
from membership.audit.actions import record


@dataclass
class Device:
    """One place where the person is logged in. `last_seen` is exact to five minutes."""

    key: str
    user_agent: str
    address: str
    since: datetime
    last_seen: datetime


def live_sessions(user):
    """Where the person is logged in now, the latest first; what ran out or was ended is not shown. Two queries."""
    known = {row.session_key: row for row in UserSession.objects.filter(user=user)}
    stored = Session.objects.filter(session_key__in=known, expire_date__gt=timezone.now())
    devices = []
    for session in stored:
        facts, row = session.get_decoded(), known[session.session_key]
        if constant_time_compare(facts.get(HASH_SESSION_KEY, ""), user.get_session_auth_hash()):
            seen = datetime.fromtimestamp(facts[SEEN], tz=UTC) if SEEN in facts else row.last_seen_at
            devices.append(Device(row.session_key, row.user_agent, row.ip, row.created_at, seen))
    return sorted(devices, key=lambda device: device.last_seen, reverse=True)


def end_other_sessions(user, *, by, keep):
    """End every session of the person but the one with the key `keep`; returns how many ended."""
    with transaction.atomic():
        ended = drop_sessions(user, keep=keep)
        record("accounts.end_sessions", user, by=by, after={"ended": ended}, in_history=False)
    return ended


def drop_sessions(user, keep=""):
    """Delete the sessions themselves and what was known of them; returns how many were there."""
    rows = UserSession.objects.filter(user=user).exclude(session_key=keep)
    ended, _by_model = Session.objects.filter(session_key__in=list(rows.values_list("session_key", flat=True))).delete()
    rows.delete()
    return ended
