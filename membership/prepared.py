"""Queries that every page asks: put together by Django once, asked again and again with other ids.

Putting a query of six tables together takes Django longer than PostgreSQL takes to answer it. A `Prepared` is called
like the function that it decorates. Positional arguments are its shape: for each there is a statement of its own.
Keyword arguments are ids, the only thing in which two askings of one shape differ.
"""

from copy import copy
from functools import lru_cache

from django.db import connection
from django.db.models import QuerySet

FIRST_PLACE = 2**60  # numbers that no row has stand in the statement where the ids will be
SHAPES = 64


class Prepared:
    """`compose(*shape, **ids)` returns a queryset, of models or values, without prefetches; asking returns a list."""

    def __init__(self, compose):
        self.compose, self.__doc__ = compose, compose.__doc__
        self._statement = lru_cache(maxsize=SHAPES)(self._put_together)

    def __call__(self, *shape, **ids):
        compiler, sql, params, iterable = self._statement(connection.vendor, shape, tuple(ids))
        given = {FIRST_PLACE + number: id for number, id in enumerate(ids.values())}
        asked = copy(compiler)
        asked.connection = connection
        asked.as_sql = lambda *args, **kwargs: (sql, tuple(given.get(param, param) for param in params))
        rows = QuerySet(compiler.query.model, query=_Ready(compiler.query, asked))
        rows._iterable_class = iterable
        return list(rows)

    def _put_together(self, vendor, shape, names):
        rows = self.compose(*shape, **{name: FIRST_PLACE + number for number, name in enumerate(names)})
        compiler = rows.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        return compiler, sql, params, rows._iterable_class


class _Ready:
    """A query whose compiler is there already."""

    def __init__(self, query, compiler):
        self._query, self._compiler = query, compiler

    def __getattr__(self, name):
        return getattr(self._query, name)

    def get_compiler(self, *args, **kwargs):
        return self._compiler
