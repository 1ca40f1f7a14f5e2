"""What stands above the list of messages: tabs of the categories, states, years, search; plain values, drawn once."""

from typing import NamedTuple

from django.http import QueryDict

from portal.kept import HOLE
from portal.mailbox import FILTERS


class Tab(NamedTuple):
    slug: str  # none and no label: that of all categories
    label: str
    unread: int
    active: bool


class Tabs(NamedTuple):
    typed: str  # the query of the page
    tabs: tuple[Tab, ...]

    @property
    def query(self):
        return QueryDict(self.typed)


class MarkAll(NamedTuple):
    """全部标为已读: of all messages, or of a category."""

    category: str
    token: str = HOLE


class Toolbar(NamedTuple):
    typed: str  # the query of the page
    state: str
    kept: tuple[tuple[str, str], ...]  # (name, value) that a search keeps
    years: tuple[int, ...]
    year: int | None
    words: str

    @property
    def query(self):
        return QueryDict(self.typed)

    @property
    def filters(self):
        """The states by which the list is narrowed, in words."""
        return [{"key": key, "label": label, "active": key == self.state} for key, (label, _how) in FILTERS.items()]
