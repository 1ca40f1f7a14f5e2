"""The editor of notices over HTTP: drafts may be incomplete, what goes out may not."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from cms.models import ActivityPage, NoticePage
from membership.audit.models import AuditEntry
from membership.tracking.models import Delivery
from tests.cms.conftest import add_url, edit_url, entries, in_days, staff, typed, words
from tests.factories import UnitFactory, UserFactory, members_index, notice, open_index

pytestmark = pytest.mark.django_db

DELIBERATION = {"category": "receipt", "receipt_kind": "deliberation", "items": ["章程修订案"]}
ATTENDANCE = {"category": "receipt", "receipt_kind": "attendance"}


def test_a_draft_may_be_incomplete(client, editor, unit):
    data = entries(category="receipt", receipt_kind="deliberation", action=None)
    response = client.post(add_url(), data)
    page = NoticePage.objects.get()
    assert response.status_code == 302
    assert (page.live, page.receipt_kind, page.deadline) == (False, "deliberation", None)
    assert Delivery.objects.count() == 0


def test_a_draft_has_a_title_and_a_category(client, editor):
    response = client.post(add_url(), entries(category=None, action=None, title=""))
    assert sorted(words(response)) == ["category", "title"]
    assert not NoticePage.objects.exists()


def test_publishing_delivers_to_the_audience_and_to_nobody_else(client, editor, unit, outsider):
    response = client.post(add_url(), entries(units=[unit], **DELIBERATION, deadline=typed(in_days(7))))
    page = NoticePage.objects.get()
    assert response.status_code == 302
    assert page.live
    assert [(d.unit, d.receipt_kind, d.receipt_state) for d in page.deliveries.all()] == [
        (unit, "deliberation", "awaiting")
    ]
    entry = AuditEntry.objects.get(verb="tracking.deliver")
    assert (entry.actor, entry.object_id, entry.after["units"]) == (editor, str(page.pk), 1)


@pytest.mark.parametrize(
    ("changes", "field", "sentence"),
    [
        (
            {**ATTENDANCE, "category": "notice", "deadline": 7},
            "category",
            "需要回执的通知应放在回执通知栏目，请更换栏目。",
        ),
        (
            {"category": "receipt"},
            "receipt_kind",
            "该栏目用于需要回执的通知，请选择回执类型，或更换栏目。",
        ),
        (ATTENDANCE, "deadline", "请填写回执截止时间。"),
        ({**ATTENDANCE, "deadline": -1}, "deadline", "回执截止时间已过，请调整。"),
        ({**DELIBERATION, "items": [], "deadline": 7}, "agenda_items", "请至少填写一项审议事项。"),
        ({"units": []}, "to_all", "请选择发送对象。"),
        (
            {**ATTENDANCE, "deadline": 2, "go_live_at": 3},
            "deadline",
            "回执截止时间早于通知的发布时间，请调整。",
        ),
    ],
)
def test_publishing_what_is_incomplete_says_why_beside_the_field(client, editor, unit, changes, field, sentence):
    moments = {name: typed(in_days(changes[name])) for name in ("deadline", "go_live_at") if name in changes}
    data = entries(**{"units": [unit], "title": "写了一半的通知", **changes, **moments})
    response = client.post(add_url(), data)
    assert response.status_code == 200
    assert words(response) == {field: [sentence]}
    assert sentence in response.content.decode()
    assert response.context["form"]["title"].value() == "写了一半的通知"
    assert not NoticePage.objects.exists()
    assert Delivery.objects.count() == 0


def test_what_was_typed_is_kept_when_publishing_is_refused(client, editor, unit, outsider):
    data = entries(units=[unit], not_to_units=[outsider.pk], category="receipt", document_no="示字〔2026〕1号")
    form = client.post(add_url(), data).context["form"]
    assert form["document_no"].value() == "示字〔2026〕1号"
    assert form["to_units"].value() == [str(unit.pk)]
    assert form["not_to_units"].value() == [str(outsider.pk)]


def test_an_audience_that_reaches_nobody_cannot_be_published(client, editor, unit):
    pending = UnitFactory(certified=False)
    response = client.post(add_url(), entries(to_all="on", not_to_units=[unit.pk]))
    assert words(response) == {"to_all": ["没有符合条件的会员单位，请调整发送对象。"]}
    response = client.post(add_url(), entries(units=[pending]))
    assert words(response) == {"to_all": ["没有符合条件的会员单位，请调整发送对象。"]}
    assert not NoticePage.objects.exists()


def test_an_open_announcement_needs_no_audience(client, editor, unit):
    client.post(add_url(open_index()), entries(category="announcement"))
    assert NoticePage.objects.get().live
    assert Delivery.objects.count() == 0


def test_an_open_notice_with_a_receipt_needs_one(client, editor, unit):
    response = client.post(add_url(open_index()), entries(**ATTENDANCE, deadline=typed(in_days(7))))
    assert words(response) == {"to_all": ["请选择发送对象。"]}


def test_a_published_notice_keeps_its_deadline_when_it_has_passed(client, editor, unit):
    page = notice(rules=[{"kind": "unit", "unit": unit}], receipt_kind="attendance", deadline=in_days(-1))
    page.save_revision().publish()
    data = entries(
        units=[unit],
        **ATTENDANCE,
        title="更正后的标题",
        correction="标题有误",
        slug=page.slug,
        deadline=typed(in_days(-1)),
    )
    stored = NoticePage.objects.get(pk=page.pk).deadline
    data["deadline"] = typed(timezone.localtime(stored))
    NoticePage.objects.filter(pk=page.pk).update(deadline=stored.replace(second=0, microsecond=0))
    response = client.post(edit_url(page), data)
    page.refresh_from_db()
    assert response.status_code == 302
    assert page.title == "更正后的标题"
    data["deadline"] = typed(in_days(-2))
    assert words(client.post(edit_url(page), data)) == {"deadline": ["回执截止时间已过，请调整。"]}


def test_publishing_again_adds_newcomers_and_removes_nobody(client, editor, unit, outsider):
    client.post(add_url(), entries(units=[unit]))
    page = NoticePage.objects.get()
    first = page.deliveries.get()
    later = UnitFactory(certified=True)
    client.post(edit_url(page), entries(units=[unit, later]))
    assert set(page.deliveries.values_list("unit", flat=True)) == {unit.pk, later.pk}
    first.refresh_from_db()
    assert first.delivered_at < page.deliveries.get(unit=later).delivered_at


def test_the_form_shows_the_audience_that_was_chosen(client, editor, unit, outsider):
    client.post(add_url(), entries(to_all="on", not_to_units=[outsider.pk], action=None))
    form = client.get(edit_url(NoticePage.objects.get())).context["form"]
    assert form["to_all"].value() is True
    assert form["not_to_units"].value() == [outsider.pk]
    assert form["to_units"].value() == []


def test_saving_twice_keeps_the_rules(client, editor, unit, outsider):
    client.post(add_url(), entries(to_all="on", not_to_units=[outsider.pk]))
    page = NoticePage.objects.get()
    before = list(page.audience_rules.values_list("pk", "kind", "unit"))
    client.post(edit_url(page), entries(to_all="on", not_to_units=[outsider.pk]))
    assert list(page.audience_rules.values_list("pk", "kind", "unit")) == before


def test_all_members_overrides_what_is_narrower(client, editor, unit, outsider):
    client.post(add_url(), entries(to_all="on", units=[unit]))
    assert set(Delivery.objects.values_list("unit", flat=True)) == {unit.pk, outsider.pk}


def activity(**changes):
    return entries(category="activity", **{"starts_at": "", "ends_at": "", "venue": "", "quota": "", **changes})


def test_an_activity_has_dates_and_a_venue(client, editor, unit):
    starts = in_days(10)
    good = {"starts_at": typed(starts), "ends_at": typed(starts + timedelta(hours=2)), "venue": "协会会议室"}
    client.post(add_url(model="activitypage"), activity(units=[unit], **good))
    page = ActivityPage.objects.get()
    assert (page.live, page.venue, page.quota, page.deliveries.count()) == (True, "协会会议室", None, 1)


def test_an_activity_does_not_end_before_it_starts(client, editor, unit):
    starts = in_days(10)
    wrong = {"starts_at": typed(starts), "ends_at": typed(starts - timedelta(hours=2)), "venue": "协会会议室"}
    for action in ("publish", None):
        response = client.post(add_url(model="activitypage"), activity(units=[unit], action=action, **wrong))
        assert words(response) == {"ends_at": ["结束时间早于开始时间，请调整。"]}
    assert not ActivityPage.objects.exists()


@pytest.mark.parametrize(("model", "slug"), [("noticepage", "notice"), ("activitypage", "activity")])
def test_a_new_notice_starts_in_its_usual_category(client, editor, model, slug):
    form = client.get(add_url(model=model)).context["form"]
    assert form.initial["category"].slug == slug


@pytest.mark.parametrize("group", ["编辑", "系统管理员", "root"])
def test_privacy_is_nobodys_to_set(client, group, unit):
    page = notice(rules=[{"kind": "unit", "unit": unit}])
    client.force_login(UserFactory(root=True) if group == "root" else staff(group))
    for asked in (page, members_index(), open_index()):
        before = list(asked.get_view_restrictions().values_list("pk", "restriction_type"))
        url = reverse("wagtailadmin_pages:set_privacy", args=[asked.pk])
        answers = [client.get(url), client.post(url, {"restriction_type": "none"})]
        assert [answer.status_code for answer in answers] == [302, 302]
        assert list(asked.get_view_restrictions().values_list("pk", "restriction_type")) == before
