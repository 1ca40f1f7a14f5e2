"""后台运行状况: who sees it, what it warns of, and one more try for what failed."""

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from membership.jobs import actions
from membership.jobs.models import Job
from membership.jobs.states import JobState
from tests.membership.units.conftest import employee

pytestmark = pytest.mark.django_db

PAGE = "/cms/jobs/status/"
SILENT = "定时程序已超过五分钟没有运行"
STUCK = "有任务到期五分钟以上仍无人处理"


@pytest.fixture
def administrator(client):
    user = employee("系统管理员")
    client.force_login(user)
    return user


@pytest.fixture(autouse=True)
def names(monkeypatch):
    """A job of this test alone; what it does is `names.does`."""
    monkeypatch.setattr(actions, "_functions", dict(actions._functions))
    monkeypatch.setattr(actions, "_recurring", {"room.daily": 86_400})
    actions.register("room.do")(lambda: None)
    actions.register("room.daily", recurring=True, every=86_400)(lambda: None)


def words(answer):
    return answer.content.decode()


def failed(name="room.do"):
    return Job.objects.create(name=name, state=JobState.FAILED, finished_at=timezone.now(), error="ValueError in do")


@pytest.mark.parametrize("role", ["编辑", "会员审核", "分会秘书", "财务", "秘书长"])
def test_nobody_but_administrators_sees_it_or_has_a_job_tried_again(client, role):
    client.force_login(employee(role))
    job = failed()
    answers = [client.get(PAGE), client.post(f"/cms/jobs/{job.pk}/try-again/")]
    assert [(answer.status_code, answer["Location"]) for answer in answers] == [(302, "/cms/")] * 2
    assert Job.objects.get().state == JobState.FAILED
    assert PAGE not in words(client.get("/cms/"))


def test_page_warns_until_the_scheduler_has_been_heard_of(client, administrator):
    assert SILENT in words(client.get(PAGE))
    actions.run_round()
    fresh = words(client.get(PAGE))
    assert (SILENT in fresh, "overdue" in fresh, "已逾期" in fresh) == (False, False, False)
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        assert SILENT in words(client.get(PAGE))


def test_recurring_job_that_was_not_done_in_time_is_marked(client, administrator):
    actions.run_round()
    [entry] = client.get(PAGE).context["recurring"]
    assert (entry.name, entry.is_late) == ("room.daily", False)
    with time_machine.travel(timezone.now() + timedelta(seconds=86_400, minutes=16)):
        client.force_login(administrator)
        answer = client.get(PAGE)
    assert [entry.is_late for entry in answer.context["recurring"]] == [True]


def test_page_warns_of_jobs_that_no_worker_takes(client, administrator):
    actions.run_round()
    Job.objects.create(name="room.do", run_after=timezone.now() - timedelta(seconds=200))
    assert STUCK not in words(client.get(PAGE))
    Job.objects.create(name="room.do", run_after=timezone.now() - timedelta(seconds=400))
    page = client.get(PAGE)
    assert STUCK in words(page)
    assert (page.context["waiting"], page.context["waited"] >= timedelta(seconds=400)) == (2, True)


def test_what_runs_is_listed_with_its_lease(client, administrator):
    job = Job.objects.create(name="room.do")
    Job.objects.claim(job.pk, timezone.now())
    lease = timezone.localtime(Job.objects.get().lease_until)
    assert f"{lease:%Y-%m-%d %H:%M:%S}" in words(client.get(PAGE))


def test_failed_job_is_tried_again_by_its_button(client, administrator):
    job, other = failed(), failed("messaging.send")  # its message stands in the work list instead
    page = words(client.get(PAGE))
    assert (f"/cms/jobs/{job.pk}/try-again/" in page, f"/cms/jobs/{other.pk}/try-again/" in page) == (True, False)
    answer = client.post(f"/cms/jobs/{job.pk}/try-again/", follow=True)
    assert "任务已重新排队" in words(answer)
    assert Job.objects.get(pk=job.pk).state == JobState.SUCCEEDED
    assert client.post(f"/cms/jobs/{job.pk}/try-again/").status_code == 404
    assert client.get(f"/cms/jobs/{other.pk}/try-again/").status_code == 405


def test_page_asks_as_many_queries_for_many_jobs(client, administrator, django_assert_max_num_queries):
    for _number in range(60):
        failed()
    with django_assert_max_num_queries(20):
        page = client.get(PAGE)
    assert (len(page.context["failed"]), page.context["more"]) == (50, True)
    assert '<a href="/cms/jobs/?state=failed">' in page.content.decode()
    assert client.get("/cms/jobs/?state=failed").context["view"].queryset.count() > 50
