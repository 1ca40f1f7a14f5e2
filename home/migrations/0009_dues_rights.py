"""Who keeps the books of dues, who reads them, who sets the standard and the account."""

from django.db import migrations

FINANCE, SECRETARY_GENERAL, ADMINISTRATORS = "财务", "秘书长", "系统管理员"
READERS = [FINANCE, SECRETARY_GENERAL, ADMINISTRATORS]
KEEPERS = [FINANCE, ADMINISTRATORS]
VERBS = ("add", "change", "delete", "view")
# (codename, model, name, groups)
RIGHTS = [
    ("view_duesorder", "duesorder", "Can view dues order", READERS),
    ("view_payment", "payment", "Can view payment", READERS),
    ("view_bankentry", "bankentry", "Can view credit of the bank", READERS),
    ("view_invoice", "invoice", "Can view invoice", READERS),
    ("view_duesstandard", "duesstandard", "Can view dues standard", READERS),
    ("manage_duesorder", "duesorder", "Can book payments, cancel orders and issue invoices", KEEPERS),
    ("manage_bankentry", "bankentry", "Can import bank statements and book their rows", KEEPERS),
    ("issue_invoice", "invoice", "Can enter, replace and void invoices", KEEPERS),
    ("set_duesstandard", "duesstandard", "Can set the dues standard", KEEPERS),
    ("change_duessettings", "duessettings", "Can change dues and account", [ADMINISTRATORS]),
    *(
        (f"{verb}_duesreminderrule", "duesreminderrule", f"Can {verb} reminder rule of dues", KEEPERS)
        for verb in VERBS
    ),
]


def grant(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    ContentType = apps.get_model("contenttypes", "ContentType")
    for codename, model, name, groups in RIGHTS:
        content_type, _new = ContentType.objects.get_or_create(app_label="dues", model=model)
        # Django makes the rows of permissions after the last migration; these are needed now.
        permission, _new = Permission.objects.get_or_create(
            codename=codename, content_type=content_type, defaults={"name": name}
        )
        for group in Group.objects.filter(name__in=groups):
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [("home", "0008_receipt_rights"), ("dues", "0001_books")]
    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
