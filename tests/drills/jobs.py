"""Jobs of a drill, each with two effects and a place between them to be killed at."""

import os

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from cms.models import NoticePage
from membership.jobs.actions import enqueue, register
from membership.tracking import actions
from membership.units.actions import store_document
from membership.units.models import Unit
from tests.drills.holding import hold
from tests.files import pdf_bytes


@register("drill.deliver_both")
def deliver_both(first, second):
    actions.deliver(NoticePage.objects.get(pk=first))
    hold(os.environ["DRILL_FOLDER"], "between")
    actions.deliver(NoticePage.objects.get(pk=second))


@register("drill.ask_and_die")
def ask_and_die():
    """Asks for a job in a transaction that never ends."""
    with transaction.atomic():
        enqueue("drill.never", number=1)
        hold(os.environ["DRILL_FOLDER"], "asked")


@register("drill.store_and_die")
def store_and_die(unit, person):
    """Puts the file away in a transaction that never ends."""
    unit = Unit.objects.get(pk=unit)
    with transaction.atomic():
        upload = SimpleUploadedFile("执照.pdf", pdf_bytes(), "application/pdf")
        store_document(upload, unit=unit, kind="business_license", by=unit.seats.get(user=person).user)
        hold(os.environ["DRILL_FOLDER"], "stored")
