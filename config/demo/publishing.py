"""Publishes the demo's notices as editors do: pages, attachments and audience in Wagtail, then delivery."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from cms.actions import store_attachment
from cms.models import (
    ActivityPage,
    AgendaItem,
    AudienceRule,
    NoticeAttachment,
    NoticeCategory,
    NoticeIndexPage,
    NoticePage,
)
from membership.tracking import actions as tracking
from membership.tracking.models import Delivery
from membership.tracking.states import AudienceKind
from membership.units.models import Body, Level, Unit
from membership.units.states import BodyKind

OPEN_INDEX, EVENTS, MEMBERS_INDEX = "notices", "events", "member-notices"
FIRST_NUMBER = 6
OFFICE_HOUR = 9


class Press:
    """Turns plans into pages, in the name of one editor."""

    def __init__(self, days, editor):
        self.days, self.editor = days, editor
        self.indexes = {slug: NoticeIndexPage.objects.get(slug=slug) for slug in (OPEN_INDEX, EVENTS, MEMBERS_INDEX)}
        self.categories = {category.slug: category for category in NoticeCategory.objects.all()}

    def issue_all(self, plans):
        """Publish the plans that are not there yet, the oldest first; returns {page: plan} of the new ones."""
        known = set(NoticePage.objects.values_list("slug", flat=True))
        issued, number = {}, FIRST_NUMBER
        for plan in sorted(plans, key=lambda plan: -plan.published):
            document_no = ""
            if plan.is_numbered and not plan.is_draft:
                document_no, number = self.days.document_no(number, -plan.published), number + 1
            if plan.slug not in known:
                issued[self._issue(plan, document_no)] = plan
        return issued

    def close(self, page, plan):
        """Receipts that were due in the demo's past have been returned by now: set the deadline to what it was."""
        if plan.deadline and plan.deadline < timezone.now():
            NoticePage.objects.filter(pk=page.pk).update(deadline=plan.deadline)  # nothing is published as late as that
            page.deadline = plan.deadline
            page.save_revision(user=self.editor).publish(user=self.editor)

    def _issue(self, plan, document_no):
        page = self._page(plan, document_no)
        self.indexes[self._index(plan)].add_child(instance=page)
        revision = page.save_revision(user=self.editor)
        if not plan.is_draft:
            revision.publish(user=self.editor)
            page.refresh_from_db()
            self._deliver(page)
        return page

    def _index(self, plan):
        if not plan.is_open:
            return MEMBERS_INDEX
        return EVENTS if plan.category in ("activity", "training") else OPEN_INDEX

    def _page(self, plan, document_no):
        model = ActivityPage if plan.event else NoticePage
        page = model(
            title=plan.title,
            slug=plan.slug,
            category=self.categories[plan.category],
            document_no=document_no,
            body=plan.body,
            pinned=plan.pinned,
            receipt_kind=plan.receipt,
            deadline=plan.deadline and max(plan.deadline, timezone.now() + timedelta(hours=1)),
            upload_required=plan.upload_required,
            contact=plan.contact,
            notify_by_sms=False,
            live=False,
            owner=self.editor,
            first_published_at=None if plan.is_draft else self._moment(plan),
            **(plan.event or {}),
        )
        page.audience_rules = [self._rule(kind, value) for kind, value in plan.audience]
        page.agenda_items = [AgendaItem(title=title) for title in plan.items]
        page.attachments = [self._attachment(file) for file in plan.files]
        return page

    def _moment(self, plan):
        """In the morning of its day; what is published today, an hour ago."""
        morning = self.days.at(-plan.published, OFFICE_HOUR, minute=plan.published % 6 * 10)
        return min(morning, timezone.now() - timedelta(hours=1))

    def _rule(self, kind, value):
        named = {
            "all": dict,
            "body": lambda: {"body": Body.objects.get(slug=value)},
            "level": lambda: {"level": Level.objects.get(body_kind=BodyKind.ASSOCIATION, slug=value)},
            "branch_level": lambda: {"level": Level.objects.get(body_kind=BodyKind.BRANCH, slug=value)},
            "unit": lambda: {"unit": Unit.objects.get(name=value)},
            "exclude": lambda: {"unit": Unit.objects.get(name=value)},
        }
        kind_of_rule = AudienceKind.LEVEL if kind == "branch_level" else AudienceKind(kind)
        return AudienceRule(kind=kind_of_rule, **named[kind]())

    def _attachment(self, plan):
        stored = store_attachment(SimpleUploadedFile(plan.name, plan.make()), by=self.editor, title=plan.title)
        return NoticeAttachment(attachment=stored, is_receipt_form=plan.is_receipt_form)

    def _deliver(self, page):
        """At once, so that the demo is complete before a worker runs; the queued job then finds nothing to do."""
        if page.audience_rules.exists():
            tracking.deliver(page, by=self.editor)
            Delivery.objects.filter(notice=page).update(delivered_at=page.first_published_at)
