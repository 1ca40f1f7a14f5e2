"""Jobs of the member register."""

from membership.jobs.actions import register
from membership.units import actions
from membership.units.models import Document


@register("units.draw_pages")
def draw_pages(document_id):
    """Draw the pages of a stored document; one that is gone meanwhile is left alone."""
    document = Document.objects.filter(pk=document_id).first()
    if document:
        actions.draw_pages(document)
