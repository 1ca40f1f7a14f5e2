"""A job as the person who started it watches it: how far it is, how it ended, and the file that came of it."""

from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from membership.jobs.actions import may_fetch
from membership.jobs.models import Job
from membership.jobs.states import JobState
from membership.private_files import as_download

ANY_FILE = "application/octet-stream"
MARKS = {JobState.SUCCEEDED: "done", JobState.FAILED: "failed"}


def progress_of(job):
    """What the page shows of a job: numbers for the bar, its state in words, and what to do next."""
    is_over = job.state in MARKS
    percent = job.done * 100 // job.total if job.total else 0
    return {
        "job": job,
        "is_over": is_over,
        "is_done": job.state == JobState.SUCCEEDED,
        "mark": MARKS.get(job.state, "waiting"),
        "percent": 100 if job.state == JobState.SUCCEEDED else percent,
        "is_counted": is_over or bool(job.total),
        "sentence": job.message if is_over and job.message else _sentence(job),
        "has_file": bool(job.result) and job.state == JobState.SUCCEEDED,
    }


def _sentence(job):
    if job.state == JobState.QUEUED and job.attempts:
        when = date_format(localtime(job.run_after), "H:i")
        return _("It could not be done just now. It will be tried again by itself at %(time)s.") % {"time": when}
    if job.state == JobState.QUEUED:
        return _("It begins in a few seconds, later while other work is under way.")
    if job.state == JobState.RUNNING:
        return _("You may leave this page: the work goes on, and the page can be opened again.")
    if job.state == JobState.SUCCEEDED:
        return ""
    words = {"number": job.pk}
    return _("Start it again; if it fails once more, tell the administrator the number %(number)s.") % words


class ProgressView(WagtailAdminTemplateMixin, TemplateView):
    """The page; its script asks for the part that changes, without it a link loads the page anew."""

    template_name = "jobs/staff/progress.html"
    header_icon = "tasks"
    _show_breadcrumbs = True
    page_title = gettext_lazy("Progress of the work")

    @cached_property
    def job(self):
        return get_object_or_404(Job.objects.for_user(self.request.user), pk=self.kwargs["pk"])

    def get_breadcrumbs_items(self):
        return [{"url": "", "label": self.job.title or self.get_page_title()}]

    def get_context_data(self, **kwargs):
        return super().get_context_data(**progress_of(self.job), **kwargs)


@require_safe
def progress_part(request, pk):
    """The part of the page that changes while the job runs."""
    job = get_object_or_404(Job.objects.for_user(request.user), pk=pk)
    return render(request, "jobs/staff/_progress.html", progress_of(job))


@require_safe
def result(request, pk):
    """The file that came of the job; 404 when there is none, it is no longer kept, or the right to it is gone."""
    kept = Job.objects.for_user(request.user).exclude(result="").filter(state=JobState.SUCCEEDED)
    job = get_object_or_404(kept, pk=pk)
    if not may_fetch(request.user, job):
        raise Http404
    return as_download(job.result, name=job.result_name, mime=ANY_FILE)


urlpatterns = [
    path("<int:pk>/", ProgressView.as_view(), name="job_progress"),
    path("<int:pk>/part/", progress_part, name="job_progress_part"),
    path("<int:pk>/result/", result, name="job_result"),
]
