"""What the jobs room adds to the Wagtail admin."""

from django.urls import include, path
from wagtail import hooks
from wagtail_modeladmin.options import modeladmin_register

from membership.jobs.staff import progress, status
from membership.jobs.staff.register import JobAdmin

modeladmin_register(JobAdmin)
hooks.register("register_settings_menu_item", status.menu_item)


@hooks.register("register_admin_urls")
def progress_urls():
    return [path("jobs/", include(progress.urlpatterns)), path("jobs/", include(status.urlpatterns))]
