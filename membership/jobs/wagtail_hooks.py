"""What the jobs room adds to the Wagtail admin."""

from wagtail_modeladmin.options import modeladmin_register

from membership.jobs.staff.register import JobAdmin

modeladmin_register(JobAdmin)
