"""The seed of a code has 64 characters; only SQLite had kept more than the column says."""

import secrets
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_codes_and_consents"),
    ]

    operations = [
        migrations.AlterField(
            model_name="smscode",
            name="seed",
            field=models.CharField(default=secrets.token_hex, editable=False, max_length=64),
        ),
    ]
