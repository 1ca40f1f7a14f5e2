"""Verbs that tell units of a notice and remind them: by hand, by rule, never twice, never at night."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from membership.audit.actions import record
from membership.exceptions import Refusal
from membership.jobs import actions as jobs
from membership.messaging import actions as messaging
from membership.tracking import permissions
from membership.tracking.models import Delivery, Reminder, ReminderRule, ReminderSettings
from membership.tracking.states import Occasion, RuleEvent
from membership.units.models import Seat
from membership.units.permissions import require
from membership.units.states import Duty

CHUNK = 100
STALE_AFTER = timedelta(days=7)  # a rule that was down for longer reminds nobody of what is long past


@dataclass
class Outcome:
    """How many were sent, and (unit, why not) of those that were passed over."""

    sent: int = 0
    skipped: list = field(default_factory=list)


def request_reminders(notice, *, by, occasion, units=None, result_url=""):
    """提醒未读 or 提醒未回执: ask the worker to remind these units of the notice, or all that it concerns.

    Returns the Job. Raises Refusal in the quiet hours and when nobody is left to remind.
    """
    require(permissions.may_remind(by))
    settings, now = ReminderSettings.current(), timezone.now()
    if settings.is_quiet(now):
        words = {"from": f"{settings.quiet_from:%H:%M}", "until": f"{settings.quiet_until:%H:%M}"}
        raise Refusal(
            _("From %(from)s to %(until)s no messages are sent. Remind the units afterwards.") % words, code="quiet"
        )
    concerned = concerned_by(notice, occasion, units)
    if not concerned.exists():
        raise Refusal(_("None of these units is left to remind."), code="nobody")
    with transaction.atomic():
        after = {"occasion": str(occasion), "units": concerned.count()}
        record("tracking.remind", notice, by=by, after=after)
        return jobs.enqueue(
            "tracking.remind",
            by=by,
            title=_("Reminders of “%(title)s”") % {"title": notice.title[:80]},
            result_url=result_url,
            notice_id=notice.pk,
            occasion=str(occasion),
            unit_ids=None if units is None else [unit.pk for unit in units],
        )


def concerned_by(notice, occasion, units=None):
    """The deliveries of the notice that have not been read, or not been answered."""
    deliveries = Delivery.objects.of_members().filter(notice=notice)
    deliveries = deliveries.unread() if occasion == Occasion.UNREAD else deliveries.awaiting_receipt()
    return deliveries if units is None else deliveries.filter(unit__in=units)


def forecast(deliveries):
    """What reminding these deliveries would come to now: the deliveries with `sent_lately` and `is_reachable`.

    `sent_lately` is when the unit was last sent a message about the notice within the gap of the settings.
    """
    lately = Reminder.objects.filter(delivery=OuterRef("pk")).since(timezone.now() - ReminderSettings.current().gap)
    owners = Seat.objects.filter(unit=OuterRef("unit"), duty=Duty.OWNER)
    return deliveries.annotate(sent_lately=Subquery(lately.values("sent_at")[:1]), is_reachable=Exists(owners))


def announce(notice, *, progress=None):
    """Tell the administrators of units that have not been told of this notice; safe to run again and in parallel."""
    told = Reminder.objects.filter(delivery=OuterRef("pk"), occasion=Occasion.NEW)
    new = Delivery.objects.standing().of_members().filter(~Exists(told), notice=notice)
    return send(new, occasion=Occasion.NEW, progress=progress)


def remind_by_rules(now):
    """Run the active rules once; returns {rule: Outcome}. In the quiet hours nothing happens."""
    if ReminderSettings.current().is_quiet(now):
        return {}
    return {rule: send(due_by(rule, now), occasion=occasion_of(rule), rule=rule) for rule in active_rules()}


def active_rules():
    return list(ReminderRule.objects.filter(is_active=True))


def occasion_of(rule):
    return Occasion.UNREAD if rule.event == RuleEvent.UNREAD else Occasion.AWAITING


def due_by(rule, now):
    """The deliveries that this rule reminds of at `now` and has not yet: the dry run shows them, the job sends them."""
    done = Reminder.objects.filter(delivery=OuterRef("pk"), rule=rule)
    deliveries = Delivery.objects.of_members().filter(~Exists(done), notice__live=True)
    days = timedelta(days=rule.days)
    if rule.event == RuleEvent.UNREAD:
        return deliveries.unread().filter(delivered_at__lte=now - days, delivered_at__gt=now - days - STALE_AFTER)
    waiting = deliveries.awaiting_receipt().with_deadline()
    if rule.event == RuleEvent.AFTER_DEADLINE:
        return waiting.filter(deadline__lte=now - days, deadline__gt=now - days - STALE_AFTER)
    nearer = [other.days for other in active_rules() if other.event == rule.event and other.days < rule.days]
    return waiting.filter(deadline__lte=now + days, deadline__gt=now + timedelta(days=max(nearer, default=0)))


def send(deliveries, *, occasion, rule=None, by=None, progress=None):
    """Send one message to the administrator of each unit, in portions that are each judged anew; returns the Outcome.

    Passed over: who was sent a message about this notice within the gap of the settings, and who has no administrator.
    """
    outcome, gap = Outcome(), ReminderSettings.current().gap
    keys = list(deliveries.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), CHUNK):
        with transaction.atomic():
            chosen = deliveries.filter(pk__in=keys[start : start + CHUNK]).select_for_update(of=("self",))
            _send_portion(list(chosen.select_related("unit", "notice", "category")), occasion, rule, by, gap, outcome)
        if progress:
            progress(min(start + CHUNK, len(keys)), len(keys))
    return outcome


def _send_portion(deliveries, occasion, rule, by, gap, outcome):
    now = timezone.now()
    recent = {}
    if occasion != Occasion.NEW:
        sent = Reminder.objects.filter(delivery__in=deliveries).since(now - gap)
        recent = dict(sent.values_list("delivery_id", "sent_at"))
    owners = Seat.objects.filter(unit__in=[d.unit_id for d in deliveries], duty=Duty.OWNER).select_related("user")
    phones = {seat.unit_id: str(seat.user.phone) for seat in owners}
    for delivery in deliveries:
        if delivery.pk in recent:
            when = date_format(timezone.localtime(recent[delivery.pk]), "m-d H:i")
            outcome.skipped.append((delivery.unit, _("A message was sent at %(when)s.") % {"when": when}))
        elif delivery.unit_id not in phones:
            outcome.skipped.append((delivery.unit, _("The unit has no administrator with a mobile number.")))
        else:
            text, variables = text_for(delivery, occasion, now)
            message = messaging.post("sms", text, phones[delivery.unit_id], by=by, **variables)
            Reminder.objects.create(delivery=delivery, occasion=occasion, rule=rule, message=message, sent_by=by)
            outcome.sent += 1


def text_for(delivery, occasion, now):
    """(key of the text, its variables) that the unit is sent."""
    notice = delivery.notice
    if occasion == Occasion.NEW:
        return "new_notice", {"category": delivery.category.name, "title": notice.title}
    deadline = delivery.deadline_override or notice.deadline
    if occasion == Occasion.UNREAD or deadline is None:
        return "notice_unread", {"title": notice.title}
    when = date_format(timezone.localtime(deadline), "m-d H:i")
    return ("receipt_due" if deadline >= now else "receipt_overdue"), {"title": notice.title, "deadline": when}


def seconds_until_loud(settings, now):
    """How long the quiet hours still last, in seconds."""
    here = timezone.localtime(now)
    end = datetime.combine(here.date(), settings.quiet_until, tzinfo=here.tzinfo)
    return int((end - here if end > here else end + timedelta(days=1) - here).total_seconds())
