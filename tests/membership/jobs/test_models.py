"""What the database refuses of a job, and that two workers at once do not both get it."""

import pytest
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from membership.jobs.models import Job
from membership.jobs.states import JobState
from tests.factories import UserFactory
from tests.races import at_once


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "finished"),
    [(JobState.QUEUED, True), (JobState.RUNNING, True), (JobState.SUCCEEDED, False), (JobState.FAILED, False)],
)
def test_a_job_has_an_end_exactly_when_it_is_over(state, finished):
    with pytest.raises(IntegrityError, match="job_finished_has_time"):
        Job.objects.create(name="x", state=state, finished_at=timezone.now() if finished else None)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_one_of_two_workers_gets_the_job():
    job = Job.objects.create(name="x")

    got = at_once(2, lambda number: Job.objects.claim(job.pk, timezone.now()))

    assert sorted(got) == [False, True]
    assert Job.objects.get().attempts == 1


@pytest.mark.django_db
def test_administrators_see_what_failed_and_nobody_else(client):
    Job.objects.create(
        name="room.do", state=JobState.FAILED, finished_at=timezone.now(), error="KeyError in do, line 1"
    )
    page = reverse("jobs_modeladmin_index")

    client.force_login(UserFactory(root=True))
    assert "KeyError in do, line 1" in client.get(page).content.decode()

    client.force_login(UserFactory(staff=True))
    assert client.get(page).status_code == 302
