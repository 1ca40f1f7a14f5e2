"""What the database holds of notices, and how they are picked."""

from datetime import timedelta
from io import BytesIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from PIL import Image

from cms.actions import store_attachment
from cms.models import (
    AgendaItem,
    Attachment,
    AudienceRule,
    NoticeAttachment,
    NoticeCategory,
    NoticePage,
    PortalImage,
    PortalRendition,
)
from membership.tracking import actions as tracking
from membership.units.models import Body, Level
from tests.cms.conftest import GROUPS, in_days, staff
from tests.factories import UserFactory, clerk, notice, open_index
from tests.files import docx

pytestmark = pytest.mark.django_db


def refused_by(constraint, write):
    """The write breaks this constraint."""
    with pytest.raises(IntegrityError) as broken, transaction.atomic():
        write()
    return constraint in str(broken.value)  # SQLite names the columns of a unique constraint, PostgreSQL both


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("all", ["body"]),
        ("all", ["unit"]),
        ("body", []),
        ("body", ["level"]),
        ("body", ["body", "unit"]),
        ("level", []),
        ("level", ["body"]),
        ("unit", []),
        ("unit", ["unit", "body"]),
        ("exclude", []),
        ("exclude", ["level"]),
        ("other", ["unit"]),
    ],
)
def test_a_rule_names_what_its_kind_says(unit, kind, names):
    targets = {"body": Body.objects.first(), "level": Level.objects.first(), "unit": unit}
    rule = AudienceRule(page=notice(), kind=kind, **{name: targets[name] for name in names})
    assert refused_by("audience_rule_names_its_kind", rule.save)


@pytest.mark.parametrize("kind", ["all", "body", "level", "unit", "exclude"])
def test_a_complete_rule_is_kept_and_reads_well(unit, kind):
    targets = {"body": Body.objects.first(), "level": Level.objects.first(), "unit": unit, "exclude": unit}
    fields = {"unit" if kind == "exclude" else kind: targets[kind]} if kind != "all" else {}
    rule = AudienceRule.objects.create(page=notice(), kind=kind, **fields)
    assert str(rule).endswith(str(targets.get(kind, "全体会员")))


@pytest.mark.parametrize("field", ["name", "slug"])
def test_a_category_is_there_once(field):
    known = NoticeCategory.objects.first()
    other = NoticeCategory(**{"name": "另一栏目", "slug": "another", field: getattr(known, field)})
    assert refused_by(field, other.save)


def test_the_categories_of_the_guide_are_there():
    assert list(NoticeCategory.objects.values_list("name", "for_receipts")) == [
        ("通知", False),
        ("活动", False),
        ("培训", False),
        ("回执通知", True),
        ("公告", False),
        ("政策法规", False),
    ]


def test_what_a_category_is_for_is_settled_with_its_first_notice():
    used, fresh = NoticeCategory.objects.get(slug="notice"), NoticeCategory.objects.get(slug="training")
    notice(category="notice")
    for category in (used, fresh):
        category.for_receipts = True
    fresh.full_clean()
    with pytest.raises(ValidationError) as refused:
        used.full_clean()
    assert refused.value.messages == ["该栏目下已有通知，其用途不能更改。"]
    used.for_receipts = False
    used.name = "一般通知"
    used.full_clean()


def test_what_is_used_is_protected(unit):
    page = notice(rules=[{"kind": "unit", "unit": unit}])
    file = store_attachment(docx(), by=UserFactory(root=True))
    NoticeAttachment.objects.create(page=page, attachment=file)
    for row in (page.category, unit, file):
        with pytest.raises(ProtectedError):
            row.delete()


def test_an_agenda_item_with_an_opinion_is_protected(unit):
    page = notice(
        rules=[{"kind": "unit", "unit": unit}], receipt_kind="deliberation", deadline=in_days(1), items=["甲"]
    )
    tracking.deliver(page)
    item = page.agenda_items.get()
    opinions = [{"item": item, "choice": "agree"}]
    tracking.submit_receipt(page.deliveries.get(), by=clerk(unit), version=0, opinions=opinions)
    with pytest.raises(ProtectedError):
        item.delete()
    assert AgendaItem.objects.filter(pk=item.pk).exists()


def titles(queryset):
    return sorted(queryset.values_list("title", flat=True))


def test_which_notices_a_newcomer_still_gets():
    now = timezone.now()
    ahead = {"receipt_kind": "attendance", "deadline": now + timedelta(minutes=1)}
    notice(title="无截止")
    notice(title="未截止", **ahead)
    notice(title="此刻截止", receipt_kind="attendance", deadline=now)
    notice(title="已截止", receipt_kind="attendance", deadline=now - timedelta(seconds=1))
    notice(title="不补发", deliver_to_newcomers=False)
    notice(title="未发布", live=False)
    assert titles(NoticePage.objects.open_for_newcomers(now)) == sorted(["无截止", "未截止", "此刻截止"])


def test_which_notices_wait_for_their_delivery(unit, outsider):
    rule = {"kind": "unit", "unit": unit}
    tracking.deliver(notice(title="已发送", rules=[rule]))
    notice(title="漏发", rules=[rule])
    notice(title="未发布", rules=[rule], live=False)
    open_page = notice(title="公开无对象", index=open_index())
    open_page.audience_rules.all().delete()
    open_page.audience_rules = []
    open_page.save()
    assert titles(NoticePage.objects.undelivered()) == ["漏发"]
    assert titles(NoticePage.objects.delivered()) == ["已发送"]


def test_pinned_notices_come_first_then_the_newest():
    now = timezone.now()
    for title, hours, pinned in [("旧", 3, False), ("置顶", 2, True), ("新", 1, False)]:
        page = notice(title=title, pinned=pinned)
        NoticePage.objects.filter(pk=page.pk).update(first_published_at=now - timedelta(hours=hours))
    assert [page.title for page in NoticePage.objects.newest()] == ["置顶", "新", "旧"]


@pytest.mark.parametrize("who", [*GROUPS, "root", "member", "visitor"])
def test_attachments_are_for_the_staff_that_keeps_them(unit, who):
    store_attachment(docx(), by=UserFactory(root=True))
    people = {"root": lambda: UserFactory(root=True), "member": lambda: clerk(unit), "visitor": AnonymousUser}
    user = people[who]() if who in people else staff(who)
    expected = 1 if who in ("编辑", "系统管理员", "root") else 0
    assert Attachment.objects.for_user(user).count() == expected


def test_an_attachment_is_public_with_a_live_open_page():
    file = store_attachment(docx(), by=UserFactory(root=True))
    places = {
        "公开": notice(index=open_index()),
        "会员": notice(),
        "草稿": notice(index=open_index(), live=False),
    }
    for page in places.values():
        NoticeAttachment.objects.create(page=page, attachment=file)
    assert [place.page for place in NoticeAttachment.objects.open_to_public()] == [places["公开"]]


# Wagtail leaves the temporary file of a new rendition to the garbage collector.
LEAKS = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


def picture(name="会员大会合影.PNG"):
    stream = BytesIO()
    Image.new("RGB", (40, 30), "navy").save(stream, "PNG")
    return PortalImage.objects.create(title="合影", file=ContentFile(stream.getvalue(), name))


@LEAKS
def test_nobody_guesses_the_address_of_a_picture():
    one, other = picture(), picture()
    names = [image.file.name for image in (one, other)]
    assert len(set(names)) == 2
    assert all(name.removeprefix("original_images/").removesuffix(".png").isalnum() for name in names)
    assert all(len(name) == len("original_images/") + 32 + len(".png") for name in names)
    key = one.file.name.removeprefix("original_images/").removesuffix(".png")
    assert one.get_rendition("max-20x20").file.name == f"images/{key}.max-20x20.webp"


def test_a_picture_has_each_rendition_once():
    same = {"image": picture(), "filter_spec": "max-20x20", "focal_point_key": "", "width": 20, "height": 15}
    PortalRendition.objects.bulk_create([PortalRendition(file="images/a.png", **same)])
    copy = PortalRendition(file="images/b.png", **same)
    assert refused_by("filter_spec", lambda: PortalRendition.objects.bulk_create([copy]))
