"""Jobs of the editorial room."""

from django.core.management import call_command
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.actions import hold_back_unready, with_pages_counted
from cms.models import Attachment
from membership.jobs.actions import register
from membership.units import actions as units


@register("cms.draw_pages", _("Draw the pages of an attachment"))
def draw_pages(attachment_id):
    """Draw the pages of an attachment; one that is gone meanwhile is left alone."""
    attachment = Attachment.objects.filter(pk=attachment_id).first()
    if attachment:
        units.draw_pages(with_pages_counted(attachment))


@register("cms.publish_scheduled", _("Publish and take down pages on time"), recurring=True)
def publish_scheduled():
    """Publish what is due by now and take down what has run out, as Wagtail keeps it in its drafts.

    What may not go out is taken off the schedule first: Wagtail's command would stop at it, and leave the others.
    """
    hold_back_unready(timezone.now())
    call_command("publish_scheduled")
