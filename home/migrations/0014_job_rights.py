"""Administrators may have failed background jobs tried again."""

from django.db import migrations


def grant(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    content_type, _new = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="jobs", model="job"
    )
    # Django makes the rows of permissions after the last migration; this one is needed now.
    permission, _new = Permission.objects.get_or_create(
        codename="retry_job", content_type=content_type, defaults={"name": "Can have failed jobs tried again"}
    )
    Group.objects.get(name="系统管理员").permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("home", "0013_waiver_rights"), ("jobs", "0003_scheduler")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
