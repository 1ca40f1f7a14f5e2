"""What is erased when, over all rooms (docs/retention.md): one list, for the daily job, the command and its dry run."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet

from config.upkeep.unused import unused
from membership.jobs.models import Job
from membership.messaging.models import OutboundMessage
from membership.messaging.states import MessageState
from membership.units.actions import erase_documents

LAW = timedelta(days=180)  # what the law wants kept of logs, at least
MESSAGES_KEPT = timedelta(days=365)
OVER = [MessageState.SENT, MessageState.FAILED, MessageState.UNKNOWN, MessageState.EXPIRED, MessageState.REPLACED]


@dataclass(frozen=True)
class Rule:
    """One kind of data: which rows are too old at a moment, and how they go. `erase` returns how many went."""

    name: str
    due: Callable[..., QuerySet]
    erase: Callable[[QuerySet], int]


def _ended_sessions(now):
    return Session.objects.filter(expire_date__lt=now)


def _old_messages(now):
    return OutboundMessage.objects.filter(state__in=OVER, created_at__lt=now - MESSAGES_KEPT)


def _old_jobs(now):
    """Those that `prune` leaves: failed ones, and what persons had asked for."""
    return Job.objects.filter(finished_at__lt=now - LAW)


def _delete(rows):
    return rows.delete()[0]


def _delete_messages(rows):
    """A message that was sent again goes after the one in its place."""
    gone = 0
    with transaction.atomic():
        while number := rows.filter(repeated_by=None).delete()[0]:
            gone += number
    return gone


def _delete_jobs(rows):
    for job in rows.exclude(result=""):
        job.result.storage.delete(job.result.name)
    return rows.delete()[0]


RULES = (
    Rule("sessions", _ended_sessions, _delete),
    Rule("messages", _old_messages, _delete_messages),
    Rule("jobs", _old_jobs, _delete_jobs),
    Rule("uploads", unused, erase_documents),
)


def due(now):
    """{rule: how many would go}; changes nothing."""
    return {rule.name: rule.due(now).count() for rule in RULES}


def apply(now):
    """Erase what is due; returns {rule: how many went}."""
    return {rule.name: rule.erase(rule.due(now)) for rule in RULES}
