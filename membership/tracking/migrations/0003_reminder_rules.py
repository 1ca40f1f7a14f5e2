"""Rules of reminding to begin with; the office may change them."""

from django.db import migrations

RULES = [("before_deadline", 3), ("before_deadline", 1), ("after_deadline", 1), ("unread", 7)]


def create(apps, schema_editor):
    ReminderRule = apps.get_model("tracking", "ReminderRule")
    for event, days in RULES:
        ReminderRule.objects.get_or_create(event=event, days=days)


class Migration(migrations.Migration):
    dependencies = [("tracking", "0002_receipts_in_full")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
