"""Jobs: written in the caller's transaction, run once, tried again, swept up when a worker died."""

import logging
from datetime import timedelta
from io import StringIO
from threading import Barrier

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.db import transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.jobs import actions, watch
from membership.jobs.models import Job
from membership.jobs.states import JobState
from tests.factories import UserFactory
from tests.races import TOGETHER, at_once
from tests.worker import work

pytestmark = pytest.mark.django_db

PHONE = "13811138111"


@pytest.fixture
def room(monkeypatch):
    """Names of jobs that exist for one test only: `room.calls` says what was run, `room.do` what comes of it."""

    class Room:
        calls, lost = [], []
        failure = None

        def do(self, **arguments):
            self.calls.append(arguments)
            if self.failure:
                raise self.failure

        def give_up(self, **arguments):
            self.lost.append(arguments)

    room = Room()
    room.calls, room.lost = [], []
    monkeypatch.setattr(actions, "_functions", dict(actions._functions))
    monkeypatch.setattr(actions, "_given_up", dict(actions._given_up))
    monkeypatch.setattr(actions, "_recurring", {})
    actions.register("room.do", on_failure=room.give_up)(room.do)
    return room


@pytest.fixture
def worker_elsewhere(settings):
    """Tasks are rows for a worker, as in production, instead of being run at once."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def row(job):
    return Job.objects.get(pk=job.pk)


def run(job):
    actions.run_job.call(job.pk)


def test_job_gets_its_arguments_and_succeeds(room):
    person = UserFactory()
    job = actions.enqueue("room.do", by=person, unit_id=7)

    assert room.calls == [{"unit_id": 7}]
    done = row(job)
    assert (done.state, done.attempts, done.error, done.created_by, done.lease_until) == (
        JobState.SUCCEEDED,
        1,
        "",
        person,
        None,
    )
    assert done.finished_at >= done.started_at >= done.created_at
    assert list(Job.objects.for_user(person)) == [job]
    assert list(Job.objects.for_user(UserFactory())) == []


def test_rolled_back_change_leaves_no_job_and_no_task(room, worker_elsewhere):
    with transaction.atomic():
        actions.enqueue("room.do")
        assert (Job.objects.count(), DBTaskResult.objects.count()) == (1, 1)
        transaction.set_rollback(True)

    assert (Job.objects.count(), DBTaskResult.objects.count()) == (0, 0)
    work()
    assert room.calls == []


def test_worker_runs_what_was_committed(room, worker_elsewhere):
    job = actions.enqueue("room.do", unit_id=1)
    assert (row(job).state, room.calls) == (JobState.QUEUED, [])
    work()
    assert (row(job).state, room.calls) == (JobState.SUCCEEDED, [{"unit_id": 1}])


def test_delayed_job_waits_for_its_time(room, worker_elsewhere):
    job = actions.enqueue("room.do", delay=3600)
    work()
    assert (row(job).state, row(job).attempts) == (JobState.QUEUED, 0)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        work()
    assert row(job).state == JobState.SUCCEEDED


def test_second_worker_leaves_a_taken_job_alone(room):
    job = Job.objects.create(name="room.do")
    now = timezone.now()
    assert [Job.objects.claim(job.pk, now), Job.objects.claim(job.pk, now)] == [True, False]

    run(job)
    assert (room.calls, row(job).attempts) == ([], 1)


def test_finished_job_is_not_run_again(room):
    job = actions.enqueue("room.do")
    run(job)
    assert len(room.calls) == 1


def test_temporary_failure_is_tried_again_with_back_off_and_then_given_up(room, settings):
    settings.JOB_MAX_ATTEMPTS = 4
    room.failure = actions.TemporaryFailure("gateway is down")
    now = timezone.now()
    waits = []
    with time_machine.travel(now, tick=False):
        job = actions.enqueue("room.do", unit_id=1)
    for _ in range(3):
        waiting = row(job)
        assert (waiting.state, waiting.error, waiting.lease_until) == (JobState.QUEUED, "gateway is down", None)
        waits.append((waiting.run_after - now).total_seconds())
        now = waiting.run_after
        with time_machine.travel(now, tick=False):
            run(job)

    assert waits == [30, 60, 120]
    given_up = row(job)
    assert (given_up.state, given_up.attempts, given_up.error) == (JobState.FAILED, 4, "gateway is down")
    assert list(Job.objects.failed()) == [job]
    assert room.lost == [{"unit_id": 1}]
    assert len(room.calls) == 4


def test_back_off_is_kept_by_the_worker(room, worker_elsewhere):
    room.failure = actions.TemporaryFailure("gateway is down")
    job = actions.enqueue("room.do")
    work()
    work()
    assert len(room.calls) == 1
    room.failure = None
    with time_machine.travel(timezone.now() + timedelta(seconds=31)):
        work()
    assert (row(job).state, row(job).error, len(room.calls)) == (JobState.SUCCEEDED, "", 2)


def test_unexpected_failure_is_kept_without_what_it_quotes(room, caplog):
    room.failure = ValueError(f"Key (phone)=({PHONE}) already exists")
    with caplog.at_level(logging.ERROR, logger="membership.jobs.actions"):
        job = actions.enqueue("room.do", unit_id=1)

    failed = row(job)
    assert (failed.state, failed.attempts) == (JobState.FAILED, 1)
    assert failed.error.startswith("ValueError in do, line ")
    [record] = caplog.records
    assert f"room.do #{job.pk}: ValueError" in record.getMessage()
    assert "test_actions.py" in record.getMessage()
    assert PHONE not in caplog.text + failed.error
    assert room.lost == [{"unit_id": 1}]


def test_unknown_name_fails_visibly():
    job = actions.enqueue("room.nowhere")
    assert row(job).state == JobState.FAILED
    assert row(job).error.startswith("KeyError in run_job")


def test_progress_is_told_and_renews_the_lease(room):
    job = Job.objects.create(name="room.do")
    Job.objects.claim(job.pk, timezone.now())
    with time_machine.travel(timezone.now() + timedelta(seconds=200), tick=False):
        actions.report_progress(row(job), 3, 10, "三件已办")
        lease = timezone.now() + timedelta(seconds=300)
    told = row(job)
    assert (told.done, told.total, told.message, told.lease_until) == (3, 10, "三件已办", lease)


def test_progress_of_a_job_that_is_over_changes_nothing(room):
    job = actions.enqueue("room.do")
    actions.report_progress(row(job), 3, 10)
    assert (row(job).done, row(job).lease_until) == (0, None)


# --- the sweeper ----------------------------------------------------------------------------------------------------
@pytest.fixture
def killed(room, worker_elsewhere):
    """A job whose worker was killed in the middle: running, and nobody at it."""
    job = actions.enqueue("room.do", unit_id=1)
    DBTaskResult.objects.all().delete()
    assert Job.objects.claim(job.pk, timezone.now())
    return job


def later(seconds):
    return time_machine.travel(timezone.now() + timedelta(seconds=seconds))


def test_job_of_a_killed_worker_is_done_by_the_next(room, killed):
    assert actions.sweep() == 0
    with later(301):
        assert actions.sweep() == 1
        assert (row(killed).state, row(killed).error) == (JobState.QUEUED, "the worker was lost")
        assert actions.sweep() == 0
    with later(340):
        work()
    assert (row(killed).state, row(killed).attempts, room.calls) == (JobState.SUCCEEDED, 2, [{"unit_id": 1}])


def test_job_that_kills_every_worker_is_given_up(room, killed, settings):
    settings.JOB_MAX_ATTEMPTS = 1
    with later(301):
        assert actions.sweep() == 1
    assert (row(killed).state, row(killed).error) == (JobState.FAILED, "the worker was lost")
    assert room.lost == [{"unit_id": 1}]


def test_worker_that_lost_its_lease_does_not_settle_the_next_attempt(room, killed):
    late = row(killed)
    with later(301):
        actions.sweep()
    with later(340):
        assert Job.objects.claim(killed.pk, timezone.now())
        actions.retry_later(late, "too late")
        actions._fail(late, "too late")
    assert (row(killed).state, row(killed).attempts) == (JobState.RUNNING, 2)
    assert room.lost == []


def test_waiting_job_that_no_worker_was_told_of_is_handed_over_again(room, worker_elsewhere):
    job = actions.enqueue("room.do")
    DBTaskResult.objects.all().delete()
    assert actions.sweep() == 0
    with later(301):
        assert actions.sweep() == 1
        assert actions.sweep() == 0
        work()
    assert (row(job).state, len(room.calls)) == (JobState.SUCCEEDED, 1)


# --- the scheduler --------------------------------------------------------------------------------------------------
def test_scheduler_sweeps_enqueues_what_recurs_and_ends(room, worker_elsewhere):
    actions.register("room.recurs", recurring=True)(room.do)
    hour_ago = timezone.now() - timedelta(hours=1)
    killed = Job.objects.create(name="room.do", run_after=hour_ago)
    assert Job.objects.claim(killed.pk, hour_ago)
    said = StringIO()

    call_command("run_scheduler", stdout=said)
    call_command("run_scheduler", stdout=said)

    assert said.getvalue() == "swept 1\nswept 0\n"
    assert list(Job.objects.exclude(pk=killed.pk).values_list("name", "state")) == [("room.recurs", JobState.QUEUED)]
    work()
    call_command("run_scheduler", stdout=said)
    assert Job.objects.filter(name="room.recurs").count() == 2


def test_old_jobs_that_went_well_are_deleted_and_failed_ones_kept(room):
    well, asked_for = actions.enqueue("room.do"), actions.enqueue("room.do", by=UserFactory())
    room.failure = ValueError()
    failed = actions.enqueue("room.do")
    room.failure = None
    with later(15 * 24 * 3600):
        fresh = actions.enqueue("room.do")
        actions.prune()
    assert sorted(Job.objects.values_list("pk", flat=True)) == sorted([asked_for.pk, failed.pk, fresh.pk])
    assert not Job.objects.filter(pk=well.pk).exists()


def test_rooms_register_what_other_rooms_ask_for_by_name():
    assert {"tracking.deliver", "tracking.deliver_open_notices", "messaging.send", "units.write_import"} <= set(
        actions._functions
    )
    assert set(actions._recurring) == {
        "tracking.complete_deliveries",
        "tracking.remind_by_rules",
        "tracking.freeze_results",
        "tracking.erase_attendees",
        "messaging.lose_track",
        "cms.publish_scheduled",
        "accounts.forget",
        "units.forget_imports",
        "units.remind_expiring",
        "dues.expire_orders",
        "dues.remind_by_rules",
        "dues.forget_resolutions",
        "portal.forget_answers",
        "audit.seal",
        "config.sweep_files",
        "config.apply_retention",
    }


# --- Schedulers at once, a daily job, one more try ------------------------------------------------------------------
def test_daily_job_is_asked_for_once_a_day(room, worker_elsewhere):
    actions.register("room.daily", recurring=True, every=86_400)(room.do)
    assert actions.enqueue_recurring() == ["room.daily"]
    work()
    with later(86_000):
        assert actions.enqueue_recurring() == []
    with later(86_401):
        assert actions.enqueue_recurring() == ["room.daily"]


def test_round_says_that_the_scheduler_was_there(room):
    assert watch.seconds_silent(timezone.now()) is None
    actions.run_round()
    with later(600):
        assert 599 < watch.seconds_silent(timezone.now()) < 620
        assert watch.standing()["is_silent"]
        actions.run_round()
        assert not watch.standing()["is_silent"]


def test_note_of_a_killed_worker_is_pruned_with_the_jobs_of_its_day(room, worker_elsewhere):
    actions.enqueue("room.do")
    [note] = DBTaskResult.objects.all()
    note.claim("killed")
    actions.prune()
    assert DBTaskResult.objects.count() == 1
    with later(15 * 86_400):
        actions.prune()
    assert DBTaskResult.objects.count() == 0


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_schedulers_at_once_ask_once(room, worker_elsewhere):
    for number in range(5):
        actions.register(f"room.recurs{number}", recurring=True)(room.do)
    results = at_once(6, lambda number: actions.enqueue_recurring())
    assert sorted(name for names in results for name in names) == [f"room.recurs{number}" for number in range(5)]
    assert (Job.objects.count(), DBTaskResult.objects.count()) == (5, 5)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_twin_without_the_mark_asks_for_it_twice(room, worker_elsewhere, monkeypatch):
    """The same look before, but rows that the constraint does not see: both schedulers have looked and both ask."""
    actions.register("room.recurs", recurring=True)(room.do)
    both = Barrier(2, timeout=TOGETHER)

    def ask(name):
        both.wait()
        return actions.enqueue(name)

    monkeypatch.setattr(actions, "_enqueue_once", ask)
    at_once(2, lambda number: actions.enqueue_recurring())
    assert Job.objects.filter(name="room.recurs").count() == 2


@pytest.fixture
def root():
    return UserFactory(root=True)


def failed_job(room, name="room.lone"):
    actions.register(name)(room.do)
    room.failure = ValueError()
    job = actions.enqueue(name, unit_id=7)
    room.failure = None
    return row(job)


def test_failed_job_is_tried_once_more(room, root):
    job = failed_job(room)
    actions.try_again(job, by=root)
    assert (row(job).state, row(job).attempts, room.calls) == (JobState.SUCCEEDED, 2, [{"unit_id": 7}] * 2)
    entry = AuditEntry.objects.get(verb="jobs.try_again")
    assert (entry.actor, entry.object_id, entry.after) == (root, str(job.pk), {"name": "room.lone"})


def test_job_that_is_not_failed_is_not_tried_again(room, root):
    job = failed_job(room)
    actions.try_again(job, by=root)
    for seen in (job, row(job)):
        with pytest.raises(Refusal):
            actions.try_again(seen, by=root)
    assert len(room.calls) == 2


def test_job_whose_failure_was_settled_elsewhere_is_not_tried_again(room, root):
    room.failure = ValueError()
    job = actions.enqueue("room.do")
    with pytest.raises(Refusal) as refusal:
        actions.try_again(row(job), by=root)
    assert (refusal.value.code, row(job).state) == ("settled", JobState.FAILED)


def test_recurring_job_is_not_tried_again_beside_its_next_round(room, root, worker_elsewhere):
    actions.register("room.recurs", recurring=True)(room.do)
    room.failure = ValueError()
    actions.enqueue_recurring()
    work()
    old = row(Job.objects.get())
    actions.enqueue_recurring()
    with pytest.raises(Refusal) as refusal:
        actions.try_again(old, by=root)
    assert (refusal.value.code, row(old).state) == ("under_way", JobState.FAILED)


def test_nobody_else_has_jobs_tried_again(room):
    job = failed_job(room)
    with pytest.raises(PermissionDenied):
        actions.try_again(job, by=UserFactory(staff=True))
    assert row(job).state == JobState.FAILED


def test_every_job_is_told_in_words():
    ours = [name for name, work in actions._functions.items() if not work.__module__.startswith("tests.")]
    assert len(ours) > 30
    assert [name for name in ours if actions.label_of(name) == name] == []


def test_a_job_that_is_no_longer_known_is_told_by_its_name():
    assert actions.label_of("gone.long_ago") == "gone.long_ago"
