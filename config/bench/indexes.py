"""Writing many rows without keeping indexes and keys up row by row: they are taken away and made again, as the model
says, and what is made again is checked as a whole."""

from contextlib import contextmanager
from copy import copy

from django.db import connection
from django.db.models import ForeignKey, UniqueConstraint

MEMORY = "512MB"  # that an index may take while it is made, in this transaction alone


@contextmanager
def set_aside(model):
    """Inside a transaction of PostgreSQL: the table holds nothing but its rows and its key until the block ends."""
    bare = [(field, _without_index(field)) for field in model._meta.local_fields if isinstance(field, ForeignKey)]
    unique = [each for each in model._meta.constraints if isinstance(each, UniqueConstraint)]
    connection.check_constraints()  # no check of a row may be outstanding when a table is altered
    with connection.schema_editor() as editor:
        for field, plain in bare:
            editor.alter_field(model, field, plain)
        for constraint in unique:
            editor.remove_constraint(model, constraint)
        for index in model._meta.indexes:
            editor.remove_index(model, index)
    yield
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('maintenance_work_mem', %s, true)", [MEMORY])
    with connection.schema_editor() as editor:
        for index in model._meta.indexes:
            editor.add_index(model, index)
        for constraint in unique:
            editor.add_constraint(model, constraint)
        for field, plain in bare:
            editor.alter_field(model, plain, field)


def _without_index(field):
    """The same column without the key to the other table and without an index."""
    plain = copy(field)
    plain.db_constraint = plain.db_index = False
    return plain
