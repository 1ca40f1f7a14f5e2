"""Deliveries repeat that their notice is pinned, so that an index has a unit's list in its order. Indexes of keys with
which other indexes begin are dropped: they cost every delivery time and answer nothing."""

import django.db.models.deletion
from django.db import migrations, models


def repeat(apps, schema_editor):
    Delivery, NoticePage = apps.get_model("tracking", "Delivery"), apps.get_model("cms", "NoticePage")
    pinned = list(NoticePage.objects.filter(pinned=True).values_list("pk", flat=True))
    Delivery.objects.filter(notice__in=pinned).update(pinned=True)


class Migration(migrations.Migration):
    dependencies = [
        ("cms", "0005_receipts_in_full"),
        ("tracking", "0003_reminder_rules"),
        ("units", "0011_expiry_reminders"),
    ]
    operations = [
        migrations.AddField(
            model_name="delivery",
            name="pinned",
            field=models.BooleanField(default=False, editable=False, verbose_name="pinned"),
        ),
        migrations.RunPython(repeat, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="delivery",
            name="category",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="cms.noticecategory",
                verbose_name="category",
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="notice",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="cms.noticepage",
                verbose_name="notice",
            ),
        ),
        migrations.AlterField(
            model_name="delivery",
            name="unit",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="deliveries",
                to="units.unit",
                verbose_name="unit",
            ),
        ),
        migrations.AddIndex(
            model_name="delivery",
            index=models.Index(
                condition=models.Q(("recalled_at__isnull", True)),
                fields=["unit", "-pinned", "-delivered_at", "-id"],
                name="delivery_listed",
            ),
        ),
    ]
