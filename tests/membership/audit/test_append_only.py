"""What is in the trail stays as it is: neither the application's role nor the owner of the tables changes it."""

import pytest
from django.conf import settings
from django.db import DatabaseError, IntegrityError, connection, transaction

from membership.audit.actions import record
from membership.audit.models import AuditEntry, AuditSeal
from membership.audit.sealing import FIRST
from tests.factories import UnitFactory
from tests.migrated import Guard

pytestmark = pytest.mark.django_db

TABLES = ("audit_auditentry", "audit_auditseal")
CHANGES = ["UPDATE {} SET id = id + 1", "DELETE FROM {}"]
ON_POSTGRESQL = ["TRUNCATE {} CASCADE"]
OF_THE_OWNER_ALONE = [
    "ALTER TABLE {} DISABLE TRIGGER USER",
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "DROP TABLE {} CASCADE",
]


def statements(*more):
    """Statements that this database knows, for both tables."""
    known = [*CHANGES, *(more if connection.vendor == "postgresql" else ())]
    return [text.format(table) for table in TABLES for text in known]


def run(statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def facts():
    return [list(model.objects.order_by("pk").values()) for model in (AuditEntry, AuditSeal)]


@pytest.fixture
def trail():
    record("units.approve", UnitFactory(), by=None)
    AuditSeal.objects.create(last_id=1, entries=0, previous=FIRST, digest="1" * 64)
    if connection.vendor == "postgresql":
        run("SET CONSTRAINTS ALL IMMEDIATE")  # a check put off would be why a table is not emptied
    return facts()


def test_the_database_refuses_even_the_owner_of_the_tables(trail):
    for statement in statements(*ON_POSTGRESQL):
        with pytest.raises(IntegrityError, match="append-only"):
            run(statement)
    assert facts() == trail


def test_without_the_guard_the_statements_would_pass(trail):
    """The negative twin, so that the test above cannot pass for another reason."""
    guard = Guard(*TABLES)
    guard.take_away()
    for statement in statements(*ON_POSTGRESQL):
        with transaction.atomic():
            run(statement)
            assert facts() != trail
            transaction.set_rollback(True)
    guard.put_back()
    assert facts() == trail


def test_the_role_of_the_portal_may_read_and_add_and_nothing_else(trail):
    """docs/audit-roles.sql as it is. SQLite, the database of one machine, knows no roles."""
    if connection.vendor != "postgresql":
        with pytest.raises(DatabaseError, match="syntax error"):
            run("CREATE ROLE portal_of_a_test")
        return
    script = (settings.BASE_DIR / "docs" / "audit-roles.sql").read_text(encoding="utf-8")
    run("CREATE ROLE portal_of_a_test")
    run(script.replace(":portal", "portal_of_a_test"))
    unit = UnitFactory()
    run("SET ROLE portal_of_a_test")
    for statement in statements(*ON_POSTGRESQL, *OF_THE_OWNER_ALONE):
        with pytest.raises(DatabaseError, match="permission denied|must be owner"):
            run(statement)
    record("units.approve", unit, by=None)
    added = AuditEntry.objects.count()
    run("RESET ROLE")
    assert added == len(trail[0]) + 1
