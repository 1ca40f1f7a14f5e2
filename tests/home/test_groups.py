"""The groups that the migrations make have exactly the rights of the table of roles, and no more."""

import pytest
from django.contrib.auth.models import Group, Permission
from wagtail.models import GroupCollectionPermission, GroupPagePermission

pytestmark = pytest.mark.django_db

ADMIN = "wagtailadmin.access_admin"
NOTICES = {"cms.view_noticepage", "tracking.view_delivery"}
RECEIPTS = {"tracking.view_receipt", "units.view_receipt_file"}
REGISTER = {"units.view_unit", "units.view_membership", "units.view_body", "units.view_level"}
FILES = {"units.view_document"}
ATTACHMENTS = {"cms.add_attachment", "cms.change_attachment", "cms.view_attachment"}
MASTER_DATA = {
    f"{room}.{verb}_{noun}"
    for room, noun in (("units", "body"), ("units", "level"), ("units", "bodystaff"), ("cms", "noticecategory"))
    for verb in ("add", "change", "delete", "view")
}
QUALIFICATIONS = {f"units.{verb}_qualificationcategory" for verb in ("add", "change", "delete", "view")}
MEMBERS = {"units.review_membership", "units.rebind_phone", "units.grant_level", "units.import_units", *QUALIFICATIONS}
CHASING = {
    "tracking.manage_receipt",
    "tracking.remind_delivery",
    *(f"tracking.{verb}_reminderrule" for verb in ("add", "change", "delete", "view")),
}
BOOKS = {f"dues.view_{noun}" for noun in ("duesorder", "payment", "bankentry", "invoice", "duesstandard")}
FINANCE = {
    *(f"dues.{right}" for right in ("manage_duesorder", "manage_bankentry", "issue_invoice", "set_duesstandard")),
    *(f"dues.{verb}_duesreminderrule" for verb in ("add", "change", "delete", "view")),
}
REDIRECTS = {f"wagtailredirects.{verb}_redirect" for verb in ("add", "change", "delete", "view")}
WAIVING = "dues.grant_dueswaiver"
RIGHTS = {
    "编辑": {ADMIN, *NOTICES, *RECEIPTS, *ATTACHMENTS, *CHASING, *REDIRECTS, "units.view_body"},
    "会员审核": {ADMIN, *NOTICES, *RECEIPTS, *REGISTER, *FILES, *MEMBERS},
    "分会秘书": {ADMIN, "units.review_branch_membership"},
    "财务": {ADMIN, *REGISTER, *BOOKS, *FINANCE, WAIVING},
    "秘书长": {
        *(ADMIN, *NOTICES, *RECEIPTS, *REGISTER, *FILES, *BOOKS),
        "units.grant_level",
        "audit.view_auditentry",
        WAIVING,
    },
    "系统管理员": {
        *(ADMIN, *NOTICES, *RECEIPTS, *REGISTER, *FILES, *ATTACHMENTS, *MASTER_DATA, *MEMBERS, *CHASING),
        *(*BOOKS, *FINANCE, *REDIRECTS),
        WAIVING,
        "dues.change_duessettings",
        "tracking.change_remindersettings",
        "units.change_membershipsettings",
        "audit.view_auditentry",
        "cms.change_associationsettings",
        "accounts.add_user",
        "accounts.change_user",
        "accounts.view_user",
        "messaging.view_outboundmessage",
        "messaging.settle_outboundmessage",
        "messaging.view_messagetext",
        "messaging.change_messagetext",
        "jobs.view_job",
        "jobs.retry_job",
    },
}
PAGES = {
    "编辑": ["add_page", "change_page", "publish_page"],
    "秘书长": ["change_page", "publish_page"],
    "系统管理员": ["add_page", "bulk_delete_page", "change_page", "lock_page", "publish_page", "unlock_page"],
}


def names(permissions):
    return {f"{p.content_type.app_label}.{p.codename}" for p in permissions.select_related("content_type")}


def test_there_are_these_groups_and_no_other():
    assert set(Group.objects.values_list("name", flat=True)) == set(RIGHTS)


@pytest.mark.parametrize("group", RIGHTS)
def test_group_has_exactly_these_rights(group):
    assert names(Group.objects.get(name=group).permissions) == RIGHTS[group]


def test_only_administrators_touch_accounts_and_nobody_deletes_one():
    holders = {
        (group.name, codename)
        for group in Group.objects.all()
        for codename in group.permissions.filter(codename__endswith="_user").values_list("codename", flat=True)
    }
    assert holders == {("系统管理员", f"{verb}_user") for verb in ("add", "change", "view")}


def test_nobody_touches_groups_or_permissions():
    """Whoever could change a group could give it every right."""
    risky = Permission.objects.filter(content_type__app_label="auth", group__isnull=False)
    assert names(risky) == set()


def test_pages_are_written_by_editors_and_approved_by_the_secretary_general():
    rights = {}
    rows = GroupPagePermission.objects.values_list("group__name", "page__slug", "permission__codename")
    for group, page, codename in rows.order_by("permission__codename"):
        assert page == "home"
        rights.setdefault(group, []).append(codename)
    assert rights == PAGES


def test_images_and_documents_are_kept_by_editors_and_administrators():
    rows = GroupCollectionPermission.objects.values_list("group__name", "permission__codename")
    assert set(rows) == {
        (group, f"{verb}_{model}")
        for group in ("编辑", "系统管理员")
        for verb in ("add", "change", "choose")
        for model in ("image", "document")
    }
