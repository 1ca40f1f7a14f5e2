"""Editors and administrators keep the redirects of the open site; those of moved pages Wagtail makes by itself."""

from django.db import migrations

GROUPS = ["编辑", "系统管理员"]
VERBS = ("add", "change", "delete", "view")


def grant(apps, schema_editor):
    Permission = apps.get_model("auth", "Permission")
    content_type, _new = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="wagtailredirects", model="redirect"
    )
    for verb in VERBS:
        # Django makes the rows of permissions after the last migration; these are needed now.
        permission, _new = Permission.objects.get_or_create(
            codename=f"{verb}_redirect", content_type=content_type, defaults={"name": f"Can {verb} redirect"}
        )
        for group in apps.get_model("auth", "Group").objects.filter(name__in=GROUPS):
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("home", "0011_open_pages"),
        ("wagtailredirects", "0001_initial"),
    ]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
