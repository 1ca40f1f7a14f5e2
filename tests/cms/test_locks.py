"""Once a unit has answered, what it was asked stays, by whatever way a draft is published."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import Revision, Workflow

from cms.models import AgendaItem, NoticeCategory, NoticePage
from cms.tasks import publish_scheduled
from membership.tracking import actions as tracking
from tests.cms.conftest import edit_url, entries, in_days, staff, typed, words
from tests.factories import clerk, notice

pytestmark = pytest.mark.django_db

MATTERS = ["章程修订案", "会费标准"]
LOCKED_KIND = "已有单位提交回执，回执类型不能更改。"
LOCKED_MATTERS = "已有单位提交回执，审议事项不能更改。"


@pytest.fixture
def page(unit):
    """A published notice that asks for opinions on two matters."""
    page = notice(
        rules=[{"kind": "unit", "unit": unit}],
        receipt_kind="deliberation",
        deadline=in_days(7),
        items=MATTERS,
        title="关于测试的通知",
        slug="locked",
        body=[("paragraph", "<p>正文</p>")],
    )
    page.save_revision().publish()
    return NoticePage.objects.get(pk=page.pk)


def answer(page, unit):
    opinions = [{"item": item, "choice": "agree"} for item in page.agenda_items.all()]
    return tracking.submit_receipt(page.deliveries.get(unit=unit), by=clerk(unit), version=0, opinions=opinions)


def rows(page, **titles):
    """The matters as the form sends them: existing rows, with a title changed where `titles` says so."""
    return [{"title": titles.get(f"n{item.pk}", item.title), "id": item.pk} for item in page.agenda_items.all()]


def sent(page, unit, **changes):
    data = {
        "units": [unit],
        "category": "receipt",
        "receipt_kind": "deliberation",
        "deadline": typed(in_days(7)),
        "slug": page.slug,
        "items": rows(page),
        "correction": "标题有误" if "title" in changes else "",
    }
    return entries(**{**data, **changes})


def asked(page):
    """What units are asked: kind and matters as they stand in the database."""
    live = NoticePage.objects.get(pk=page.pk)
    return live.receipt_kind, [(item.pk, item.title) for item in live.agenda_items.all()]


def drafted(page, unit):
    """A draft from before the first answer that asks for something else."""
    draft = NoticePage.objects.get(pk=page.pk)
    draft.title = "旧稿标题"
    draft.correction = "标题有误"
    draft.category = NoticeCategory.objects.get(slug="notice")
    draft.receipt_kind = "none"
    draft.deadline = None
    draft.agenda_items = [AgendaItem(title="另一事项")]
    return Revision.objects.get(pk=draft.save_revision().pk)


def test_before_the_first_answer_all_may_change(client, editor, page, unit):
    first = page.agenda_items.first()
    data = sent(page, unit, items=[{"title": "改过的事项", "id": first.pk}, *rows(page)[1:], "新增事项"])
    assert client.post(edit_url(page), data).status_code == 302
    assert [title for _pk, title in asked(page)[1]] == ["改过的事项", MATTERS[1], "新增事项"]


@pytest.mark.parametrize("action", ["publish", None])
def test_kind_and_matters_are_locked_in_the_form(client, editor, page, unit, action):
    answer(page, unit)
    before = asked(page)
    first = page.agenda_items.first()
    for changes, found in [
        ({"receipt_kind": "attendance"}, {"receipt_kind": [LOCKED_KIND]}),
        ({"items": rows(page, **{f"n{first.pk}": "改过的事项"})}, {"agenda_items": [LOCKED_MATTERS]}),
        ({"items": [*rows(page), "新增事项"]}, {"agenda_items": [LOCKED_MATTERS]}),
        ({"items": [{**rows(page)[0], "DELETE": "on"}, rows(page)[1]]}, {"agenda_items": [LOCKED_MATTERS]}),
    ]:
        response = client.post(edit_url(page), sent(page, unit, action=action, **changes))
        assert words(response) == found
    assert asked(page) == before


def test_the_rest_may_still_be_corrected(client, editor, page, unit):
    answer(page, unit)
    before = asked(page)
    data = sent(page, unit, title="更正后的标题", correction="标题有误", contact="协会秘书处")
    del data["receipt_kind"]  # a disabled control sends nothing
    assert client.post(edit_url(page), data).status_code == 302
    live = NoticePage.objects.get(pk=page.pk)
    assert (live.title, live.contact, asked(page)) == ("更正后的标题", "协会秘书处", before)


def test_the_locked_form_offers_no_change(client, editor, page, unit):
    answer(page, unit)
    html = client.get(edit_url(page)).content.decode()
    assert LOCKED_KIND in html
    assert "agenda-locked" in html


def publish_at_once(page, unit, client, draft):
    draft.publish()


def publish_in_bulk(page, unit, client, draft):
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    response = client.post(f"{url}?id={page.pk}&next=/cms/", {"include_descendants": ""})
    assert response.status_code == 302


def publish_by_schedule(page, unit, client, draft):
    Revision.objects.filter(pk=draft.pk).update(approved_go_live_at=timezone.now() - timedelta(minutes=1))
    publish_scheduled()


def publish_by_approval(page, unit, client, draft):
    state = Workflow.objects.get().start(page, user=staff("编辑"))
    state.current_task_state.approve(user=staff("秘书长"))


def publish_by_reverting(page, unit, client, draft):
    revert = reverse("wagtailadmin_pages:revisions_revert", args=[page.pk, draft.pk])
    shown = client.get(revert).context["form"]
    data = sent(page, unit, title=shown["title"].value(), items=rows(shown.instance), revision=draft.pk)
    assert shown.instance.receipt_kind == "deliberation"
    assert client.post(edit_url(page), data).status_code == 302


@pytest.mark.parametrize(
    "way", [publish_at_once, publish_in_bulk, publish_by_schedule, publish_by_approval, publish_by_reverting]
)
def test_an_older_draft_takes_nothing_back(client, editor, page, unit, way):
    draft = drafted(page, unit)
    answer(page, unit)
    before = asked(page)
    way(page, unit, client, draft)
    live = NoticePage.objects.get(pk=page.pk)
    assert live.title == "旧稿标题"
    assert asked(page) == before
    assert (live.category.slug, live.deadline is None) == ("receipt", False)
    delivery = page.deliveries.get()
    assert (delivery.receipt_kind, delivery.receipt_state) == ("deliberation", "submitted")
    assert delivery.receipts.get().opinions.count() == len(MATTERS)


def test_without_an_answer_the_same_draft_changes_the_question(page, unit):
    """The twin: what the locks hold back does happen when nobody has answered."""
    drafted(page, unit).publish()
    assert asked(page)[0] == "none"
    assert [title for _pk, title in asked(page)[1]] == ["另一事项"]
    assert page.deliveries.get().receipt_state == "none"


LOCKED_REST = "已有单位提交回执，填写项和表决规则不能更改。"


def decided(page):
    live = NoticePage.objects.get(pk=page.pk)
    options = list(live.agenda_items.values_list("options", flat=True))
    return live.attendee_columns, live.quorum, live.majority, options


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"attendee_columns": ["remark"]}, "attendee_columns"),
        ({"quorum": "two_thirds"}, "quorum"),
        ({"majority": "half_all"}, "majority"),
        ({"majority": ""}, "majority"),
    ],
)
def test_columns_and_rule_are_locked_by_the_first_answer_only(client, editor, page, unit, changes, field):
    before = decided(page)
    answer(page, unit)
    response = client.post(edit_url(page), sent(page, unit, **changes))
    assert words(response) == {field: [LOCKED_REST]}
    assert decided(page) == before


def test_columns_and_rule_may_change_before_the_first_answer(client, editor, page, unit):
    changes = {"attendee_columns": ["remark"], "quorum": "two_thirds", "majority": "half_all"}
    items = [{**row, "options": "甲案、乙案"} for row in rows(page)]
    assert client.post(edit_url(page), sent(page, unit, items=items, **changes)).status_code == 302
    assert decided(page) == (["remark"], "two_thirds", "half_all", ["甲案、乙案"] * 2)


def test_options_are_locked(client, editor, page, unit):
    answer(page, unit)
    items = [{**row, "options": "甲案、乙案"} for row in rows(page)]
    assert words(client.post(edit_url(page), sent(page, unit, items=items))) == {"agenda_items": [LOCKED_MATTERS]}
    assert decided(page)[3] == ["", ""]


def test_an_older_draft_does_not_change_how_it_is_decided(page, unit):
    draft = NoticePage.objects.get(pk=page.pk)
    draft.quorum, draft.majority, draft.attendee_columns = "two_thirds", "half_all", []
    revision = Revision.objects.get(pk=draft.save_revision().pk)
    before = decided(page)
    answer(page, unit)
    revision.publish()
    assert decided(page) == before
