"""Wagtail's search for Chinese: its database backend, over words of two characters.

`WAGTAILSEARCH_BACKENDS` names this package; Wagtail asks it for `SearchBackend`.
"""

from importlib import import_module

from django.db import connection
from modelsearch.backends import database

OURS = {"postgresql": "cms.searching.postgresql", "sqlite": "cms.searching.sqlite"}


def SearchBackend(params):
    """The backend for the database in use. SQLite without full-text search (FTS5) keeps Wagtail's own fallback."""
    standard = database.SearchBackend(params)
    if connection.vendor not in OURS or not hasattr(standard, "config"):
        return standard
    return import_module(OURS[connection.vendor]).SearchBackend(params)


def matching(queryset, text):
    """Those of `queryset` that hold every word of `text`, in no order of their own; they can be narrowed further."""
    return queryset.search(text, order_by_relevance=False).get_queryset().order_by()
