"""Administrators decide on messages that did not arrive, and on the wording of messages."""

from importlib import import_module

from django.db import migrations

groups = import_module("home.migrations.0002_groups")
GRANTS = ["messaging.settle_outboundmessage", "messaging.view_messagetext", "messaging.change_messagetext"]


def grant(apps, schema_editor):
    group = apps.get_model("auth", "Group").objects.filter(name=groups.ADMINISTRATORS).first()
    if group:
        group.permissions.add(*(groups.permission(apps, name) for name in GRANTS))


class Migration(migrations.Migration):
    dependencies = [("home", "0004_approval"), ("messaging", "0004_default_texts")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
