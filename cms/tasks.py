"""Jobs of the editorial room."""

from django.core.management import call_command

from membership.jobs.actions import register


@register("cms.publish_scheduled", recurring=True)
def publish_scheduled():
    """Publish what is due by now and take down what has run out, as Wagtail keeps it in its drafts."""
    call_command("publish_scheduled")
