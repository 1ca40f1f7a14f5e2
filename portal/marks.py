"""How a message looks in lists and on its page: kind, mark, deadline and time in words (guide 二.(一), 二.(二))."""

from datetime import timedelta
from functools import cached_property, lru_cache
from typing import NamedTuple

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cms.models import AssociationSettings
from membership.tracking.states import ReceiptKind, ReceiptState
from portal.kept import HOLE

NOTHING = {"label": "", "css": ""}
SOON = 3  # days before the deadline from which it is shown in warning colour


def moment(at, now):
    """When something was published: relative within a day, then month, day and time, the year if it is another one."""
    age = now - at
    if timedelta(0) <= age < timedelta(minutes=1):
        return _("just now")
    if timedelta(0) <= age < timedelta(hours=1):
        return _("%(minutes)d min ago") % {"minutes": age.seconds // 60}
    if timedelta(0) <= age < timedelta(days=1):
        return _("%(hours)d h ago") % {"hours": age.seconds // 3600}
    return day_and_time(at, now)


def day_and_time(at, now):
    """11-28 18:00, with the year in front when it is not the present one."""
    full = full_time(at)
    return full[5:] if full[:4] == full_time(now)[:4] else full


@lru_cache(maxsize=1_000)
def _exactly(at):
    return timezone.localtime(at).isoformat()


@lru_cache(maxsize=1_000)
def full_time(at):
    """2026-11-28 18:00, in the one time zone of the association."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def days_left(deadline, now):
    """In words how long there is until the deadline, by calendar days; empty once it has passed."""
    if deadline < now:
        return ""
    days = (timezone.localdate(deadline) - timezone.localdate(now)).days
    return _("days left: %(days)d") % {"days": days} if days else _("last day")


def saved_words(draft, now):
    """草稿已保存 14:08; the day too when it was not today."""
    at = timezone.localtime(draft.saved_at)
    is_today = at.date() == timezone.localdate(now)
    return _("Draft saved %(when)s") % {"when": date_format(at, "H:i") if is_today else day_and_time(at, now)}


@lru_cache
def _pattern():
    """The address of a message with a hole for its number; the same as long as the process lives."""
    return HOLE.join(reverse("portal:message", args=[0]).rsplit("0", 1))


class Line(NamedTuple):
    """What a list shows of a message: the same for every unit with which it stands alike."""

    is_unread: bool
    pinned: bool
    kind: str
    title: str
    mark: str
    mark_css: str
    category: str
    published: str
    published_exactly: str
    published_in_full: str
    due: str
    due_css: str
    url: str = HOLE


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
        words = {"when": self.deadline}
        return _("The deadline was %(when)s. Receipts are still taken; yours will be marked as late.") % words

    @cached_property
    def kind(self):
        """会议审议回执 or 参加会议回执, before the title; empty for a notice without receipt."""
        return "" if self.delivery.receipt_kind == ReceiptKind.NONE else self.delivery.get_receipt_kind_display()

    @cached_property
    def mark(self):
        """The mark after the title, label and colour; None when there is nothing to say.

        Without receipt: 未读 until opened. With receipt: 未回执, read or not, until it is in (已回执) or late (已截止).
        """
        if self.is_recalled:
            return {"label": _("Recalled"), "css": "muted"}
        if self.delivery.receipt_state == ReceiptState.NONE:
            return {"label": _("Unread"), "css": "danger"} if self.is_unread else None
        if self.has_receipt:
            label = _("Receipt returned late") if self.came_late else ReceiptState.SUBMITTED.label
            return {"label": label, "css": "ok"}
        if self.is_closed:
            return {"label": _("Past the deadline"), "css": "muted"}
        return {"label": ReceiptState.AWAITING.label, "css": "warn"}

    @property
    def category(self):
        return self.delivery.category.name

    @cached_property
    def published(self):
        return moment(self.notice.published_at, self.now)

    @property
    def published_exactly(self):
        """For programs, as in HTML's <time>."""
        return _exactly(self.notice.published_at)

    @property
    def published_in_full(self):
        return full_time(self.notice.published_at)

    @cached_property
    def due(self):
        """What the list says about the receipt's deadline, with its colour; None when there is none to speak of."""
        if self.is_recalled:
            return None
        if self.has_receipt:
            return {"label": _("Returned on %(day)s") % {"day": self._day(self.delivery.receipted_at)}, "css": ""}
        deadline = self.delivery.deadline
        if self.delivery.receipt_state == ReceiptState.NONE or deadline is None:
            return None
        if self.is_closed:
            return {"label": _("Closed on %(day)s") % {"day": self._day(deadline)}, "css": "late"}
        if self.is_late:
            words = {"day": self._day(deadline)}
            return {"label": _("Closed on %(day)s, late receipts are taken") % words, "css": "late"}
        words = {"when": day_and_time(deadline, self.now), "left": days_left(deadline, self.now)}
        is_soon = deadline - self.now < timedelta(days=SOON)
        return {"label": _("Due %(when)s, %(left)s") % words, "css": "soon" if is_soon else ""}

    @property
    def line(self):
        """What a list shows of it, but for its address."""
        mark, due = self.mark or NOTHING, self.due or NOTHING
        return Line(
            *(self.is_unread, self.delivery.pinned, str(self.kind), self.notice.title),
            *(str(mark["label"]), mark["css"], self.category),
            *(self.published, self.published_exactly, self.published_in_full, due["label"], due["css"]),
        )

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

    def _day(self, at):
        return day_and_time(at, self.now)[:-6]


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
