"""Jobs of the member register."""

from django.utils import timezone

from membership.jobs.actions import register
from membership.units import actions
from membership.units.actions.reminders import remind_expiring
from membership.units.models import Document


@register("units.draw_pages")
def draw_pages(document_id):
    """Draw the pages of a stored document; one that is gone meanwhile is left alone."""
    document = Document.objects.filter(pk=document_id).first()
    if document:
        actions.draw_pages(document)


@register("units.remind_expiring", recurring=True)
def remind_of_certificates():
    """Reminders 60, 30 and 7 days before a certificate runs out, by the calendar of the association."""
    remind_expiring(timezone.localdate())
