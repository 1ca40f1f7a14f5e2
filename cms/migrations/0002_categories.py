"""The categories under which members find notices; editors rename and add as they need."""

from django.db import migrations

CATEGORIES = [
    ("通知", "notice", False),
    ("活动", "activity", False),
    ("培训", "training", False),
    ("回执通知", "receipt", True),
    ("公告", "announcement", False),
    ("政策法规", "policy", False),
]


def create(apps, schema_editor):
    NoticeCategory = apps.get_model("cms", "NoticeCategory")
    for order, (name, slug, for_receipts) in enumerate(CATEGORIES):
        NoticeCategory.objects.create(name=name, slug=slug, sort_order=order, for_receipts=for_receipts)


class Migration(migrations.Migration):
    dependencies = [("cms", "0001_initial")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
