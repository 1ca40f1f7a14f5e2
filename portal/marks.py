"""How a message looks in lists and on its page: kind, mark, deadline and time in words (guide 二.(一), 二.(二))."""

from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property, lru_cache
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.models import AssociationSettings
from membership.tracking.states import ReceiptKind, ReceiptState
from portal.kept import HOLE

NO_TIME, MINUTE, DAY = timedelta(0), timedelta(minutes=1), timedelta(days=1)
SOON = timedelta(days=3)  # before the deadline; from then on it is shown in warning colour


def day_and_time(at, now):
    """11-28 18:00, with the year in front when it is not the present one."""
    return _in_year(at, timezone.localtime(now).year)


def _in_year(at, year):
    full = full_time(at)
    return full[5:] if full[:4] == str(year) else full


def full_time(at):
    """2026-11-28 18:00, in the one time zone of the association."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def days_left(deadline, now):
    """In words how long there is until the deadline, by calendar days; empty once it has passed."""
    return _left(_calendar_days(deadline, now))


def _left(days):
    if days is None:
        return ""
    return _("days left: %(days)d") % {"days": days} if days else _("last day")


def _calendar_days(deadline, now):
    """From today to the day of the deadline; None once it has passed."""
    return (timezone.localdate(deadline) - timezone.localdate(now)).days if deadline >= now else None


def late_words(deadline):
    """That a receipt is too late and taken nevertheless."""
    words = {"when": deadline}
    return _("The deadline was %(when)s. Receipts are still taken; yours will be marked as late.") % words


def saved_words(draft, now):
    """草稿已保存 14:08; the day too when it was not today."""
    at = timezone.localtime(draft.saved_at)
    is_today = at.date() == timezone.localdate(now)
    return _("Draft saved %(when)s") % {"when": date_format(at, "H:i") if is_today else day_and_time(at, now)}


@lru_cache
def _pattern():
    """The address of a message with a hole for its number; the same as long as the process lives."""
    return HOLE.join(reverse("portal:message", args=[0]).rsplit("0", 1))


@lru_cache(maxsize=1)
def _year(now):
    return timezone.localtime(now).year


class Mark(StrEnum):
    """What the mark after the title says."""

    NOTHING = ""
    UNREAD = "unread"
    RECALLED = "recalled"
    AWAITED = "awaited"
    OVERDUE = "overdue"  # and late receipts are taken
    CLOSED = "closed"
    RETURNED = "returned"
    RETURNED_LATE = "returned late"

    @property
    def words(self):
        """Label and colour; None when there is nothing to say."""
        return MARKS[self] and {"label": MARKS[self][0], "css": MARKS[self][1]}


MARKS = {
    Mark.NOTHING: None,
    Mark.UNREAD: (gettext_lazy("Unread"), "danger"),
    Mark.RECALLED: (gettext_lazy("Recalled"), "muted"),
    Mark.AWAITED: (ReceiptState.AWAITING.label, "warn"),
    Mark.OVERDUE: (ReceiptState.AWAITING.label, "warn"),
    Mark.CLOSED: (gettext_lazy("Past the deadline"), "muted"),
    Mark.RETURNED: (ReceiptState.SUBMITTED.label, "ok"),
    Mark.RETURNED_LATE: (gettext_lazy("Receipt returned late"), "ok"),
}


class Line(NamedTuple):
    """What a list shows of a message: the same for every unit with which it stands alike. Its words are found when it
    is drawn."""

    title: str
    category: str
    is_unread: bool
    pinned: bool
    receipt_kind: str
    says: Mark
    published_at: datetime
    minutes: int | None  # since then, within the first day
    due_at: datetime | None  # when the receipt is due, or when it was returned
    days: int | None  # from today to the day of the deadline
    is_soon: bool
    year: int  # this one

    @property
    def url(self):
        return _pattern()

    @property
    def kind(self):
        """会议审议回执 or 参加会议回执, before the title; empty for a notice without receipt."""
        return "" if self.receipt_kind == ReceiptKind.NONE else ReceiptKind(self.receipt_kind).label

    @property
    def mark(self):
        """The mark after the title, label and colour; None when there is nothing to say.

        Without receipt: 未读 until opened. With receipt: 未回执, read or not, until it is in (已回执) or late (已截止).
        """
        return self.says.words

    @property
    def published(self):
        """Relative within a day, then month, day and time, the year if it is another one."""
        if self.minutes is None:
            return _in_year(self.published_at, self.year)
        if self.minutes < 1:
            return _("just now")
        if self.minutes < 60:
            return _("%(minutes)d min ago") % {"minutes": self.minutes}
        return _("%(hours)d h ago") % {"hours": self.minutes // 60}

    @property
    def published_exactly(self):
        """For programs, as in HTML's <time>."""
        return timezone.localtime(self.published_at).isoformat()

    @property
    def published_in_full(self):
        return full_time(self.published_at)

    @property
    def is_overdue(self):
        """The deadline has passed, and late receipts are taken."""
        return self.says == Mark.OVERDUE

    @property
    def left(self):
        """In words how long there is until the receipt is due; empty where none is due."""
        return _left(self.days)

    @property
    def due(self):
        """What is said about the receipt's deadline, with its colour; None when there is none to speak of."""
        if self.due_at is None:
            return None
        when = _in_year(self.due_at, self.year)
        words = {"day": when[:-6], "when": when, "left": self.left}
        if self.says in {Mark.RETURNED, Mark.RETURNED_LATE}:
            return {"label": _("Returned on %(day)s") % words, "css": ""}
        if self.says == Mark.CLOSED:
            return {"label": _("Closed on %(day)s") % words, "css": "late"}
        if self.is_overdue:
            return {"label": _("Closed on %(day)s, late receipts are taken") % words, "css": "late"}
        return {"label": _("Due %(when)s, %(left)s") % words, "css": "soon" if self.is_soon else ""}


class Trail(NamedTuple):
    """The way back from a message: the tab under which it stands."""

    slug: str
    category: str


class Message:
    """One delivery, loaded `with_deadline` and `with_lateness`, as it is shown at the moment `now`.

    What a line asks for several times is found once: the message of another moment is another `Message`.
    """

    def __init__(self, delivery, now):
        self.delivery, self.notice, self.now = delivery, delivery.notice, now

    @property
    def pk(self):
        return self.delivery.pk

    @property
    def url(self):
        return _pattern().replace(HOLE, str(self.pk))

    @property
    def is_unread(self):
        return self.delivery.is_unread

    @property
    def is_recalled(self):
        return self.delivery.recalled_at is not None

    @cached_property
    def is_open(self):
        """A receipt may be returned or revised now."""
        return self.delivery.is_open_for_receipt(self.now)

    @cached_property
    def is_closed(self):
        """A receipt was asked for and its deadline has passed."""
        return self.delivery.receipt_state != ReceiptState.NONE and not self.is_recalled and not self.is_open

    @property
    def has_receipt(self):
        return self.delivery.receipt_state == ReceiptState.SUBMITTED

    @property
    def came_late(self):
        """The receipt is in, and came after the deadline."""
        return self.has_receipt and self.delivery.came_late

    @property
    def is_settled(self):
        """The receipt came in time and the deadline has passed: it stays as it is."""
        return not self.is_recalled and self.delivery.is_settled_at(self.now)

    @property
    def is_late(self):
        """A receipt may still be returned, but will be marked as late."""
        return self.is_open and self.delivery.is_late_at(self.now)

    @property
    def late_words(self):
        return late_words(self.deadline)

    @cached_property
    def says(self):
        delivery = self.delivery
        if delivery.recalled_at is not None:
            return Mark.RECALLED
        if delivery.receipt_state == ReceiptState.NONE:
            return Mark.UNREAD if delivery.read_at is None else Mark.NOTHING
        if delivery.receipt_state == ReceiptState.SUBMITTED:
            return Mark.RETURNED_LATE if delivery.came_late else Mark.RETURNED
        if not self.is_open:
            return Mark.CLOSED
        return Mark.OVERDUE if delivery.is_late_at(self.now) else Mark.AWAITED

    @cached_property
    def line(self):
        """What a list shows of it, but for its address."""
        delivery, notice, now, says = self.delivery, self.notice, self.now, self.says
        published_at = notice.published_at
        age = now - published_at
        due_at, days, is_soon = None, None, False
        if says in {Mark.RETURNED, Mark.RETURNED_LATE}:
            due_at = delivery.receipted_at
        elif says in {Mark.AWAITED, Mark.OVERDUE, Mark.CLOSED}:
            due_at = delivery.deadline
        if says == Mark.AWAITED and due_at:
            days, is_soon = _calendar_days(due_at, now), due_at - now < SOON
        return Line(
            *(notice.title, delivery.category.name, delivery.is_unread, delivery.pinned, delivery.receipt_kind, says),
            *(published_at, age // MINUTE if NO_TIME <= age < DAY else None, due_at, days, is_soon, _year(now)),
        )

    @cached_property
    def line_of_day(self):
        """What its page shows of the line: nothing that passes by the minute, nor whether it was opened before."""
        return self.line._replace(minutes=None, is_unread=False, pinned=False)

    @property
    def trail(self):
        return Trail(self.delivery.category.slug, self.delivery.category.name)

    @property
    def kind(self):
        return self.line.kind

    @property
    def mark(self):
        return self.line.mark

    @property
    def category(self):
        return self.delivery.category.name

    @property
    def published_in_full(self):
        return self.line.published_in_full

    @property
    def due(self):
        return self.line.due

    @property
    def deadline(self):
        return full_time(self.delivery.deadline) if self.delivery.deadline else ""

    @property
    def closed_words(self):
        """That it is too late, and whom to ask."""
        contact = self.notice.contact or AssociationSettings.current().phone or _("the association")
        words = {"when": self.deadline, "contact": contact}
        if self.is_settled:
            return (
                _(
                    "Receipts closed at %(when)s. Yours came in time and counts as it is; it can no longer be revised. "
                    "If something is wrong in it, contact %(contact)s."
                )
                % words
            )
        return _("Receipts closed at %(when)s. To hand one in late, contact %(contact)s.") % words

    @property
    def left(self):
        return days_left(self.delivery.deadline, self.now) if self.delivery.deadline else ""


def step_numbers(form, to_fill_in):
    """The steps of the guide (二.(二)) that this receipt has, numbered in order: {name: number}."""
    answers = ["attendees", "add"] if form.attendees is not None else ["opinions"] if form.items else []
    upload = ["upload"] if form.takes_file else []
    names = [*(["download"] if to_fill_in else []), *answers, *upload, "submit"]
    return {name: number for number, name in enumerate(names, start=1)}


def left_to_do(form):
    """What the receipt still lacks, in words for the side card."""
    unanswered = sum(not row.choice.value() for row in form.agenda)
    if unanswered:
        yield _("Opinions still to choose: %(number)d") % {"number": unanswered}
    nobody_named = form.attendees is not None and not any(row["name"].value() for row in form.attendees)
    if nobody_named and not form.declines:
        yield _("Enter the attendees")
    if form.wants_file and not form.declines and not form.kept:
        yield _("Upload the receipt file")
    yield _("Return receipt") if form.takes_file else _("Confirm that your unit has read it")
