"""Administrators and reviewers may rebind the number of a member who has lost the phone."""

from django.db import migrations


def grant(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    content_type, _new = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label="units", model="phonerebinding"
    )
    # Django makes the rows of permissions after the last migration; this one is needed now.
    permission, _new = Permission.objects.get_or_create(
        codename="rebind_phone",
        content_type=content_type,
        defaults={"name": "Can rebind the mobile number of a member"},
    )
    for group in Group.objects.filter(name__in=["会员审核", "系统管理员"]):
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("home", "0005_message_rights"), ("units", "0004_phone_rebinding")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
