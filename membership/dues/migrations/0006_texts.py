"""Rows for the texts about money that went back and years that are waived."""

from django.db import migrations

from membership.messaging.texts import TEXTS

NEW = ("dues_refunded", "dues_waived", "dues_waiver_ended")


def create(apps, schema_editor):
    MessageText = apps.get_model("messaging", "MessageText")
    for key in NEW:
        MessageText.objects.get_or_create(key=key, defaults={"text": TEXTS[key]})


class Migration(migrations.Migration):
    dependencies = [("dues", "0005_refunds_and_waivers"), ("messaging", "0008_attachments")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
