"""Seals over the trail; and every database refuses to change, delete or empty what is in either table.

SQLite forgets triggers when a later migration remakes a table: such a migration has to make them again.
"""

from django.db import migrations, models

TABLES = ("audit_auditentry", "audit_auditseal")
POSTGRESQL = """
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit_auditseal
    FOR EACH ROW EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_never_emptied BEFORE TRUNCATE ON audit_auditentry
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
CREATE TRIGGER audit_never_emptied BEFORE TRUNCATE ON audit_auditseal
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only();
"""
POSTGRESQL_BACK = """
DROP TRIGGER audit_never_emptied ON audit_auditseal;
DROP TRIGGER audit_never_emptied ON audit_auditentry;
DROP TRIGGER audit_append_only ON audit_auditseal;
"""
SQLITE = """CREATE TRIGGER {table}_no_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END"""


def guard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL)
    if schema_editor.connection.vendor == "sqlite":
        for table in TABLES:
            for verb in ("update", "delete"):
                schema_editor.execute(SQLITE.format(table=table, verb=verb))


def unguard(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_BACK)
    if schema_editor.connection.vendor == "sqlite":
        for table in TABLES:
            for verb in ("update", "delete"):
                schema_editor.execute(f"DROP TRIGGER {table}_no_{verb}")


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [
        migrations.CreateModel(
            name="AuditSeal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="time")),
                ("last_id", models.BigIntegerField(unique=True, verbose_name="last entry")),
                ("entries", models.PositiveIntegerField(verbose_name="entries")),
                ("previous", models.CharField(max_length=64, unique=True, verbose_name="seal before it")),
                ("digest", models.CharField(max_length=64, unique=True, verbose_name="digest")),
            ],
            options={
                "verbose_name": "audit seal",
                "verbose_name_plural": "audit seals",
                "default_permissions": ("view",),
            },
        ),
        migrations.RunPython(guard, unguard),
    ]
