"""Builds the demo's open site as editors do: sections, articles, branches, downloads, each of them published."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from wagtail.models import Page

from cms.actions import store_attachment
from cms.models import NoticeIndexPage
from config.demo import (
    front_page,
    pictures,
    site_about,
    site_branches,
    site_downloads,
    site_join,
    site_news,
    site_policies,
)
from home.models import DuesStandardPage, HomePage, PageFile

OFFICE_HOUR = 10
OPEN_INDEX, EVENTS = "notices", "events"
BEFORE_NOTICES = {"about", "news"}  # where these stand in the menu


def make_room_for_events():
    """活动培训 beside 通知公告, for what has dates; returns whether it was missing."""
    if NoticeIndexPage.objects.filter(slug=EVENTS).exists():
        return False
    index = NoticeIndexPage(
        title="活动培训", slug=EVENTS, show_in_menus=True, intro="协会组织的活动与培训，会员单位登录后在线报名。"
    )
    NoticeIndexPage.objects.get(slug=OPEN_INDEX).add_sibling("right", instance=index)
    return True


class Site:
    """Turns plans into pages, in the name of one editor; what is there already is left as it is."""

    def __init__(self, days, editor):
        self.days, self.editor = days, editor

    def build(self):
        """Returns how many pages are new."""
        days, made = self.days, 0
        for plan in (
            site_about.section(days),
            site_news.section(days),
            site_policies.section(days),
            site_branches.section(days),
            site_join.section(days),
            site_downloads.page(days),
            site_about.contact(days),
        ):
            made += self._place(plan)
        return made + front_page.furnish(self.editor)

    def _place(self, plan):
        home = HomePage.objects.get()
        known = Page.objects.child_of(home).filter(slug=plan.slug).first()
        if known:
            return sum(self._add(below, known) for below in plan.below)
        page = self._page(plan)
        if plan.slug in BEFORE_NOTICES:
            NoticeIndexPage.objects.get(slug=OPEN_INDEX).add_sibling("left", instance=page)
        else:
            home.add_child(instance=page)
        self._publish(page)
        if plan.slug == "join":
            self._put_dues_below(page)
        return 1 + sum(self._add(below, page) for below in plan.below)

    def _add(self, plan, parent):
        if Page.objects.child_of(parent).filter(slug=plan.slug).exists():
            return 0
        parent = Page.objects.get(pk=parent.pk)
        page = self._page(plan)
        parent.add_child(instance=page)
        self._publish(page)
        return 1 + sum(self._add(below, page) for below in plan.below)

    def _page(self, plan):
        page = plan.model(
            title=plan.title,
            slug=plan.slug,
            summary=plan.summary,
            search_description=plan.summary,
            body=plan.body,
            show_in_menus=plan.in_menu,
            picture=pictures.picture(*plan.picture) if plan.picture else None,
            owner=self.editor,
            live=False,
            first_published_at=self._moment(plan),
            **plan.facts,
        )
        page.files = [self._file(number, *placed) for number, placed in enumerate(plan.files)]
        return page

    def _moment(self, plan):
        """In the morning of its day; what is published today, an hour ago."""
        morning = self.days.at(-plan.published, OFFICE_HOUR, minute=plan.published % 6 * 10)
        return min(morning, timezone.now() - timedelta(hours=1))

    def _file(self, number, group, plan, note):
        stored = store_attachment(SimpleUploadedFile(plan.name, plan.make()), by=self.editor, title=plan.title)
        return PageFile(attachment=stored, group=group, note=note, sort_order=number)

    def _publish(self, page):
        page.save_revision(user=self.editor).publish(user=self.editor)

    def _put_dues_below(self, join):
        """会费标准 belongs to 入会指南."""
        dues = DuesStandardPage.objects.first()
        if dues:
            dues.move(Page.objects.get(pk=join.pk), pos="last-child", user=self.editor)
