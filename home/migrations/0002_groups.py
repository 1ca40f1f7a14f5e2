"""The groups of the staff and what each may do."""

from django.db import migrations

EDITORS, REVIEWERS, SECRETARIES, FINANCE, SECRETARY_GENERAL, ADMINISTRATORS = (
    "编辑", "会员审核", "分会秘书", "财务", "秘书长", "系统管理员",
)
READ_NOTICES = ["tracking.view_delivery", "cms.view_noticepage"]
READ_UNITS = ["units.view_unit", "units.view_membership", "units.view_body", "units.view_level"]
MASTER_DATA = [
    f"units.{verb}_{noun}" for noun in ("body", "level", "bodystaff") for verb in ("add", "change", "delete", "view")
]
CATEGORIES = [f"cms.{verb}_noticecategory" for verb in ("add", "change", "delete", "view")]
ATTACHMENTS = [f"cms.{verb}_attachment" for verb in ("add", "change", "view")]
GRANTS = {
    EDITORS: [*READ_NOTICES, *ATTACHMENTS, "tracking.view_receipt", "units.view_receipt_file", "units.view_body"],
    REVIEWERS: [
        *READ_NOTICES, *READ_UNITS, "tracking.view_receipt", "units.view_receipt_file", "units.view_document",
        "units.review_membership",
    ],
    SECRETARIES: ["units.review_branch_membership"],
    FINANCE: READ_UNITS,
    SECRETARY_GENERAL: [
        *READ_NOTICES, *READ_UNITS, "tracking.view_receipt", "units.view_receipt_file", "units.view_document",
        "audit.view_auditentry",
    ],
    ADMINISTRATORS: [
        *READ_NOTICES, *READ_UNITS, *MASTER_DATA, *CATEGORIES, *ATTACHMENTS, "tracking.view_receipt",
        "units.view_receipt_file", "units.view_document", "units.review_membership", "audit.view_auditentry",
        "cms.change_associationsettings", "accounts.add_user", "accounts.change_user", "accounts.view_user",
        "messaging.view_outboundmessage", "jobs.view_job",
    ],
}  # fmt: skip


def permission(apps, name):
    """The permission row, made now if Django has not yet made it after the migrations."""
    app_label, codename = name.split(".")
    Permission = apps.get_model("auth", "Permission")
    known = Permission.objects.filter(codename=codename, content_type__app_label=app_label).first()
    if known:
        return known
    model = {
        "view_receipt_file": "document",
        "review_membership": "membership",
        "review_branch_membership": "membership",
    }.get(codename) or codename.split("_", 1)[1]
    content_type, _new = apps.get_model("contenttypes", "ContentType").objects.get_or_create(
        app_label=app_label, model=model
    )
    options = apps.get_model(app_label, model)._meta
    title = dict(options.permissions).get(codename) or f"Can {codename.split('_')[0]} {options.verbose_name_raw}"
    return Permission.objects.create(codename=codename, content_type=content_type, name=str(title))


def create(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    Permission = apps.get_model("auth", "Permission")
    admin_access = Permission.objects.get(codename="access_admin", content_type__app_label="wagtailadmin")
    for name, grants in GRANTS.items():
        group, _new = Group.objects.get_or_create(name=name)
        group.permissions.set([admin_access, *(permission(apps, grant) for grant in grants)])
    Group.objects.filter(name__in=["Editors", "Moderators"]).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("home", "0001_initial"),
        ("accounts", "0001_initial"),
        ("audit", "0001_initial"),
        ("jobs", "0001_initial"),
        ("messaging", "0001_initial"),
        ("units", "0002_bodies_and_levels"),
        ("cms", "0002_categories"),
        ("tracking", "0001_initial"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailcore", "0002_initial_data"),
        ("wagtailusers", "0001_initial"),
    ]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
