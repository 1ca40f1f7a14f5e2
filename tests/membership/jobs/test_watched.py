"""A job that somebody waits for: who may watch it, what is said at each moment, and the file that comes of it."""

from datetime import timedelta

import pytest
import time_machine
from django.core.files.base import ContentFile
from django.urls import reverse
from django.utils import timezone

from membership.exceptions import Refusal
from membership.jobs import actions
from membership.jobs.models import Job
from membership.jobs.states import JobState
from tests.factories import UserFactory
from tests.files import private_files
from tests.membership.units.conftest import employee

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def names(monkeypatch):
    """Names of jobs that exist for one test only."""
    monkeypatch.setattr(actions, "_functions", dict(actions._functions))
    monkeypatch.setattr(actions, "_given_up", dict(actions._given_up))


@pytest.fixture
def starter(client):
    user = employee("会员审核")
    client.force_login(user)
    return user


def row(job):
    return Job.objects.get(pk=job.pk)


def under_way(by, **fields):
    job = Job.objects.create(name="room.do", created_by=by, **fields)
    assert Job.objects.claim(job.pk, timezone.now())
    return row(job)


def page(job, part=""):
    return f"/cms/jobs/{job.pk}/{part}"


def said(client, job):
    return client.get(page(job)).context["sentence"]


# --- A function that knows its job ----------------------------------------------------------------------------------
def test_function_that_declares_a_job_gets_it(starter):
    @actions.register("room.export")
    def export(unit_id, job):
        actions.report_progress(job, 1, 2, "已写入一半")
        actions.keep_result(job, ContentFile(b"rows"), name="会员名单.xlsx")

    job = row(actions.enqueue("room.export", by=starter, title="导出会员名单", result_url="/cms/", unit_id=7))

    assert (job.state, job.done, job.total, job.message) == (JobState.SUCCEEDED, 1, 2, "已写入一半")
    assert (job.title, job.result_url, job.result_name, job.arguments) == (
        "导出会员名单",
        "/cms/",
        "会员名单.xlsx",
        {"unit_id": 7},
    )
    assert [path.read_bytes() for path in private_files()] == [b"rows"]
    assert "会员" not in job.result.name


def test_refusal_ends_the_job_with_its_sentence(starter):
    lost = []

    @actions.register("room.write", on_failure=lambda job: lost.append(job.pk))
    def write():
        raise Refusal("名录已有变动，请重新检查。", code="stale")

    job = row(actions.enqueue("room.write", by=starter))
    assert (job.state, job.error, job.message) == (JobState.FAILED, "Refusal: stale", "名录已有变动，请重新检查。")
    assert lost == [job.pk]


def test_attempt_that_lost_its_lease_reports_and_keeps_nothing(starter):
    late = under_way(starter)
    with time_machine.travel(timezone.now() + timedelta(seconds=400)):
        actions.sweep()
        Job.objects.filter(pk=late.pk).update(run_after=timezone.now())
        assert Job.objects.claim(late.pk, timezone.now())
        actions.report_progress(late, 3, 10)
        actions.keep_result(late, ContentFile(b"late"), name="迟到.xlsx")
    assert (row(late).attempts, row(late).done, row(late).result.name) == (2, 0, "")
    assert private_files() == []


def test_second_file_takes_the_place_of_the_first(starter):
    job = under_way(starter)
    actions.keep_result(job, ContentFile(b"first"), name="一.xlsx")
    actions.keep_result(row(job), ContentFile(b"second"), name="二.xlsx")
    assert [path.read_bytes() for path in private_files()] == [b"second"]
    assert row(job).result_name == "二.xlsx"


def test_file_is_kept_for_two_weeks_and_the_job_stays(starter):
    job = under_way(starter)
    actions.keep_result(job, ContentFile(b"rows"), name="一.xlsx")
    Job.objects.filter(pk=job.pk).update(state=JobState.SUCCEEDED, finished_at=timezone.now(), lease_until=None)
    with time_machine.travel(timezone.now() + timedelta(days=13)):
        actions.prune()
    assert len(private_files()) == 1
    with time_machine.travel(timezone.now() + timedelta(days=15)):
        actions.prune()
    assert (private_files(), row(job).result.name) == ([], "")


# --- The page -------------------------------------------------------------------------------------------------------
def test_page_says_how_far_the_job_is(client, starter):
    job = under_way(starter, title="检查名单")
    unknown = client.get(page(job)).content.decode()
    assert (
        '<progress class="job-progress__bar job-progress__bar--waiting" aria-labelledby="job-title" max="100">'
        in unknown
    )

    actions.report_progress(job, 3, 12, "检查第 3 行")
    html = client.get(page(job)).content.decode()
    assert 'aria-labelledby="job-title" value="25" max="100"></progress>' in html
    assert ("检查名单" in html, "检查第 3 行" in html, "3 / 12" in html) == (True, True, True)
    assert ('role="status" aria-live="polite"' in html, 'data-progress="/cms/jobs/' in html) == (True, True)
    assert "<script>" not in html.split('<div class="job-progress">')[1].split("</main>")[0]


def test_part_is_what_the_page_shows(client, starter):
    job = under_way(starter)
    part = client.get(page(job, "part/")).content.decode().strip()
    assert part in client.get(page(job)).content.decode()
    assert part.count("data-part=") == 4


def test_every_moment_has_its_sentence(client, starter):
    waiting = Job.objects.create(name="room.do", created_by=starter)
    assert said(client, waiting) == "通常几秒内开始；系统繁忙时需要稍候。"
    job = under_way(starter)
    assert said(client, job) == "可以离开本页，处理不会中断，稍后再打开本页查看即可。"
    with time_machine.travel("2026-11-26T02:00:00Z", tick=False):
        actions.retry_later(job, "gateway is down")
    assert said(client, job) == "暂时无法完成，将在 10:00 自动重试。"


def test_failure_says_what_to_do_next_and_names_no_function(client, starter):
    @actions.register("room.broken")
    def broken():
        raise ValueError("13811138111")

    job = actions.enqueue("room.broken", by=starter)
    response = client.get(page(job))
    assert response.context["sentence"] == f"请重新发起；如再次失败，请将编号 {job.pk} 告知系统管理员。"
    html = response.content.decode()
    assert ("ValueError" in html, "13811138111" in html, "data-progress=" in html) == (False, False, False)


def test_result_is_a_private_download(client, starter):
    @actions.register("room.export")
    def export(job):
        actions.keep_result(job, ContentFile(b"rows"), name="会员名单.xlsx")

    job = actions.enqueue("room.export", by=starter, result_url="/cms/units/")
    html = client.get(page(job)).content.decode()
    assert (f'href="/cms/jobs/{job.pk}/result/"' in html, 'href="/cms/units/"' in html) == (True, True)
    response = client.get(page(job, "result/"))
    assert b"".join(response.streaming_content) == b"rows"
    assert "no-store" in response["Cache-Control"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Disposition"].startswith("attachment; filename*=utf-8''%E4%BC%9A")


def test_no_file_is_a_404(client, starter):
    job = under_way(starter)
    assert client.get(page(job, "result/")).status_code == 404
    actions.keep_result(job, ContentFile(b"rows"), name="一.xlsx")
    assert client.get(page(job, "result/")).status_code == 404  # not before the job is over


@pytest.mark.parametrize("part", ["", "part/", "result/"])
def test_jobs_of_others_are_not_there(client, starter, part):
    job = under_way(starter)
    actions.keep_result(job, ContentFile(b"rows"), name="一.xlsx")
    Job.objects.filter(pk=job.pk).update(state=JobState.SUCCEEDED, finished_at=timezone.now(), lease_until=None)
    own = client.get(page(job, part))
    assert (own.status_code, own.getvalue() != b"") == (200, True)
    for stranger in (employee("会员审核"), UserFactory(root=True)):
        client.force_login(stranger)
        assert client.get(page(job, part)).status_code == 404
    client.force_login(UserFactory())
    assert client.get(page(job, part), follow=True).status_code == 403


@pytest.mark.parametrize("verb", ["post", "put", "delete"])
def test_watching_changes_nothing(client, starter, verb):
    job = under_way(starter)
    assert [getattr(client, verb)(page(job, part)).status_code for part in ("", "part/", "result/")] == [405] * 3


def test_page_asks_few_questions(client, starter, django_assert_num_queries):
    job = under_way(starter)
    client.get(page(job))
    with django_assert_num_queries(6):
        client.get(page(job, "part/"))


def test_register_and_watching_share_an_address(client):
    client.force_login(UserFactory(root=True))
    assert reverse("jobs_modeladmin_index") == "/cms/jobs/"
    assert client.get("/cms/jobs/").status_code == 200
