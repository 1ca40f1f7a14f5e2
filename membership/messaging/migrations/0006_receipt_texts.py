"""Rows for the texts about receipts that came later."""

from django.db import migrations

from membership.messaging.texts import TEXTS

NEW = ("notice_unread", "receipt_overdue", "receipt_sent_back")


def create(apps, schema_editor):
    MessageText = apps.get_model("messaging", "MessageText")
    for key in NEW:
        MessageText.objects.get_or_create(key=key, defaults={"text": TEXTS[key]})


class Migration(migrations.Migration):
    dependencies = [("messaging", "0005_membership_texts")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
