"""What stands above the list of messages: tabs of the categories, states, years, search; plain values, drawn once."""

from typing import NamedTuple

from django.http import QueryDict

from portal.kept import HOLE


class Tab(NamedTuple):
    slug: str
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


class Filter(NamedTuple):
    key: str
    label: str
    active: bool


class Toolbar(NamedTuple):
    typed: str  # the query of the page
    filters: tuple[Filter, ...]
    kept: tuple[tuple[str, str], ...]  # (name, value) that a search keeps
    years: tuple[int, ...]
    year: int | None
    words: str

    @property
    def query(self):
        return QueryDict(self.typed)
