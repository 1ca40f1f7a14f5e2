"""Publishing a notice that units have: corrections are told, and the audience only grows."""

import pytest
from django.urls import reverse
from wagtail.models import Revision
from wagtail.test.utils.form_data import rich_text, streamfield

from cms.models import AudienceRule, NoticePage
from membership.audit.models import AuditEntry
from membership.tracking import actions as tracking
from membership.units.models import Membership, Unit
from tests.cms.conftest import edit_url, entries, words
from tests.factories import UnitFactory, notice

pytestmark = pytest.mark.django_db

SAY_WHAT = "通知发出后标题或正文有改动，请填写更正说明。"
TITLE = "关于测试的通知"
BODY = streamfield([("paragraph", rich_text("<p>改过的正文</p>"))])


@pytest.fixture
def page(unit):
    """A notice that the unit has."""
    body = [("paragraph", "<p>正文</p>")]
    page = notice(rules=[{"kind": "unit", "unit": unit}], title=TITLE, slug="sent", body=body)
    page.save_revision().publish()
    return NoticePage.objects.get(pk=page.pk)


def sent(page, *units, **changes):
    return entries(units=units, **{"slug": page.slug, "correction": "", **changes})


def stored(page):
    return NoticePage.objects.values("title", "correction", "corrected_at").get(pk=page.pk)


@pytest.mark.parametrize("changes", [{"title": "改过的标题"}, {"body": BODY}])
def test_a_change_without_a_word_is_refused(client, editor, page, unit, changes):
    before, entries_before = stored(page), AuditEntry.objects.count()
    response = client.post(edit_url(page), sent(page, unit, **changes))
    assert words(response) == {"correction": [SAY_WHAT]}
    assert SAY_WHAT in response.content.decode()
    assert (stored(page), AuditEntry.objects.count()) == (before, entries_before)


def test_a_draft_of_the_change_may_be_saved(client, editor, page, unit):
    response = client.post(edit_url(page), sent(page, unit, title="改过的标题", action=None))
    assert (response.status_code, stored(page)["title"]) == (302, TITLE)


def test_a_correction_is_dated_when_it_is_published(client, editor, page, unit):
    response = client.post(edit_url(page), sent(page, unit, title="改过的标题", correction="标题有误"))
    now = stored(page)
    assert response.status_code == 302
    assert (now["title"], now["correction"]) == ("改过的标题", "标题有误")
    assert now["corrected_at"] is not None
    client.post(edit_url(page), sent(page, unit, title="改过的标题", correction="标题有误", contact="秘书处"))
    assert stored(page) == now


def test_what_changes_nothing_to_read_needs_no_word(client, editor, page, unit):
    assert client.post(edit_url(page), sent(page, unit, contact="秘书处")).status_code == 302
    assert stored(page) == {"title": TITLE, "correction": "", "corrected_at": None}


def test_what_nobody_has_needs_no_word(client, editor, unit):
    page = notice(rules=[{"kind": "unit", "unit": unit}], slug="unsent")
    assert client.post(edit_url(page), sent(page, unit, title="改过的标题")).status_code == 302
    assert stored(page) == {"title": "改过的标题", "correction": "", "corrected_at": None}


def test_many_at_once_are_held_to_it_too(client, editor, page):
    page.title = "改过的标题"
    page.save_revision()
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "publish"])
    client.post(f"{url}?id={page.pk}&next=/cms/", {"include_descendants": ""})
    assert stored(page)["title"] == TITLE


def test_an_older_draft_does_not_undate_the_correction(client, editor, page, unit):
    old = page.save_revision()
    client.post(edit_url(page), sent(page, unit, title="改过的标题", correction="标题有误"))
    dated = stored(page)["corrected_at"]
    assert Revision.objects.get(pk=old.pk).as_object().corrected_at == dated


def test_the_audience_only_grows(client, editor, page, unit, outsider):
    before = AuditEntry.objects.count()
    response = client.post(edit_url(page), sent(page, outsider))
    sentence = (
        f"新的发送对象不含已收到通知的 1 家单位：{unit.name}。发送对象只能增加，请将其加回；如需收回通知，请使用撤回。"
    )
    assert words(response) == {"to_all": [sentence]}
    assert [delivery.unit for delivery in page.deliveries.all()] == [unit]
    assert AuditEntry.objects.count() == before
    assert client.post(edit_url(page), sent(page, unit, outsider)).status_code == 302
    assert {delivery.unit for delivery in page.deliveries.all()} == {unit, outsider}


def test_an_empty_audience_leaves_everybody_out(client, editor, page):
    assert list(words(client.post(edit_url(page), sent(page)))) == ["to_all"]


def test_the_refusal_names_the_first_five(client, editor, page, outsider):
    for number in range(7):
        UnitFactory(certified=True, name=f"第{number}建设有限公司")
    AudienceRule.objects.update(kind="all", unit=None)
    tracking.deliver(NoticePage.objects.get(pk=page.pk))
    [sentence] = words(client.post(edit_url(page), sent(page, outsider)))["to_all"]
    assert "8 家单位" in sentence
    assert sentence.count("建设有限公司") == 5
    assert outsider.name not in sentence


def test_a_draft_may_leave_out_whom_it_likes(client, editor, page, outsider):
    assert client.post(edit_url(page), sent(page, outsider, action=None)).status_code == 302


def test_who_is_no_longer_reached_is_not_left_out_by_the_editor(client, editor, page, unit, outsider):
    """A unit that has left the association stays with its message and holds up nobody."""
    Membership.objects.filter(unit=unit).update(state="left")
    assert not Unit.objects.certified().filter(pk=unit.pk).exists()
    assert client.post(edit_url(page), sent(page, outsider)).status_code == 302
    assert {delivery.unit for delivery in page.deliveries.all()} == {unit, outsider}
