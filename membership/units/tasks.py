"""Jobs of the member register."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from membership.jobs.actions import register
from membership.units import actions
from membership.units.actions import import_writing, imports
from membership.units.actions.reminders import remind_expiring
from membership.units.models import Document, UnitImport

OFFICE_HOURS = range(9, 18)


@register("units.draw_pages", _("Draw the pages of a document"))
def draw_pages(document_id):
    """Draw the pages of a stored document; one that is gone meanwhile is left alone."""
    document = Document.objects.filter(pk=document_id).first()
    if document:
        actions.draw_pages(document)


@register(
    "units.check_import",
    _("Check an imported list of members"),
    on_failure=lambda import_id: imports.give_up_check(import_id),
)
def check_import(import_id, job):
    imports.check_import(UnitImport.objects.get(pk=import_id), job=job)


@register(
    "units.write_import",
    _("Write an imported list of members"),
    on_failure=lambda import_id: import_writing.give_up_write(import_id),
)
def write_import(import_id, job):
    import_writing.write_import(UnitImport.objects.select_related("confirmed_by").get(pk=import_id), job=job)


@register("units.forget_imports", _("Forget old imports of members"), recurring=True)
def forget_imports():
    imports.forget_imports()


@register("units.remind_expiring", _("Remind of certificates that run out"), recurring=True)
def remind_of_certificates():
    """Reminders 60, 30 and 7 days before a certificate runs out, by the calendar and in the hours of an office."""
    now = timezone.localtime()
    if now.hour in OFFICE_HOURS:
        remind_expiring(now.date())
