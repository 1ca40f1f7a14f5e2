"""Who may waive dues by a resolution: finance, the secretary-general, administrators."""

from django.db import migrations

CODENAME, NAME = "grant_dueswaiver", "Can waive dues by resolution"
GROUPS = ["财务", "秘书长", "系统管理员"]


def grant(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    content_type, _new = ContentType.objects.get_or_create(app_label="dues", model="dueswaiver")
    # Django makes the rows of permissions after the last migration; this one is needed now.
    permission, _new = Permission.objects.get_or_create(
        codename=CODENAME, content_type=content_type, defaults={"name": NAME}
    )
    for group in Group.objects.filter(name__in=GROUPS):
        group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("home", "0012_redirect_rights"), ("dues", "0005_refunds_and_waivers")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
