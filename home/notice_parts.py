"""An open notice in parts, each with its value: drawn once for all who read it, as long as it stays as it is."""

from datetime import datetime
from typing import NamedTuple

from cms.models import ActivityPage
from cms.values import Activity, File, Text, files_of
from home.listing import neighbours
from membership.tracking.states import ReceiptKind


class Head(NamedTuple):
    """What stands above the text."""

    title: str
    document_no: str
    published_at: datetime
    category: str
    receipt_kind: str
    activity: Activity | None

    @property
    def receipt(self):
        """The kind of receipt that the notice asks for, as it stands before its title; empty without one."""
        return _receipt(self.receipt_kind)


class Beside(NamedTuple):
    """The notice published just before or after this one."""

    title: str
    url: str


class Foot(NamedTuple):
    """What stands below the text."""

    files: tuple[File, ...]
    receipt_kind: str
    deadline: datetime | None
    contact: str
    newer: Beside | None
    older: Beside | None

    @property
    def receipt(self):
        return _receipt(self.receipt_kind)


class Parts(NamedTuple):
    """All of it. `text` is None where something in it is looked up whenever it is drawn."""

    head: Head
    text: Text | None
    foot: Foot


def parts_of(notice, request):
    """What `request` is shown of the notice; of a preview what is not saved yet as well."""
    activity = Activity.of(notice) if isinstance(notice, ActivityPage) else None
    is_preview = getattr(request, "is_preview", False)
    placements = notice.attachments.select_related("attachment") if is_preview else files_of(notice=notice.pk)
    files = tuple(File.of(placement) for placement in placements if placement.pk)
    beside = (page and Beside(page.title, page.get_url(request)) for page in neighbours(notice))
    kind = notice.receipt_kind
    return Parts(
        Head(notice.title, notice.document_no, notice.published_at, notice.category.name, kind, activity),
        Text.of(notice),
        Foot(files, kind, notice.deadline, notice.contact, *beside),
    )


def _receipt(kind):
    return "" if kind == ReceiptKind.NONE else ReceiptKind(kind).label
