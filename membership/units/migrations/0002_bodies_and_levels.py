"""The association, its five branches and the levels of both kinds of body; staff rename and add as they need."""

from django.db import migrations

BODIES = [
    ("association", "大协会", "大协会", "association"),
    ("branch", "检测分会", "检测分会", "testing"),
    ("branch", "安全分会", "安全分会", "safety"),
    ("branch", "监理分会", "监理分会", "supervision"),
    ("branch", "鉴定分会", "鉴定分会", "appraisal"),
    ("branch", "质量分会", "质量分会", "quality"),
]
LEVELS = {
    "association": ["会长单位", "副会长单位", "常务理事单位", "理事单位", "普通会员"],
    "branch": ["会长", "副会长", "常务理事", "理事", "普通会员"],
}
SLUGS = ["president", "vice_president", "standing_council", "council", "ordinary"]


def create(apps, schema_editor):
    Body = apps.get_model("units", "Body")
    Level = apps.get_model("units", "Level")
    for order, (kind, name, short_name, slug) in enumerate(BODIES):
        Body.objects.create(kind=kind, name=name, short_name=short_name, slug=slug, sort_order=order)
    for kind, names in LEVELS.items():
        for rank, (slug, name) in enumerate(zip(SLUGS, names, strict=True), start=1):
            Level.objects.create(body_kind=kind, slug=slug, name=name, rank=rank)


class Migration(migrations.Migration):
    dependencies = [("units", "0001_initial")]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
