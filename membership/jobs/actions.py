"""Enqueue, run, retry and sweep background jobs."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from membership.jobs.models import Job
from membership.jobs.states import JobState

logger = logging.getLogger(__name__)

_functions = {}
_recurring = []


class TemporaryFailure(Exception):
    """The job could not be done now but may be later: it is tried again with back-off."""


def register(name, *, recurring=False):
    """Decorator: this function does the jobs called `name`. It gets the job's arguments as keywords.

    A recurring one is enqueued without arguments at every round of the scheduler and must be idempotent.
    """

    def keep(function):
        _functions[name] = function
        if recurring:
            _recurring.append(name)
        return function

    return keep


def recurring():
    """Names of the jobs that the scheduler enqueues at every round."""
    return list(_recurring)


def enqueue(name, *, by=None, delay=0, **arguments):
    """Ask for the job `name` to be run by a worker; returns its row.

    Call it inside the verb's transaction: the row is the outbox, so a rolled-back change leaves no job.
    `arguments` are ids and plain values; `delay` is in seconds.
    """
    run_after = timezone.now() + timedelta(seconds=delay)
    job = Job.objects.create(name=name, arguments=arguments, created_by=by, run_after=run_after)
    _hand_over(job, delay)
    return job


def _hand_over(job, delay):
    chosen = run_job.using(run_after=job.run_after) if delay and run_job.get_backend().supports_defer else run_job
    chosen.enqueue(job.pk)


@task()
def run_job(job_id):
    """Run one job if nobody else has it. What another worker took, or what is done, is left alone."""
    now = timezone.now()
    if not Job.objects.claim(job_id, now):
        return
    job = Job.objects.get(pk=job_id)
    try:
        _functions[job.name](**job.arguments)
    except TemporaryFailure as failure:
        retry_later(job, failure)
    except Exception as failure:
        logger.exception("job failed: %s", job)
        _settle(job, JobState.FAILED, error=repr(failure))
    else:
        _settle(job, JobState.SUCCEEDED)


def report_progress(job_id, done, total):
    """Tell the watcher how far the job is; also renews the worker's lease."""
    lease = timezone.now() + timedelta(seconds=settings.JOB_LEASE_SECONDS)
    Job.objects.filter(pk=job_id, state=JobState.RUNNING).update(done=done, total=total, lease_until=lease)


def retry_later(job, failure):
    """Put the job back with back-off (30 s, 1, 2, 4 min …), or give up after the last attempt."""
    if job.attempts >= settings.JOB_MAX_ATTEMPTS:
        _settle(job, JobState.FAILED, error=repr(failure))
        return
    delay = 30 * 2 ** (job.attempts - 1)
    job.run_after = timezone.now() + timedelta(seconds=delay)
    with transaction.atomic():
        Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(
            state=JobState.QUEUED, run_after=job.run_after, lease_until=None, error=repr(failure)
        )
        _hand_over(job, delay)


def sweep():
    """Give jobs whose worker died to another one; returns how many. Safe to run at any time, twice too."""
    now = timezone.now()
    abandoned = list(Job.objects.abandoned(now))
    for job in abandoned:
        retry_later(job, TimeoutError("the worker was lost"))
    return len(abandoned)


def _settle(job, state, error=""):
    Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(
        state=state, error=error, finished_at=timezone.now(), lease_until=None
    )
