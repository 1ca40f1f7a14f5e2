"""The register of background jobs: where administrators see what failed and why."""

from django.contrib.admin import SimpleListFilter
from django.utils.translation import gettext_lazy as _
from wagtail_modeladmin.options import ModelAdmin

from membership.audit.registers import ReadOnly, RegisterView
from membership.jobs import actions
from membership.jobs.models import Job


class JobsAreSeen(ReadOnly):
    """Whoever may see jobs; the worker alone changes them."""

    def user_can_list(self, user):
        return user.has_perm("jobs.view_job")


class ByKind(SimpleListFilter):
    """What the job does."""

    title = _("job")
    parameter_name = "name"

    def lookups(self, request, model_admin):
        names = Job.objects.order_by("name").values_list("name", flat=True).distinct()
        return [(name, actions.label_of(name)) for name in names]

    def queryset(self, request, queryset):
        return queryset.filter(name=self.value()) if self.value() else queryset


class JobAdmin(ModelAdmin):
    model = Job
    base_url_path = "jobs"
    menu_label = _("Background jobs")
    menu_icon = "tasks"
    add_to_settings_menu = True
    permission_helper_class = JobsAreSeen
    index_view_class = RegisterView
    inspect_view_enabled = True
    history_view_enabled = False
    inspect_view_fields = [
        "name",
        "arguments",
        "state",
        "attempts",
        "error",
        "created_by",
        "created_at",
        "run_after",
        "started_at",
        "finished_at",
    ]
    list_display = ["what", "__str__", "state", "attempts", "error", "created_at", "finished_at"]
    list_filter = ["state", ByKind]
    ordering = ["-pk"]

    def what(self, job):
        return actions.label_of(job.name)

    what.short_description = _("Job")
