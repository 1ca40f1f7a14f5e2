"""A row for every text, in the wording of the code: what an administrator then changes is theirs."""

from django.db import migrations

from membership.messaging.texts import TEXTS


def create(apps, schema_editor):
    MessageText = apps.get_model("messaging", "MessageText")
    for key, text in TEXTS.items():
        MessageText.objects.get_or_create(key=key, defaults={"text": text})


class Migration(migrations.Migration):
    dependencies = [("messaging", "0003_texts_and_work_list")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
