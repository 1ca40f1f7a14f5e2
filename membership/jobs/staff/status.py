"""后台运行状况: whether workers and scheduler are at work, what failed, and one more try for it."""

from django.contrib.humanize.templatetags.humanize import naturaltime
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST
from django.views.generic import TemplateView
from wagtail.admin import messages
from wagtail.admin.menu import MenuItem
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from membership.jobs import actions, permissions, watch
from membership.jobs.models import Job

FAILED_SHOWN = 50
STATUS = "job_status"


class StatusView(WagtailAdminTemplateMixin, TemplateView):
    """One page; it is loaded anew to see what has changed."""

    template_name = "jobs/staff/status.html"
    header_icon = "tasks"
    _show_breadcrumbs = True
    page_title = gettext_lazy("State of background work")

    def dispatch(self, request, *args, **kwargs):
        if not permissions.may_see(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_breadcrumbs_items(self):
        return [{"url": "", "label": self.get_page_title()}]

    def get_context_data(self, **kwargs):
        found = watch.standing()
        may_try = permissions.may_try_again(self.request.user)
        failed = list(found.pop("failed")[: FAILED_SHOWN + 1])
        rows = [
            (job, actions.label_of(job.name), may_try and actions.can_be_tried_again(job))
            for job in failed[:FAILED_SHOWN]
        ]
        running = [(job, actions.label_of(job.name)) for job in found.pop("running")]
        told = naturaltime(found["scheduler_at"]) if found["scheduler_at"] else _("never")
        more = len(failed) > FAILED_SHOWN
        return super().get_context_data(**found, running=running, failed=rows, more=more, scheduler_told=told, **kwargs)


@require_POST
def try_again(request, pk):
    """The button beside a job that failed."""
    permissions.require(permissions.may_see(request.user))
    actions.try_again(get_object_or_404(Job.objects.failed(), pk=pk), by=request.user)
    messages.success(request, _("The job is tried again."))
    return redirect(STATUS)


class StatusMenuItem(MenuItem):
    """For whoever may see the jobs."""

    def is_shown(self, request):
        return permissions.may_see(request.user)


def menu_item():
    label = gettext_lazy("State of background work")
    return StatusMenuItem(label, reverse_lazy(STATUS), name="job-status", icon_name="tasks", order=890)


urlpatterns = [
    path("status/", StatusView.as_view(), name=STATUS),
    path("<int:pk>/try-again/", try_again, name="job_try_again"),
]
