"""Who manages receipts, reminds units and keeps the rules of reminding."""

from django.db import migrations

EDITORS, ADMINISTRATORS = "编辑", "系统管理员"
VERBS = ("add", "change", "delete", "view")
# (codename, model, name, groups)
RIGHTS = [
    ("manage_receipt", "receipt", "Can send receipts back, enter them and give more time", [EDITORS, ADMINISTRATORS]),
    ("remind_delivery", "delivery", "Can remind units by text message", [EDITORS, ADMINISTRATORS]),
    ("change_remindersettings", "remindersettings", "Can change reminders and retention", [ADMINISTRATORS]),
    *(
        (f"{verb}_reminderrule", "reminderrule", f"Can {verb} reminder rule", [EDITORS, ADMINISTRATORS])
        for verb in VERBS
    ),
]


def grant(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    for codename, model, name, groups in RIGHTS:
        content_type, _new = ContentType.objects.get_or_create(app_label="tracking", model=model)
        # Django makes the rows of permissions after the last migration; these are needed now.
        permission, _new = Permission.objects.get_or_create(
            codename=codename, content_type=content_type, defaults={"name": name}
        )
        for group in Group.objects.filter(name__in=groups):
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("home", "0007_membership_rights"), ("tracking", "0003_reminder_rules")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
