"""The page tree: home page, the open index, and the members' index that only staff may browse."""

from django.db import migrations

MEMBERS_INDEX = "member-notices"
STAFF_GROUPS = ["编辑", "会员审核", "分会秘书", "秘书长", "系统管理员"]


def create(apps, schema_editor):
    ContentType = apps.get_model("contenttypes", "ContentType")
    Page = apps.get_model("wagtailcore", "Page")
    Site = apps.get_model("wagtailcore", "Site")
    Group = apps.get_model("auth", "Group")
    locale = apps.get_model("wagtailcore", "Locale").objects.get()

    Site.objects.all().delete()
    Page.objects.filter(depth=2).delete()

    def kind(app_label, model):
        return ContentType.objects.get_or_create(app_label=app_label, model=model)[0]

    def page(model, title, slug, path, url_path, **fields):
        return model.objects.create(
            title=title, draft_title=title, slug=slug, path=path, depth=len(path) // 4, url_path=url_path,
            locale=locale, live=True, **fields,
        )  # fmt: skip

    home = page(
        apps.get_model("home", "HomePage"), "首页", "home", "00010001", "/home/", numchild=2,
        content_type=kind("home", "homepage"), hero_title="会员之家", show_in_menus=False,
        hero_text="建设工程质量安全行业的共同家园",
    )  # fmt: skip
    index = apps.get_model("cms", "NoticeIndexPage")
    page(
        index, "通知公告", "notices", "000100010001", "/home/notices/", content_type=kind("cms", "noticeindexpage"),
        intro="协会公开发布的通知、公告、活动与培训信息。", show_in_menus=True,
    )  # fmt: skip
    members = page(
        index, "会员通知", MEMBERS_INDEX, "000100010002", f"/home/{MEMBERS_INDEX}/",
        content_type=kind("cms", "noticeindexpage"), intro="发送给会员单位的通知；会员在会员之家阅读。",
    )  # fmt: skip
    Page.objects.filter(depth=1).update(numchild=1)
    Site.objects.create(hostname="localhost", root_page_id=home.pk, is_default_site=True, site_name="会员之家")

    restriction = apps.get_model("wagtailcore", "PageViewRestriction").objects.create(
        page_id=members.pk, restriction_type="groups"
    )
    restriction.groups.set(Group.objects.filter(name__in=STAFF_GROUPS))

    GroupPagePermission = apps.get_model("wagtailcore", "GroupPagePermission")
    Permission = apps.get_model("auth", "Permission")
    rights = {"编辑": ["add_page", "change_page", "publish_page"], "秘书长": ["change_page", "publish_page"]}
    rights["系统管理员"] = ["add_page", "change_page", "publish_page", "bulk_delete_page", "lock_page", "unlock_page"]
    page_type = kind("wagtailcore", "page")
    for group, codenames in rights.items():
        for codename in codenames:
            permission, _new = Permission.objects.get_or_create(
                content_type=page_type, codename=codename, defaults={"name": f"Can {codename.replace('_', ' ')}"}
            )
            GroupPagePermission.objects.create(
                group=Group.objects.get(name=group), page_id=home.pk, permission=permission
            )

    collection = apps.get_model("wagtailcore", "Collection").objects.get(depth=1)
    GroupCollectionPermission = apps.get_model("wagtailcore", "GroupCollectionPermission")
    for group in ("编辑", "系统管理员"):
        for app_label, model in (("wagtailimages", "image"), ("wagtaildocs", "document")):
            for verb in ("add", "change", "choose"):
                permission, _new = Permission.objects.get_or_create(
                    content_type=kind(app_label, model),
                    codename=f"{verb}_{model}",
                    defaults={"name": f"Can {verb} {model}"},
                )
                GroupCollectionPermission.objects.create(
                    group=Group.objects.get(name=group), collection=collection, permission=permission
                )


class Migration(migrations.Migration):
    dependencies = [
        ("home", "0002_groups"),
        ("wagtailcore", "0097_baselogentry_uuid_action_timestamp_indexes"),
        ("wagtailimages", "0027_image_description"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]
    operations = [migrations.RunPython(create, migrations.RunPython.noop)]
