"""A worker is killed in the middle: what it did is not done twice, and what it had not done is done by the next."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from membership.jobs import actions as jobs
from membership.jobs.models import Job
from membership.jobs.states import JobState
from membership.messaging import actions as messaging
from membership.messaging.models import OutboundMessage
from membership.messaging.states import MessageState
from membership.tracking.models import Delivery
from membership.units.models import Document
from tests.drills.conftest import LEASE
from tests.drills.holding import until
from tests.factories import UnitFactory, clerk, notice
from tests.files import private_files

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def swept():
    """One round of the scheduler has found the job of the dead worker; it was put back for a little later."""
    return until(jobs.sweep, "the sweeper did not find the job")


def turn_on():
    """What waits for its back-off is due now."""
    now = timezone.now()
    Job.objects.filter(state=JobState.QUEUED).update(run_after=now)
    DBTaskResult.objects.filter(status="READY").update(run_after=now)


def test_killed_between_two_effects_each_is_there_once(worker):
    unit = UnitFactory(certified=True)
    first, second = (notice(rules=[{"kind": "unit", "unit": unit}]) for _each in range(2))
    (worker.folder / "hold").touch()
    job = jobs.enqueue("drill.deliver_both", first=first.pk, second=second.pk)
    doomed = worker.start()
    worker.reached("between")
    worker.kill(doomed)
    left = Job.objects.get(pk=job.pk)
    assert (left.state, Delivery.objects.count()) == (JobState.RUNNING, 1)

    (worker.folder / "hold").unlink()
    began = timezone.now()
    assert swept() == 1
    waiting = Job.objects.get(pk=job.pk)
    assert (waiting.state, waiting.error) == (JobState.QUEUED, "the worker was lost")
    # A lease, a round and the first back-off: within twice the lease of 300 seconds it is at work again.
    assert waiting.run_after - began < timedelta(seconds=LEASE + 30 + 60)
    turn_on()
    worker.start()
    until(lambda: Job.objects.get(pk=job.pk).state == JobState.SUCCEEDED, "nobody took the job up")
    assert Job.objects.get(pk=job.pk).attempts == 2
    assert sorted(Delivery.objects.values_list("notice", flat=True)) == [first.pk, second.pk]


def test_killed_after_the_message_has_left_it_leaves_no_second_time(worker):
    (worker.folder / "hold").touch()
    message = messaging.post("sms", "unit_handed_over", "+8613811138111", unit="示范监理咨询有限公司")
    job = Job.objects.get(name="messaging.send")
    doomed = worker.start()
    worker.reached("handed-over")
    worker.kill(doomed)
    (worker.folder / "hold").unlink()
    assert OutboundMessage.objects.get(pk=message.pk).state == MessageState.SENDING

    assert swept() == 1
    turn_on()
    worker.start()
    until(lambda: Job.objects.get(pk=job.pk).state == JobState.SUCCEEDED, "nobody took the job up")
    with time_machine.travel(timezone.now() + timedelta(minutes=11)):
        messaging.lose_track()
    assert OutboundMessage.objects.get(pk=message.pk).state == MessageState.UNKNOWN  # a person decides
    assert len((worker.folder / "left").read_text().splitlines()) == 1


def test_killed_before_it_committed_nothing_was_asked_for(worker):
    (worker.folder / "hold").touch()
    jobs.enqueue("drill.ask_and_die")
    doomed = worker.start()
    worker.reached("asked")
    worker.kill(doomed)
    assert list(Job.objects.values_list("name", flat=True)) == ["drill.ask_and_die"]
    assert DBTaskResult.objects.count() == 1


def test_killed_between_file_and_row_the_file_goes_after_a_day(worker):
    unit = UnitFactory()
    user = clerk(unit)
    (worker.folder / "hold").touch()
    jobs.enqueue("drill.store_and_die", unit=unit.pk, person=user.pk)
    doomed = worker.start()
    worker.reached("stored")
    worker.kill(doomed)
    assert (len(private_files()), Document.objects.count()) == (1, 0)
    job = Job.objects.create(name="config.sweep_files")
    jobs.run_job.call(job.pk)
    assert len(private_files()) == 1
    with time_machine.travel(timezone.now() + timedelta(hours=25)):
        jobs.run_job.call(Job.objects.create(name="config.sweep_files").pk)
    assert private_files() == []
