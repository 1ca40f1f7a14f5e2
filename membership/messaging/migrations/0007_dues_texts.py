"""Rows for the texts about dues."""

from django.db import migrations

from membership.messaging.texts import TEXTS

NEW = ("dues_paid", "dues_reversed", "dues_due", "dues_arrears", "invoice_issued")


def create(apps, schema_editor):
    MessageText = apps.get_model("messaging", "MessageText")
    for key in NEW:
        MessageText.objects.get_or_create(key=key, defaults={"text": TEXTS[key]})


class Migration(migrations.Migration):
    dependencies = [("messaging", "0006_receipt_texts")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
