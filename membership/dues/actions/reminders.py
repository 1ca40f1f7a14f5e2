"""Verbs that remind units of dues: by hand and by rule, in the hours of an office, one unit at most once a day."""

from dataclasses import dataclass, field
from datetime import date, datetime, time

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from membership.audit.actions import record
from membership.dues import permissions
from membership.dues.calendar import dues_year
from membership.dues.models import DuesOrder, DuesReminder, DuesReminderRule, PaidYear
from membership.dues.owing import debts, in_short, liable, owing, unpaid
from membership.dues.standing import books_from, standing_of
from membership.dues.states import DuesEvent, OrderState
from membership.exceptions import Refusal
from membership.messaging import actions as messaging
from membership.units.models import Membership, Seat, Unit
from membership.units.permissions import require
from membership.units.states import Duty, MembershipState

OFFICE_HOURS = range(9, 18)
LATE_DAYS = 30  # so long after its day a rule of arrears still reminds; what is longer past, the next stage is for
AT_ONCE = 500  # units whose facts are read together
PORTION = 50  # units between two reports of how far it is


@dataclass(frozen=True)
class Reminding:
    """What a unit would be told, and why it is passed over; empty when it is not."""

    unit: Unit
    text: str
    variables: dict
    year: int
    phone: str
    obstacle: str = ""


@dataclass
class Outcome:
    """How many were sent, and the Remindings that were passed over."""

    sent: int = 0
    skipped: list = field(default_factory=list)


def is_quiet(now):
    """Outside of the hours of an office nobody is reminded."""
    return timezone.localtime(now).hour not in OFFICE_HOURS


def remind(units, *, by):
    """提醒: tell the administrators of these units which dues years are owed; returns the Outcome.

    Raises Refusal outside of office hours, and when none of them is left to remind.
    """
    require(permissions.may_manage_orders(by))
    now = timezone.now()
    if is_quiet(now):
        raise Refusal(_("Units are reminded from 9 to 18 o'clock only. Come back then."), code="quiet")
    outcome = Outcome()
    for reminding in forecast(units, now):
        if reminding.obstacle or not _send(reminding, now=now, by=by):
            outcome.skipped.append(reminding)
        else:
            outcome.sent += 1
    if not outcome.sent:
        raise Refusal(_("None of these units is left to remind of dues."), code="nobody")
    return outcome


def remind_all(certifications, *, by, report=lambda done, total: None):
    """提醒 to every member among these; returns the Outcome. Outside of office hours the rest is left.

    `report(done, total)` is called between portions; raises Refusal as `remind` does, when it begins out of hours.
    """
    require(permissions.may_manage_orders(by))
    if is_quiet(timezone.now()):
        raise Refusal(_("Units are reminded from 9 to 18 o'clock only. Come back then."), code="quiet")
    units, outcome = list(certifications.values_list("unit_id", flat=True)), Outcome()
    for start in range(0, len(units), PORTION):
        report(start, len(units))
        now = timezone.now()
        if is_quiet(now):
            break
        for reminding in forecast(units[start : start + PORTION], now):
            if reminding.obstacle or not _send(reminding, now=now, by=by):
                outcome.skipped.append(reminding)
            else:
                outcome.sent += 1
    return outcome


def forecast(units, now):
    """The Remindings of these units for the years that they owe now, by the name of the unit."""
    rows = owing(Membership.objects.filter(unit__in=units), now)
    found = [
        (debt.certification, "dues_arrears", {"year": in_short(debt.years)}, max(debt.years))
        for debt in debts(rows, now)
    ]
    return _remindings(found, now)


def remind_by_rules(now):
    """Run the active rules once; returns {rule: how many were sent}. Outside of office hours nothing happens."""
    if is_quiet(now):
        return {}
    sent = {}
    for rule in DuesReminderRule.objects.filter(is_active=True):
        due = (reminding for reminding in due_by(rule, now) if not reminding.obstacle)
        sent[rule] = sum(_send(reminding, now=now, rule=rule) for reminding in due)
    return sent


def due_by(rule, now):
    """Whom this rule reminds at `now` and has not yet, as Remindings: the dry run shows them, the job sends them."""
    first = books_from()
    if first is None or not _is_time(rule, timezone.localdate(now)):
        return
    rows = _candidates(rule, now, first).select_related("unit").order_by("unit__name", "pk")
    keys = list(rows.values_list("pk", flat=True))
    for start in range(0, len(keys), AT_ONCE):
        portion = list(rows.filter(pk__in=keys[start : start + AT_ONCE]))
        yield from _remindings(_told(rule, portion, now, first), now)


def number_due(rule, now):
    """How many units the rule is due for; those that would be passed over are among them."""
    first = books_from()
    if first is None or not _is_time(rule, timezone.localdate(now)):
        return 0
    return _candidates(rule, now, first).count()


def _is_time(rule, today):
    """Whether the stage of this rule has begun and no nearer one has: after a pause only that one reminds."""
    others = DuesReminderRule.objects.filter(is_active=True, event=rule.event)
    if rule.event == DuesEvent.BEFORE_YEAR_END:
        left = (date(today.year, 12, 31) - today).days
        nearer = others.filter(days__lt=rule.days).values_list("days", flat=True)
        return max(nearer, default=-1) < left <= rule.days
    gone = (today - date(today.year, 1, 1)).days
    later = others.filter(days__gt=rule.days).values_list("days", flat=True)
    return rule.days <= gone < min([*later, rule.days + LATE_DAYS])


def year_of(rule, now):
    """The dues year that the rule asks for."""
    return dues_year(now) + (rule.event == DuesEvent.BEFORE_YEAR_END)


def _candidates(rule, now, first):
    year = year_of(rule, now)
    done = DuesReminder.objects.filter(unit=OuterRef("unit"), year=year, rule=rule)
    members = liable(Membership.objects.filter(state=MembershipState.ACTIVE), first)
    return members.filter(unpaid(year), ~Exists(done), liable_from__lte=year)


def _told(rule, certifications, now, first):
    """[(certification, text, variables, year)]: a unit that owes this year is told that instead of the next."""
    paid = PaidYear.objects.filter(unit__in=[row.unit_id for row in certifications]).by_unit()
    this_year, told = dues_year(now), []
    for row in certifications:
        standing = standing_of(paid.get(row.unit_id, ()), row.unit.joined_on or row.since, first, now)
        if this_year in standing.arrears:
            told.append((row, "dues_arrears", {"year": str(this_year)}, year_of(rule, now)))
        else:
            day = standing.paid_through or date(this_year, 12, 31)
            told.append((row, "dues_due", {"date": f"{day:%Y-%m-%d}"}, year_of(rule, now)))
    return told


def _remindings(told, now):
    units = [row.unit_id for row, *_rest in told]
    owners = Seat.objects.filter(unit__in=units, duty=Duty.OWNER).select_related("user")
    phones = {seat.unit_id: str(seat.user.phone) for seat in owners}
    today = set(_sent_today(now).filter(unit__in=units).values_list("unit_id", flat=True))
    proven = DuesOrder.objects.filter(unit__in=units, state=OrderState.AWAITING_CONFIRMATION)
    proven = set(proven.values_list("unit_id", flat=True))
    found = []
    for row, text, variables, year in told:
        obstacle = ""
        if row.state != MembershipState.ACTIVE:
            obstacle = _("The membership is suspended.")
        elif row.unit_id not in phones:
            obstacle = _("The unit has no administrator with a mobile number.")
        elif row.unit_id in proven:
            obstacle = _("The unit has uploaded a proof of transfer, which waits for confirmation.")
        elif row.unit_id in today:
            obstacle = _("The unit has been reminded today.")
        phone = phones.get(row.unit_id, "")
        found.append(Reminding(row.unit, text, {"unit": row.unit.name} | variables, year, phone, obstacle))
    return found


def _sent_today(now):
    midnight = datetime.combine(timezone.localdate(now), time(), tzinfo=timezone.get_current_timezone())
    return DuesReminder.objects.filter(sent_at__gte=midnight)


def _send(reminding, *, now, rule=None, by=None):
    """One message with its row and its record. False when another process was first: lock and constraint decide."""
    with transaction.atomic():
        Unit.objects.select_for_update().get(pk=reminding.unit.pk)
        if _sent_today(now).filter(unit=reminding.unit).exists():
            return False
        reminder = _written(reminding, rule, now)
        if reminder is None:
            return False
        message = messaging.post("sms", reminding.text, reminding.phone, by=by, **reminding.variables)
        DuesReminder.objects.filter(pk=reminder.pk).update(message=message)
        verb = "dues.remind_by_rule" if rule else "dues.remind"
        after = {"year": reminding.year, "text": reminding.text}
        record(verb, reminding.unit, by=by, unit_id=reminding.unit.pk, after=after, in_history=False)
    return True


def _written(reminding, rule, now):
    """The row that says so; None when the rule has reminded this unit of this year already."""
    try:
        with transaction.atomic():
            return DuesReminder.objects.create(unit=reminding.unit, year=reminding.year, rule=rule, sent_at=now)
    except IntegrityError:
        return None
