"""Reminders 60, 30 and 7 days before the year ends, and of a year that began unpaid."""

from django.db import migrations

RULES = [("before_year_end", 60), ("before_year_end", 30), ("before_year_end", 7), ("in_arrears", 30), ("in_arrears", 90)]


def create(apps, schema_editor):
    DuesReminderRule = apps.get_model("dues", "DuesReminderRule")
    for event, days in RULES:
        DuesReminderRule.objects.get_or_create(event=event, days=days)


class Migration(migrations.Migration):
    dependencies = [("dues", "0001_books")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
