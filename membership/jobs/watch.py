"""How background work stands: what waits, what runs, what has stopped, as machines and operators look at it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from membership.jobs import actions
from membership.jobs.models import Job, SchedulerRound
from membership.jobs.states import JobState

SCHEDULER_SILENT = timedelta(minutes=5)
RECURRING_LATE = timedelta(minutes=15)  # beyond its own interval


@dataclass(frozen=True)
class Recurring:
    """One recurring job: when it was last asked for and last went well, and whether that is too long ago."""

    name: str
    label: str
    asked_at: datetime | None
    done_at: datetime | None
    is_late: bool


def seconds_waited(now):
    """How long the oldest job that is due has waited for a worker; 0 when none waits."""
    due = Job.objects.claimable(now).order_by("run_after").values_list("run_after", flat=True).first()
    return (now - due).total_seconds() if due else 0.0


def seconds_silent(now):
    """How long ago the scheduler finished a round; None when it never has."""
    ended = SchedulerRound.objects.values_list("ended_at", flat=True).first()
    return (now - ended).total_seconds() if ended else None


def recurring(now):
    """Every recurring job, by name."""
    last = Job.objects.filter(name__in=actions.recurring_names()).latest_by_name()
    for name, every in sorted(actions.recurring_names().items()):
        asked, done = last.get(name, (None, None))
        late = done is None or done < now - timedelta(seconds=every) - RECURRING_LATE
        yield Recurring(name, actions.label_of(name), asked, done, late)


def standing(now=None):
    """All that the page of operators shows."""
    now = now or timezone.now()
    silent = seconds_silent(now)
    return {
        "waiting": Job.objects.filter(state=JobState.QUEUED).count(),
        "waited": timedelta(seconds=int(seconds_waited(now))),
        "is_stuck": seconds_waited(now) > settings.JOB_LEASE_SECONDS,
        "running": Job.objects.running().order_by("started_at"),
        "failed": Job.objects.failed().order_by("-finished_at"),
        "recurring": list(recurring(now)),
        "scheduler_at": SchedulerRound.objects.values_list("ended_at", flat=True).first(),
        "is_silent": silent is None or silent > SCHEDULER_SILENT.total_seconds(),
    }
