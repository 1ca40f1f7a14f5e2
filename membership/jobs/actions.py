"""Enqueue, run, retry and sweep background jobs."""

import inspect
import logging
import traceback
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus, task
from django_tasks_db.models import DBTaskResult

from membership.audit.actions import record
from membership.exceptions import Refusal
from membership.jobs import permissions
from membership.jobs.models import Job, SchedulerRound, lease_from
from membership.jobs.states import MOVES, JobState
from membership.moves import move_rows, next_state

logger = logging.getLogger(__name__)

_functions = {}
_given_up = {}
_fetchers = {}
_priorities = {}
_labels = {}
_recurring = {}  # name: least time between two of them, in seconds


class TemporaryFailure(Exception):
    """The job could not be done now but may be later: it is tried again with back-off.

    The message is kept with the job and shown to staff: it names no person and no number.
    """


def register(name, label="", *, recurring=False, every=0, priority=0, on_failure=None, may_fetch=None):
    """Decorator: this function does the jobs called `name`, which `label` tells to people. It gets the job's arguments
    as keywords.

    One that declares a keyword `job` gets the Job as well, to report its progress and to keep a result for who waits.
    A Refusal ends the job, and its sentence is shown to that person; a TemporaryFailure is tried again.
    A recurring one is enqueued without arguments at every round of the scheduler, or when `every` seconds have passed
    since the last, and must be idempotent.
    `priority` is from -100 to 100: of what waits, workers take the highest first.
    `on_failure` is called with the same arguments when the job has failed for good. `may_fetch(user, arguments)` says
    whether who asked for the job may still have what came of it: rights are withdrawn sooner than files.
    """

    def keep(function):
        _functions[name] = function
        _labels[name] = label
        _priorities[name] = priority
        if may_fetch:
            _fetchers[name] = may_fetch
        if on_failure:
            _given_up[name] = on_failure
        if recurring:
            _recurring[name] = every
        return function

    return keep


def label_of(name):
    """What jobs of this name do, in words; the name itself of one that is no longer known."""
    return _labels.get(name) or name


def recurring_names():
    """{name: least seconds between two} of what recurs; 0 is at every round."""
    return dict(_recurring)


def may_fetch(user, job):
    """Whether this person may have the file that came of this job of theirs."""
    check = _fetchers.get(job.name)
    return check is None or check(user, job.arguments)


def enqueue(name, *, by=None, delay=0, title="", result_url="", **arguments):
    """Ask for the job `name` to be run by a worker; returns its row.

    Call it inside the verb's transaction: the row is the outbox, so a rolled-back change leaves no job.
    `arguments` are ids and plain values; `delay` is in seconds. `title` is what `by` reads while waiting at
    /cms/jobs/<pk>/, `result_url` the page of ours to which that leads when the job went well.
    """
    run_after = timezone.now() + timedelta(seconds=delay)
    watched = {"title": title, "result_url": result_url, "created_by": by}
    with transaction.atomic():
        job = Job.objects.create(name=name, arguments=arguments, run_after=run_after, **watched)
        _hand_over(job, delay)
    return job


def enqueue_recurring():
    """Ask for every recurring job that is due; returns the names.

    One whose last round is still waiting or at work is left out. Of two schedulers at once the database lets one win.
    """
    now = timezone.now()
    under_way = set(Job.objects.pending().filter(name__in=_recurring).values_list("name", flat=True))
    last = Job.objects.filter(name__in=_recurring, recurring=True).latest_by_name()
    return [
        name
        for name, every in _recurring.items()
        if name not in under_way and _is_due(every, last.get(name), now) and _enqueue_once(name)
    ]


def _is_due(every, last, now):
    return not every or last is None or last[0] <= now - timedelta(seconds=every)


def _enqueue_once(name):
    try:
        with transaction.atomic():
            _hand_over(Job.objects.create(name=name, recurring=True))
    except IntegrityError:  # another scheduler was faster
        return False
    return True


def run_round():
    """One round of the scheduler: sweep, ask for what recurs, prune, and say that it was there.

    Safe to run at any time and by several machines at once. Returns how many jobs were swept.
    """
    SchedulerRound.objects.update_or_create(pk=1, defaults={"began_at": timezone.now()})
    swept = sweep()
    enqueue_recurring()
    prune()
    SchedulerRound.objects.filter(pk=1).update(ended_at=timezone.now())
    return swept


def can_be_tried_again(job):
    """Whether a person may have this job tried once more.

    Not when failing had an effect of its own (a message went to the work list): that is settled where it shows.
    """
    return job.state == JobState.FAILED and job.name in _functions and job.name not in _given_up


def try_again(job, *, by):
    """Put a job that failed for good back for one more attempt.

    Raises PermissionDenied, and Refusal when it is not failed any more, settled elsewhere, or the scheduler has asked
    for the same since.
    """
    permissions.require(permissions.may_try_again(by))
    next_state(MOVES, "try_again", JobState(job.state))
    if not can_be_tried_again(job):
        raise Refusal(_("This job is not tried again from here: see where its matter stands."), code="settled")
    try:
        with transaction.atomic():
            now = timezone.now()
            mine = Job.objects.attempt(job)
            if not move_rows(mine, MOVES, "try_again", run_after=now, finished_at=None, message=""):
                raise Refusal(_("Somebody else has just had this job tried again."), code="stale")
            record("jobs.try_again", job, by=by, after={"name": job.name}, in_history=False)
            _hand_over(job)
    except IntegrityError as twice:
        raise Refusal(_("The same work is under way already."), code="under_way") from twice


def _hand_over(job, delay=0):
    chosen = run_job.using(priority=_priorities.get(job.name, 0))
    if delay and run_job.get_backend().supports_defer:
        chosen = chosen.using(run_after=job.run_after)
    chosen.enqueue(job.pk)


@task()
def run_job(job_id):
    """Run one job if nobody else has it. What another worker took, or what is done, is left alone."""
    if not Job.objects.claim(job_id, timezone.now()):
        return
    job = Job.objects.get(pk=job_id)
    try:
        _call(_functions[job.name], job)
    except TemporaryFailure as failure:
        retry_later(job, str(failure))
    except Refusal as refusal:
        _fail(job, f"Refusal: {refusal.code}", message=str(refusal))
    except Exception as failure:
        # Without its message: databases and gateways quote names and numbers of persons there.
        logger.error(
            "job failed: %s: %s\n%s", job, name_of(failure), "".join(traceback.format_tb(failure.__traceback__))
        )
        _fail(job, f"{name_of(failure)} in {place_of(failure)}")
    else:
        move_rows(Job.objects.attempt(job), MOVES, "finish", error="", **_ended())


def _call(function, job):
    watched = {"job": job} if "job" in inspect.signature(function).parameters else {}
    return function(**job.arguments, **watched)


def name_of(failure):
    """The kind of an exception, such as django.db.utils.IntegrityError."""
    kind = type(failure)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def place_of(failure):
    """The function and line that raised it."""
    last = traceback.extract_tb(failure.__traceback__)[-1]
    return f"{last.name}, line {last.lineno}"


def report_progress(job, done, total, message=""):
    """Tell the watcher how far the job is, with a sentence if it helps; also renews the worker's lease.

    Inside a transaction nobody sees it before the end: report between transactions.
    """
    mine = Job.objects.running() & Job.objects.attempt(job)
    mine.update(done=done, total=total, message=message, lease_until=lease_from(timezone.now()))


def keep_result(job, file, *, name):
    """Keep a file for whoever started the job, for JOB_KEEP_DAYS; it is downloaded as `name`.

    An attempt that is no longer the one under way keeps nothing.
    """
    earlier = job.result.name
    job.result.save(name, file, save=False)
    mine = Job.objects.running() & Job.objects.attempt(job)
    unwanted = earlier if mine.update(result=job.result.name, result_name=name) else job.result.name
    if unwanted:
        job.result.storage.delete(unwanted)


def retry_later(job, reason):
    """Put the job back with back-off (30 s, 1, 2, 4 min …), or give up after the last attempt."""
    if job.attempts >= settings.JOB_MAX_ATTEMPTS:
        _fail(job, reason)
        return
    delay = 30 * 2 ** (job.attempts - 1)
    job.run_after = timezone.now() + timedelta(seconds=delay)
    with transaction.atomic():
        mine = Job.objects.attempt(job)
        if move_rows(mine, MOVES, "retry", run_after=job.run_after, lease_until=None, error=reason):
            _hand_over(job, delay)


def sweep():
    """Give jobs whose worker died, and those no worker was told of, to another one; returns how many.

    Safe to run at any time, twice too.
    """
    now = timezone.now()
    abandoned = list(Job.objects.abandoned(now))
    for job in abandoned:
        retry_later(job, "the worker was lost")
    stranded = list(Job.objects.stranded(now - timedelta(seconds=settings.JOB_LEASE_SECONDS)))
    for job in stranded:
        with transaction.atomic():
            # Due from now on: if that is lost too, the next sweep comes a lease later.
            if Job.objects.stranded(now).filter(pk=job.pk, run_after=job.run_after).update(run_after=now):
                _hand_over(job)
    return len(abandoned) + len(stranded)


def prune():
    """Delete old jobs that went well and that nobody had asked for in person; those that failed stay.

    Of the others only the files go. Notes of workers that were killed go too: their jobs have been swept.
    """
    long_ago = timezone.now() - timedelta(days=settings.JOB_KEEP_DAYS)
    Job.objects.worn_out(long_ago).delete()
    DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING, started_at__lt=long_ago).delete()
    for job in Job.objects.with_results_from_before(long_ago):
        job.result.storage.delete(job.result.name)
        Job.objects.filter(pk=job.pk).update(result="")


def _fail(job, reason, message=""):
    ended = {"error": reason, "message": message[:500], **_ended()}
    with transaction.atomic():
        if move_rows(Job.objects.attempt(job), MOVES, "fail", **ended) and job.name in _given_up:
            _call(_given_up[job.name], job)


def _ended():
    return {"finished_at": timezone.now(), "lease_until": None}
