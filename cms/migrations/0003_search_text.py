"""Notices are searched in their plain words; those already there are read once."""

from django.db import migrations, models


def read(apps, schema_editor):
    for page in apps.get_model("cms", "NoticePage").objects.all():
        words = page.body.stream_block.get_searchable_content(page.body)
        page.search_text = "\n".join(text for text in (page.title, page.document_no, *words) if text)
        page.save(update_fields=["search_text"])


class Migration(migrations.Migration):

    dependencies = [
        ('cms', '0002_categories'),
    ]

    operations = [
        migrations.AddField(
            model_name='noticepage',
            name='search_text',
            field=models.TextField(blank=True, editable=False),
        ),
        migrations.RunPython(read, migrations.RunPython.noop),
    ]
