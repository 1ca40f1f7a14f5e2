"""The test database as migrations leave it: made once, its rows given back after tests that commit."""

import hashlib
import os
import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

ROOT = Path(settings.BASE_DIR)


def kept_file():
    """Where SQLite's migrated database is kept: under another name as soon as a migration or a package changes."""
    digest = hashlib.sha256()
    for path in [ROOT / "requirements-dev.lock", *sorted(ROOT.glob("[!.]*/**/migrations/*.py"))]:
        digest.update(path.read_bytes())
    return ROOT / ".test" / f"migrated-{digest.hexdigest()[:16]}.sqlite3"


def start_from(kept):
    """Have the tests of this process begin with a copy of the kept database. Returns whether there is one."""
    if connection.vendor != "sqlite" or not kept.exists():
        return False
    name = connection.settings_dict["TEST"]["NAME"]
    for left in ("-wal", "-shm"):  # by tests that were killed; SQLite would write them into the copy
        Path(name + left).unlink(missing_ok=True)
    shutil.copy(kept, name)
    return True


def keep(kept):
    """Keep the migrated database for the next time, in the place of an older one."""
    if connection.vendor != "sqlite" or kept.exists():
        return
    connection.close()
    fresh = kept.with_suffix(f".{os.getpid()}")
    shutil.copy(connection.settings_dict["NAME"], fresh)
    for old in kept.parent.glob("migrated-*.sqlite3"):
        old.unlink(missing_ok=True)
    fresh.replace(kept)


class Rows:
    """What migrations have written. Django's way (`serialized_rollback`) saves a thousand objects one by one."""

    def __init__(self):
        tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
        self.statements = [found for found in map(self._statement, tables) if found]

    def _statement(self, table):
        """(INSERT, rows) of a table, or None if it is empty."""
        quote = connection.ops.quote_name
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {quote(table)}")  # noqa: S608 - names of our own tables
            names = [column[0] for column in cursor.description]
            rows = cursor.fetchall()
        places = ", ".join(["%s"] * len(names))
        insert = f"INSERT INTO {quote(table)} ({', '.join(map(quote, names))}) VALUES ({places})"  # noqa: S608
        return (insert, rows) if rows else None

    def give_back(self):
        """Write them into the empty tables; keys are checked at the end."""
        with transaction.atomic(), connection.cursor() as cursor:
            for insert, rows in self.statements:
                cursor.executemany(insert, rows)


class Guard:
    """The triggers of tables that nobody may empty, taken away while Django empties all tables after a test."""

    def __init__(self, *tables):
        self.tables = tables
        self.statements = []

    def take_away(self):
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no table is altered while a check of it is put off
                for table in self.tables:
                    cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            else:
                cursor.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'")
                found = [(name, sql) for name, table, sql in cursor.fetchall() if table in self.tables]
                self.statements = [sql for _name, sql in found]
                for name, _sql in found:
                    cursor.execute(f"DROP TRIGGER {name}")

    def put_back(self):
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                for table in self.tables:
                    cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
            for sql in self.statements:
                cursor.execute(sql)
