"""An open site with something in every corner: categories, two years, two pages of a list, a file, an activity."""

from datetime import timedelta

import pytest
from django.utils import timezone

from cms.actions import store_attachment
from cms.models import ActivityPage, AssociationSettings, NoticeAttachment, NoticePage
from tests.factories import UserFactory, notice, open_index
from tests.files import docx


@pytest.fixture
def open_site():
    """22 plain announcements of last year, and a pinned meeting with a file of this year; returns the meeting."""
    settings = AssociationSettings.load()
    settings.name, settings.phone, settings.icp = "示范省建设工程质量安全协会", "028-0000-1001", "示ICP备00000000号"
    settings.save()
    for number in range(22):
        page = notice(index=open_index(), category=("policy", "training")[number % 2], slug=f"old-{number}")
        NoticePage.objects.filter(pk=page.pk).update(first_published_at=timezone.now() - timedelta(400 + number))
    meeting = notice(
        index=open_index(),
        model=ActivityPage,
        slug="forum",
        title="高质量发展论坛",
        category="receipt",
        receipt_kind="attendance",
        pinned=True,
        body=[("paragraph", "<p>各会员单位：</p>"), ("heading", "一、主题")],
        starts_at="2026-09-10T01:00:00Z",
        ends_at="2026-09-10T09:00:00Z",
        deadline="2026-09-08T09:00:00Z",
        venue="示范市国际会议中心",
        quota=500,
    )
    stored = store_attachment(docx("论坛日程.docx"), by=UserFactory(root=True), title="论坛日程")
    NoticeAttachment.objects.create(page=meeting, attachment=stored)
    return meeting
