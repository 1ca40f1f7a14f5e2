"""Jobs of tracking."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from membership.accounts.models import User
from membership.jobs.actions import enqueue, keep_result, register, report_progress
from membership.spreadsheets import Column, Sheet, as_file
from membership.tracking import actions, bundles, permissions, sheets
from membership.tracking.actions.reminders import announce, concerned_by, seconds_until_loud, send
from membership.tracking.models import Delivery, ReminderSettings
from membership.tracking.naming import file_name
from membership.tracking.states import Export, Occasion, ReceiptKind
from membership.units.models import Unit
from membership.units.permissions import require

RECEIPTS_ON_THEIR_WAY = timedelta(minutes=1)


@register("tracking.deliver", gettext_lazy("Deliver a notice"))
def deliver(notice_id, user_id=None):
    """Deliver a published notice; what was unpublished meanwhile is left alone."""
    notice = _notices().live().filter(pk=notice_id).first()
    if notice:
        actions.deliver(notice, by=User.objects.filter(pk=user_id).first())


@register("tracking.deliver_open_notices", gettext_lazy("Deliver open notices to a new member"))
def deliver_open_notices(unit_id):
    actions.deliver_open_notices(Unit.objects.get(pk=unit_id))


@register("tracking.leave_counts", gettext_lazy("Take a unit that has left out of the counts"))
def leave_counts(unit_id):
    actions.leave_counts(Unit.objects.get(pk=unit_id))


@register("tracking.deliver_open_notices_to_newcomers", gettext_lazy("Deliver open notices to new members"))
def deliver_open_notices_to_newcomers(decided_at):
    actions.deliver_open_notices_to_newcomers(datetime.fromisoformat(decided_at))


@register("tracking.complete_deliveries", gettext_lazy("Complete the deliveries of notices"), recurring=True)
def complete_deliveries():
    """Find live notices whose delivery never happened, or not since they were recalled, and deliver them."""
    for notice in _notices().undelivered():
        actions.deliver(notice)


@register("tracking.announce", gettext_lazy("Tell units of a notice"))
def announce_notice(notice_id, job):
    """Tell units by text message of what they were sent; at night it waits for the morning."""
    settings, now = ReminderSettings.current(), timezone.now()
    if settings.is_quiet(now):
        enqueue("tracking.announce", delay=seconds_until_loud(settings, now), notice_id=notice_id)
        return
    notice = _notices().live().filter(pk=notice_id).first()
    if notice:
        announce(notice, progress=lambda done, total: report_progress(job, done, total))


@register("tracking.remind", gettext_lazy("Remind units of a notice"))
def remind(notice_id, occasion, unit_ids, job):
    """Remind the units, and leave a list of those that were passed over and why."""
    notice, occasion = _notices().get(pk=notice_id), Occasion(occasion)
    units = None if unit_ids is None else Unit.objects.filter(pk__in=unit_ids)
    outcome = send(
        concerned_by(notice, occasion, units),
        occasion=occasion,
        by=job.created_by,
        progress=lambda done, total: report_progress(job, done, total),
    )
    words = {"sent": outcome.sent, "skipped": len(outcome.skipped)}
    total = outcome.sent + len(outcome.skipped)
    report_progress(job, total, total, _("Reminded: %(sent)d units. Passed over: %(skipped)d.") % words)
    if outcome.skipped:
        rows = [(unit.name, unit.uscc, unit.contact_name, unit.contact_phone, why) for unit, why in outcome.skipped]
        titles = (_("Unit"), _("Credit code"), _("Contact person"), _("Contact phone"), _("Why not"))
        sheet = Sheet(_("Passed over"), [Column(title) for title in titles], rows)
        name = f"{sheet.title}.xlsx"
        with as_file([sheet], name) as file:
            keep_result(job, file, name=name)


def _may_fetch(user, arguments):
    return permissions.may_take(user, Export(arguments["what"]))


@register("tracking.export", gettext_lazy("Export the receipts of a notice"), may_fetch=_may_fetch)
def export(notice_id, what, job):
    """Make the file that somebody asked for; who has lost the right meanwhile is refused."""
    what, notice = Export(what), _notices().get(pk=notice_id)
    require(job.created_by is not None and permissions.may_take(job.created_by, what))

    def progress(done, total):
        report_progress(job, done, total)

    name, message = file_name(notice, what), ""
    if what == Export.BUNDLE:
        file, lost = bundles.bundle(notice, by=job.created_by, progress=progress)
        message = bundles.words_for(lost)
    elif what == Export.WORKBOOK:
        file = as_file(sheets.of_receipts(notice, progress=progress), name)
    else:
        file = as_file(sheets.of_result(notice.deliberation_result, progress=progress), name)
    with file:
        keep_result(job, file, name=name)
    if message:
        report_progress(job, 1, 1, message)


@register("tracking.remind_by_rules", gettext_lazy("Remind by the rules for notices"), recurring=True)
def remind_by_rules():
    actions.remind_by_rules(timezone.now())


@register("tracking.freeze_results", gettext_lazy("Fix the results of deliberations"), recurring=True)
def freeze_results():
    """Freeze the result of deliberations whose deadline is over; those with more time for some wait for these.

    A receipt that was returned in the last second may still be on its way into the database: it gets a minute.
    """
    before = timezone.now() - RECEIPTS_ON_THEIR_WAY
    over = _notices().live().filter(receipt_kind=ReceiptKind.DELIBERATION, deadline__lt=before)
    for notice in over.filter(deliberation_result=None, deliveries__isnull=False).distinct():
        if not Delivery.objects.standing().filter(notice=notice, deadline_override__gte=before).exists():
            actions.freeze_result(notice)


@register("tracking.erase_attendees", gettext_lazy("Erase the data of attendees"), recurring=True)
def erase_attendees():
    actions.erase_attendees(timezone.now())


def _notices():
    return Delivery.notice.field.related_model.objects
