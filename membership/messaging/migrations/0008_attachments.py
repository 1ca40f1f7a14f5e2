"""Files that go with e-mails, and the text about a request for another invoice that was refused."""

from django.conf import settings
from django.db import migrations, models

from membership.messaging.texts import TEXTS

NEW = ("reissue_refused",)


def create(apps, schema_editor):
    MessageText = apps.get_model("messaging", "MessageText")
    for key in NEW:
        MessageText.objects.get_or_create(key=key, defaults={"text": TEXTS[key]})


class Migration(migrations.Migration):

    dependencies = [
        ('messaging', '0007_dues_texts'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='outboundmessage',
            name='attachments',
            field=models.JSONField(default=list, verbose_name='attachments'),
        ),
        migrations.AddConstraint(
            model_name='outboundmessage',
            constraint=models.CheckConstraint(condition=models.Q(('channel', 'email'), ('attachments', []), _connector='OR'), name='message_attached_to_mail'),
        ),
        migrations.RunPython(create, migrations.RunPython.noop),
    ]
