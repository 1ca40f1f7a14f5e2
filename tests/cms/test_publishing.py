"""What publishing, unpublishing and running out mean for the units that have the notice."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from django_tasks import task_backends

from cms.models import NoticeCategory, NoticePage
from cms.tasks import publish_scheduled
from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.jobs.actions import enqueue_recurring, run_job
from membership.jobs.models import Job
from membership.tracking.models import Delivery
from tests.cms.conftest import add_url, edit_url, entries, in_days, staff, typed
from tests.factories import UnitFactory, members_index, notice, open_index

pytestmark = pytest.mark.django_db


def published(unit, **fields):
    """A notice that the unit has; it says what `entries` says, so that sending these corrects nothing."""
    said = {"title": "关于测试的通知", "body": [("paragraph", "<p>正文</p>")]}
    page = notice(rules=[{"kind": "unit", "unit": unit}], **said | fields)
    page.save_revision().publish()
    return NoticePage.objects.get(pk=page.pk)


def unpublish(client, page):
    """Unpublish it; if units have it, with the reason that is asked for."""
    response = client.post(reverse("wagtailadmin_pages:unpublish", args=[page.pk]))
    recall = reverse("notices:recall", args=[page.pk])
    return client.post(recall, {"reason": "发错了"}) if response.url == recall else response


def recalled(page):
    return [d.recalled_at is not None for d in page.deliveries.all()]


def test_the_editors_click_leaves_a_job_for_the_worker(client, editor, unit, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}
    client.post(add_url(), entries(units=[unit]))
    page = NoticePage.objects.get()
    assert page.live
    assert Delivery.objects.count() == 0
    assert [(job.name, job.arguments) for job in Job.objects.all()] == [
        ("tracking.deliver", {"notice_id": page.pk, "user_id": editor.pk})
    ]
    handed_over = [result.args for result in task_backends["default"].results if result.task.func is run_job.func]
    assert handed_over == [[Job.objects.get().pk]]


def test_an_open_page_without_an_audience_leaves_no_job(client, editor, unit):
    client.post(add_url(open_index()), entries(category="announcement"))
    assert not Job.objects.exists()


def test_unpublishing_recalls(client, editor, unit, outsider):
    page, other = published(unit), published(outsider)
    unpublish(client, page)
    assert (recalled(page), recalled(other)) == ([True], [False])
    entry = AuditEntry.objects.get(verb="tracking.recall")
    assert (entry.actor, entry.object_id, entry.after) == (editor, str(page.pk), {"units": 1})


def test_publishing_again_takes_the_recall_back(client, editor, unit):
    page = published(unit)
    unpublish(client, page)
    client.post(edit_url(page), entries(units=[unit]))
    assert recalled(page) == [False]


def test_publishing_again_without_an_audience_takes_the_recall_back_too(client, editor, unit):
    page = published(unit)
    unpublish(client, page)
    assert client.post(edit_url(page), entries()).status_code == 302
    assert (page.deliveries.get().unit, recalled(page)) == (unit, [False])


def test_unpublishing_what_was_never_delivered_records_nothing(client, editor, unit):
    page = notice(index=open_index(), rules=[{"kind": "unit", "unit": unit}])
    unpublish(client, page)
    assert not NoticePage.objects.get(pk=page.pk).live
    assert not AuditEntry.objects.filter(verb="tracking.recall").exists()


def test_what_has_run_out_stays_with_the_units_that_have_it(unit):
    page = published(unit, expire_at=in_days(1))
    NoticePage.objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(minutes=1))
    publish_scheduled()
    page.refresh_from_db()
    assert (page.live, page.expired, recalled(page)) == (False, True, [False])


def test_a_scheduled_notice_goes_out_when_it_is_due(client, editor, unit, outsider):
    client.post(add_url(), entries(units=[unit], go_live_at=typed(in_days(1))))
    page = NoticePage.objects.get()
    publish_scheduled()
    assert (page.live, Delivery.objects.count()) == (False, 0)
    with time_machine.travel(in_days(2)):
        publish_scheduled()
    page.refresh_from_db()
    assert page.live
    assert [d.unit for d in page.deliveries.all()] == [unit]


def test_the_scheduler_looks_after_schedules():
    assert "cms.publish_scheduled" in enqueue_recurring()


def test_a_workflow_publishes_to_the_units(client, editor, unit, outsider):
    """The editor hands in, the secretary-general approves, the units have it."""
    client.post(add_url(), entries(units=[unit], action="submit"))
    page = NoticePage.objects.get()
    assert (page.live, Delivery.objects.count()) == (False, 0)
    task = page.current_workflow_task_state
    assert [group.name for group in task.task.specific.groups.all()] == ["秘书长"]
    client.force_login(staff("秘书长"))
    url = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk])
    client.post(url, {"comment": ""})
    page.refresh_from_db()
    assert page.live
    assert [d.unit for d in page.deliveries.all()] == [unit]


def test_handing_in_asks_for_everything(client, editor, unit):
    response = client.post(add_url(), entries(units=[unit], category="receipt", action="submit"))
    assert response.status_code == 200
    assert not NoticePage.objects.exists()


class TestMany:
    """Wagtail's publishing of many pages at once passes no form: the same rules hold."""

    @staticmethod
    def publish(client, *pages, below=False):
        url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
        query = "&".join(f"id={page.pk}" for page in pages)
        data = {"include_descendants": "on"} if below else {}
        return client.post(f"{url}?{query}&next=/cms/notice_list/", data)

    @staticmethod
    def draft(unit, **fields):
        page = notice(rules=[{"kind": "unit", "unit": unit}], live=False, **fields)
        page.save_revision()
        return page

    def test_ready_ones_go_out(self, client, editor, unit, outsider):
        pages = [self.draft(unit), self.draft(unit, receipt_kind="attendance", deadline=in_days(3))]
        self.publish(client, *pages)
        assert [d.unit for d in Delivery.objects.all()] == [unit, unit]

    @pytest.mark.parametrize("below", [False, True])
    def test_one_that_is_not_ready_holds_all_back_in_words(self, client, editor, unit, below):
        good = self.draft(unit)
        self.draft(unit, title="缺截止时间", receipt_kind="attendance", slug="lacks")
        chosen = [members_index()] if below else [good, NoticePage.objects.get(slug="lacks")]
        response = self.publish(client, *chosen, below=below)
        assert response.headers["Location"] == "/cms/notice_list/"
        assert not NoticePage.objects.live().exists()
        shown = client.get("/cms/notice_list/").content.decode()
        assert "《缺截止时间》不能发布：请填写回执截止时间。" in shown


def test_no_way_of_publishing_passes_what_is_incomplete(unit):
    page = notice(rules=[{"kind": "unit", "unit": unit}], live=False, receipt_kind="attendance")
    with pytest.raises(Refusal) as refused:
        page.save_revision().publish()
    assert str(refused.value).endswith("请填写回执截止时间。")
    assert not NoticePage.objects.live().exists()
    assert Delivery.objects.count() == 0


def test_a_copy_starts_as_a_draft(client, editor, unit):
    page = published(unit)
    url = reverse("wagtailadmin_pages:copy", args=[page.pk])
    form = client.get(url).context["form"]
    assert not {"publish_copies", "alias"} & set(form.fields)
    data = {"new_title": "副本", "new_slug": "copy", "new_parent_page": members_index().pk}
    client.post(url, data | {"publish_copies": "on", "alias": "on"})
    copy = NoticePage.objects.get(slug="copy")
    assert (copy.live, copy.alias_of, copy.deliveries.count()) == (False, None, 0)
    assert [rule.unit for rule in copy.audience_rules.all()] == [unit]


def test_a_copy_of_an_answered_notice_is_not_locked(client, editor, unit):
    page = published(unit, receipt_kind="attendance", deadline=in_days(3))
    Delivery.objects.filter(notice=page).update(
        receipt_state="submitted", receipt_version=1, receipted_at=timezone.now()
    )
    url = reverse("wagtailadmin_pages:copy", args=[page.pk])
    client.post(url, {"new_title": "副本", "new_slug": "copy", "new_parent_page": members_index().pk})
    assert (page.has_receipts, NoticePage.objects.get(slug="copy").has_receipts) == (True, False)


def test_the_category_of_deliveries_follows(client, editor, unit):
    page = published(unit)
    client.post(edit_url(page), entries(units=[unit], category="policy"))
    assert page.deliveries.get().category == NoticeCategory.objects.get(slug="policy")


def test_a_newly_certified_unit_is_not_there_yet(client, editor, unit):
    """A draft unit is named: it gets nothing until it is certified."""
    draft = UnitFactory(certified=False)
    client.post(add_url(), entries(units=[unit, draft]))
    assert [d.unit for d in Delivery.objects.all()] == [unit]
