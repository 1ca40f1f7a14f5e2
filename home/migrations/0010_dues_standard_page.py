"""The page about the dues standard, below the home page and in the main menu."""

import django.db.models.deletion
from django.db import migrations, models

STEP, BASE = 4, 36  # of treebeard's paths
DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def create(apps, schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Page = apps.get_model("wagtailcore", "Page")
    home = apps.get_model("home", "HomePage").objects.order_by("path").first()
    if home is None or Page.objects.filter(url_path=f"{home.url_path}dues-standard/").exists():
        return
    children = Page.objects.filter(path__startswith=home.path, depth=home.depth + 1).order_by("path")
    last = children.values_list("path", flat=True).last()
    number = int(last[-STEP:], BASE) + 1 if last else 1
    kind, _new = ContentType.objects.get_or_create(app_label="home", model="duesstandardpage")
    title = "会费标准"
    apps.get_model("home", "DuesStandardPage").objects.create(
        title=title,
        draft_title=title,
        slug="dues-standard",
        path=home.path + _step(number),
        depth=home.depth + 1,
        url_path=f"{home.url_path}dues-standard/",
        locale_id=home.locale_id,
        live=True,
        show_in_menus=True,
        content_type=kind,
        search_description="各等级会员每年的会费及其依据",
        intro="会费按年度计算（1月1日至12月31日），由会员代表大会决定。",
    )
    Page.objects.filter(pk=home.pk).update(numchild=home.numchild + 1)


def _step(number):
    digits = ""
    while number:
        number, digit = divmod(number, BASE)
        digits = DIGITS[digit] + digits
    return digits.rjust(STEP, "0")


class Migration(migrations.Migration):

    dependencies = [
        ('home', '0009_dues_rights'),
        ('contenttypes', '0002_remove_content_type_name'),
        ('wagtailcore', '0097_baselogentry_uuid_action_timestamp_indexes'),
    ]

    operations = [
        migrations.CreateModel(
            name='DuesStandardPage',
            fields=[
                ('page_ptr', models.OneToOneField(auto_created=True, on_delete=django.db.models.deletion.CASCADE, parent_link=True, primary_key=True, serialize=False, to='wagtailcore.page')),
                ('intro', models.CharField(blank=True, max_length=300, verbose_name='introduction')),
            ],
            options={
                'verbose_name': 'page about the dues standard',
                'verbose_name_plural': 'pages about the dues standard',
            },
            bases=('wagtailcore.page',),
        ),
        migrations.RunPython(create, migrations.RunPython.noop),
    ]
