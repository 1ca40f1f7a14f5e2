"""What was ready once need not be ready when it is published: every way asks at that moment, and says why not."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Revision

from cms.models import NoticePage
from cms.tasks import publish_scheduled
from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.messaging.models import OutboundMessage
from membership.tracking.models import Delivery
from membership.units.models import Membership
from tests.cms.conftest import add_url, edit_url, entries, in_days, staff, typed
from tests.factories import notice

pytestmark = pytest.mark.django_db

PAST, NOBODY = "回执截止时间已过", "没有符合条件的会员单位"
BODY = [("paragraph", "<p>正文</p>")]


def stored():
    return (
        list(NoticePage.objects.order_by("pk").values("pk", "title", "live", "live_revision", "deadline")),
        list(Delivery.objects.order_by("pk").values()),
        AuditEntry.objects.count(),
    )


@pytest.fixture
def sent(unit, outsider):
    """A notice that both units have."""
    rules = [{"kind": "unit", "unit": each} for each in (unit, outsider)]
    page = notice(rules=rules, title="已发的通知", body=BODY)
    page.save_revision().publish()
    return NoticePage.objects.get(pk=page.pk)


def leave(unit):
    Membership.objects.filter(unit=unit).update(state="left")


def refused(revision):
    before = stored()
    with pytest.raises(Refusal) as caught:
        revision.publish()
    assert stored() == before
    return str(caught.value)


# --- A draft published by a program ---------------------------------------------------------------------------------
def test_a_deadline_that_has_passed(unit):
    rules = [{"kind": "unit", "unit": unit}]
    page = notice(rules=rules, live=False, receipt_kind="attendance", deadline=in_days(1))
    revision = page.save_revision()
    with time_machine.travel(in_days(2)):
        assert PAST in refused(revision)


def test_an_audience_that_reaches_nobody_any_more(unit, outsider):
    page = notice(rules=[{"kind": "unit", "unit": unit}], live=False)
    revision = page.save_revision()
    leave(unit)
    assert NOBODY in refused(revision)


def test_a_change_that_is_not_told(sent):
    sent.title = "改过的标题"
    assert "更正说明" in refused(sent.save_revision())


def test_an_audience_that_has_shrunk(sent, outsider):
    sent.audience_rules = [rule for rule in sent.audience_rules.all() if rule.unit != outsider]
    assert outsider.name in refused(sent.save_revision())


def test_a_notice_that_is_out_keeps_its_deadline_and_whoever_has_left(unit, outsider):
    rules = [{"kind": "unit", "unit": each} for each in (unit, outsider)]
    page = notice(rules=rules, receipt_kind="attendance", deadline=in_days(1), body=BODY)
    page.save_revision().publish()
    leave(outsider)
    with time_machine.travel(in_days(2)):
        page = NoticePage.objects.get(pk=page.pk)
        page.contact = "秘书处"
        page.save_revision().publish()
        page = NoticePage.objects.get(pk=page.pk)
        page.save()  # as Wagtail does it for its own ends
    assert NoticePage.objects.get(pk=page.pk).contact == "秘书处"


# --- The note of a correction ---------------------------------------------------------------------------------------
def test_every_change_has_its_own_note(client, editor, sent, unit, outsider):
    def send(title, note):
        data = entries(units=[unit, outsider], slug=sent.slug, title=title, correction=note)
        return client.post(edit_url(sent), data)

    assert send("第一次更正", "标题有误").status_code == 302
    again = send("第二次更正", " 标题有误 ")
    assert again.status_code == 200
    assert "仍是上一次的内容" in again.context["form"].errors["correction"][0]
    assert NoticePage.objects.get(pk=sent.pk).title == "第一次更正"
    assert send("第一次更正", "标题有误").status_code == 302  # nothing to read has changed
    assert send("第二次更正", "标题再次更正").status_code == 302
    assert NoticePage.objects.get(pk=sent.pk).correction == "标题再次更正"


# --- Workflow ---------------------------------------------------------------------------------------------------------
def test_what_is_not_ready_any_more_cannot_be_approved(client, editor, unit):
    client.post(add_url(), entries(units=[unit], action="submit"))
    page = NoticePage.objects.get()
    task = page.current_workflow_task_state
    leave(unit)
    before = stored()
    client.force_login(staff("秘书长"))
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    url = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", task.pk])
    answer = client.post(url, {"comment": ""}, headers={"referer": f"http://testserver{edit}"})
    assert answer.status_code == 302
    assert answer.url.endswith(edit)
    assert NOBODY in client.get(edit).content.decode()
    assert stored() == before
    page.refresh_from_db()
    assert (page.live, page.current_workflow_state.status) == (False, "in_progress")


# --- Schedule ---------------------------------------------------------------------------------------------------------
def test_the_others_go_out_and_the_editor_is_told(client, editor, unit, outsider):
    for slug, to in (("first", outsider), ("second", unit)):
        client.post(add_url(), entries(units=[to], slug=slug, title=f"定时-{slug}", go_live_at=typed(in_days(1))))
    leave(outsider)
    with time_machine.travel(in_days(2)):
        publish_scheduled()
        publish_scheduled()
    held, out = NoticePage.objects.get(slug="first"), NoticePage.objects.get(slug="second")
    assert (held.live, out.live) == (False, True)
    assert [delivery.unit for delivery in Delivery.objects.all()] == [unit]
    assert not Revision.objects.filter(approved_go_live_at__isnull=False).exists()
    assert held.get_latest_revision_as_object().title == "定时-first"
    entry = AuditEntry.objects.get(verb="cms.hold_back")
    assert (entry.actor, entry.object_id, entry.after["fields"]) == (None, str(held.pk), ["audience"])
    message = OutboundMessage.objects.get(template="notice_held_back")
    assert (message.recipient, message.variables["title"]) == (str(editor.phone), "定时-first")
    assert NOBODY in message.variables["reason"]


def test_a_correction_without_a_note_is_held_back_and_the_notice_stays(sent, editor):
    sent.title, sent.go_live_at = "改过的标题", in_days(1)
    sent.save_revision(user=editor).publish(user=editor, skip_permission_checks=True)
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        publish_scheduled()
    page = NoticePage.objects.get(pk=sent.pk)
    assert (page.live, page.title) == (True, "已发的通知")
    assert OutboundMessage.objects.filter(template="notice_held_back").count() == 1
