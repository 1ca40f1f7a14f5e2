"""Rows for the texts about memberships that came later."""

from django.db import migrations

from membership.messaging.texts import TEXTS

NEW = (
    "membership_rejected",
    "membership_suspended",
    "membership_resumed",
    "membership_ended",
    "level_changed",
    "change_approved",
    "certificate_expiring",
)


def create(apps, schema_editor):
    MessageText = apps.get_model("messaging", "MessageText")
    for key in NEW:
        MessageText.objects.get_or_create(key=key, defaults={"text": TEXTS[key]})


class Migration(migrations.Migration):
    dependencies = [("messaging", "0004_default_texts")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
