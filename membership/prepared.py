"""Queries that every page asks: put together by Django once, asked again and again with other ids.

Putting a query of six tables together takes Django longer than PostgreSQL takes to answer it, and planning it takes
PostgreSQL longer than running it. A `Prepared` is called like the function that it decorates. Positional arguments are
its shape: for each there is a statement of its own. Keyword arguments are ids, the only thing in which two askings of
one shape differ; a text among them is compared as it is, by equality or order.
"""

from copy import copy
from functools import lru_cache
from itertools import count
from typing import NamedTuple
from weakref import WeakKeyDictionary

from django.db import connection
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

FIRST_PLACE = 2**60  # numbers that no row has stand in the statement where the ids will be,
TEXT_PLACE = "\0"  # and before their numbers a sign that no row has, where texts will be
SHAPES = 64

_numbers = count(1)
_planned = WeakKeyDictionary()  # {connection to PostgreSQL: names of the statements that it knows}


class Statement(NamedTuple):
    name: str
    compiler: SQLCompiler
    sql: str
    params: tuple
    iterable: type
    converters: dict

    def asking(self, ids):
        """(SQL, parameters) that ask for these ids."""
        if connection.vendor == "postgresql" and not connection.settings_dict.get("DISABLE_SERVER_SIDE_CURSORS"):
            self._plan()
            marks = ", ".join(["%s"] * len(ids))
            return f"EXECUTE {self.name} ({marks})" if ids else f"EXECUTE {self.name}", tuple(ids)
        return self.sql, tuple(ids[_place(param)] if _is_place(param) else param for param in self.params)

    def _plan(self):
        """Have this connection know the statement; a pool that gives every transaction another one is left alone.

        A connection that was cut meanwhile is found out first, as before any other query: another one knows nothing.
        """
        connection.close_if_health_check_failed()
        connection.ensure_connection()
        known = _planned.setdefault(connection.connection, set())
        if self.name in known:
            return
        marks = (f"${_place(param) + 1}" if _is_place(param) else "%s" for param in self.params)
        first, *others = self.sql.split("%s")
        sql = first + "".join(mark + part for mark, part in zip(marks, others, strict=True))
        with connection.wrap_database_errors, connection.connection.cursor() as cursor:
            cursor.execute(f"PREPARE {self.name} AS {sql}", [each for each in self.params if not _is_place(each)])
        known.add(self.name)


def _is_place(param):
    return (type(param) is int and param >= FIRST_PLACE) or (type(param) is str and param.startswith(TEXT_PLACE))


def _place(param):
    return int(param[len(TEXT_PLACE) :]) if type(param) is str else param - FIRST_PLACE


def _mark(number, value):
    return f"{TEXT_PLACE}{number}" if isinstance(value, str) else FIRST_PLACE + number


class Prepared:
    """`compose(*shape, **ids)` returns a queryset, of models or values, without prefetches; asking returns a list."""

    def __init__(self, compose):
        self.compose, self.__doc__ = compose, compose.__doc__
        self._statement = lru_cache(maxsize=SHAPES)(self._put_together)

    def __call__(self, *shape, **ids):
        places = tuple((name, _mark(number, value)) for number, (name, value) in enumerate(ids.items()))
        statement = self._statement(connection.vendor, shape, places)
        asked = copy(statement.compiler)
        asked.connection = connection
        asked.as_sql = lambda *args, **kwargs: statement.asking(list(ids.values()))
        asked.get_converters = lambda expressions: statement.converters
        rows = QuerySet(asked.query.model, query=_Ready(asked.query, asked))
        rows._iterable_class = statement.iterable
        return list(rows)

    def _put_together(self, vendor, shape, places):
        rows = self.compose(*shape, **dict(places))
        compiler = rows.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        converters = compiler.get_converters([expression for expression, *_told in compiler.select])
        return Statement(f"prepared_{next(_numbers)}", compiler, sql, params, rows._iterable_class, converters)


class _Ready:
    """A query whose compiler is there already."""

    def __init__(self, query, compiler):
        self._query, self._compiler = query, compiler

    def __getattr__(self, name):
        return getattr(self._query, name)

    def get_compiler(self, *args, **kwargs):
        return self._compiler
