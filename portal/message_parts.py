"""The page of a message in parts, each with the value that it shows.

Many units see the same of a notice: such parts are drawn once for all of them (`portal.kept`). Words, texts and forms
are made when a part is drawn, not when its value is.
"""

from datetime import datetime
from typing import NamedTuple

from cms.models import AgendaItem, AssociationSettings
from cms.values import Activity, Text
from cms.values import File as FileOfNotice
from membership.tracking.forms import ReceiptForm
from portal.kept import HOLE, NO_ROW
from portal.marks import Line, full_time, late_words, left_to_do, step_numbers


class Head(NamedTuple):
    """What stands above the text of a notice."""

    line: Line
    document_no: str
    contact: str
    activity: Activity | None
    correction: str
    corrected_at: datetime | None
    pk = NO_ROW

    @classmethod
    def of(cls, message, activity):
        """`activity` is the notice as such, if it is one; of a recalled notice only the title is told."""
        notice = message.notice
        facts = activity and Activity.of(activity)
        told = (None, "", None) if message.is_recalled else (facts, notice.correction, notice.corrected_at)
        return cls(message.line_of_day, notice.document_no, notice.contact, *told)


class File(FileOfNotice):
    """A file on a notice, fetched by the address of the own message."""

    message = NO_ROW


class Matter(NamedTuple):
    """An agenda item."""

    pk: int
    title: str
    options: str


class Neighbour(NamedTuple):
    """The message of the unit that came next after this one, or before it."""

    is_newer: bool
    message = NO_ROW


class Asked(NamedTuple):
    """What a unit that has entered nothing yet is asked to return: the empty form and what stands beside it.

    For the form it stands in for delivery and notice, for the templates also for the message.
    """

    line: Line
    matters: tuple[Matter, ...]
    attendee_columns: tuple[str, ...]
    max_attendees: int | None
    upload_required: bool
    corrected_at: datetime | None
    to_fill_in: tuple[File, ...]
    contact: str
    phone: str
    working_hours: str
    token: str = HOLE
    pk = NO_ROW
    receipt_version = 0
    has_receipt = False

    @classmethod
    def of(cls, message, matters, to_fill_in):
        notice, association = message.notice, AssociationSettings.current()
        return cls(
            message.line_of_day,
            tuple(Matter(item.pk, item.title, item.options) for item in matters),
            tuple(notice.attendee_columns or ()),
            *(notice.max_attendees, notice.upload_required, notice.corrected_at, to_fill_in),
            *(notice.contact, association.phone, association.working_hours),
        )

    @property
    def notice(self):
        return self

    @property
    def receipt_kind(self):
        return self.line.receipt_kind

    @property
    def form(self):
        return ReceiptForm.for_delivery(self, [AgendaItem(**matter._asdict()) for matter in self.matters])

    @property
    def steps(self):
        return step_numbers(self.form, self.to_fill_in)

    @property
    def left_to_do(self):
        return list(left_to_do(self.form))

    @property
    def kind(self):
        return self.line.kind

    @property
    def mark(self):
        return self.line.mark

    @property
    def deadline(self):
        return full_time(self.line.due_at) if self.line.due_at else ""

    @property
    def left(self):
        return self.line.left

    @property
    def is_late(self):
        return self.line.is_overdue

    @property
    def late_words(self):
        return late_words(self.deadline)


def parts_of(message, activity, placements, with_form):
    """What the templates of a message are given, whether it was answered or not.

    `placements` are those of all files on the notice; those to be filled in stand in the form, if there is one.
    """
    delivery = message.delivery
    beside = ((Neighbour(True), delivery.newer), (Neighbour(False), delivery.older))
    to_fill_in = ([each for each in placements if each.is_receipt_form] or placements) if with_form else []
    return {
        "message": message,
        "notice": message.notice,
        "beside": [(neighbour, row) for neighbour, row in beside if row],
        "head": Head.of(message, activity),
        "text": None if message.is_recalled else Text.of(message.notice),
        "files": tuple(File.of(each) for each in placements if each not in to_fill_in),
        "to_fill_in": tuple(File.of(each) for each in to_fill_in),
    }
