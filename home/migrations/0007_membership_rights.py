"""Who changes levels, imports members, keeps the qualification categories and the rules of membership."""

from django.db import migrations

REVIEWERS, SECRETARY_GENERAL, ADMINISTRATORS = "会员审核", "秘书长", "系统管理员"
VERBS = ("add", "change", "delete", "view")
# (codename, model, name, groups)
RIGHTS = [
    ("grant_level", "membership", "Can change the level of a member", [REVIEWERS, SECRETARY_GENERAL, ADMINISTRATORS]),
    ("import_units", "unit", "Can import members from a workbook", [REVIEWERS, ADMINISTRATORS]),
    ("change_membershipsettings", "membershipsettings", "Can change membership rules", [ADMINISTRATORS]),
    *(
        (f"{verb}_qualificationcategory", "qualificationcategory", f"Can {verb} qualification category",
         [REVIEWERS, ADMINISTRATORS])
        for verb in VERBS
    ),
]  # fmt: skip


def grant(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    for codename, model, name, groups in RIGHTS:
        content_type, _new = ContentType.objects.get_or_create(app_label="units", model=model)
        # Django makes the rows of permissions after the last migration; these are needed now.
        permission, _new = Permission.objects.get_or_create(
            codename=codename, content_type=content_type, defaults={"name": name}
        )
        for group in Group.objects.filter(name__in=groups):
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("home", "0006_rebind_phone"), ("units", "0008_qualification_categories")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
