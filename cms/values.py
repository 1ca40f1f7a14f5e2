"""What a notice shows, as values: whoever sees the same may be shown it as it was drawn before."""

import json
from datetime import datetime
from typing import NamedTuple

from django.core.serializers.json import DjangoJSONEncoder

from cms.models import NoticeAttachment, NoticePage
from membership.prepared import Prepared

# Blocks drawn from what is stored in them, as long as no link or picture in their text is looked up in the database.
PLAIN_BLOCKS = {"heading", "paragraph", "table", "quote", "callout", "signature"}
LOOKED_UP = ("linktype=", "embedtype=")


class Activity(NamedTuple):
    """When and where it is, and for how many."""

    starts_at: datetime
    ends_at: datetime
    venue: str
    quota: int | None

    @classmethod
    def of(cls, page):
        return cls(page.starts_at, page.ends_at, page.venue, page.quota)


class File(NamedTuple):
    """A file on a notice; `pk` is that of its place."""

    pk: int
    title: str
    original_name: str
    size: int
    is_drawable: bool
    is_filled_in: bool

    @classmethod
    def of(cls, placement):
        file = placement.attachment
        facts = (file.title, file.original_name, file.size, file.is_drawable, placement.is_filled_in)
        return cls(placement.pk, *facts)


class Text(NamedTuple):
    """The text of a notice, as it is stored."""

    stored: str  # JSON

    @classmethod
    def of(cls, notice):
        """None for a text in which something is looked up whenever it is drawn, for this may change by itself."""
        blocks = list(notice.body.raw_data)
        if any(block["type"] not in PLAIN_BLOCKS for block in blocks):
            return None
        stored = json.dumps(blocks, cls=DjangoJSONEncoder, ensure_ascii=False)
        return None if any(mark in stored for mark in LOOKED_UP) else cls(stored)

    @property
    def body(self):
        return NoticePage._meta.get_field("body").to_python(self.stored)


@Prepared
def files_of(*, notice):
    """The files on a notice."""
    return NoticeAttachment.objects.filter(page=notice).select_related("attachment")
