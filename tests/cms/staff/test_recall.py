"""Taking a notice back: the reason is asked, kept and shown to the unit; many at once are not taken back."""

import pytest
from django.urls import reverse
from wagtail.models import Page

from cms.models import NoticePage
from membership.audit.models import AuditEntry
from membership.tracking import actions as tracking
from tests.cms.conftest import GROUPS, edit_url, staff
from tests.factories import UnitFactory, clerk, members_index, notice, open_index

pytestmark = pytest.mark.django_db

REASON = "会议改期，另行通知"
ONE_BY_ONE = "《被收回的通知》已发送给会员单位，请单独撤回并填写原因。"


@pytest.fixture
def page(unit):
    page = notice(rules=[{"kind": "unit", "unit": unit}], title="被收回的通知", slug="recalled")
    page.save_revision().publish()
    return NoticePage.objects.get(pk=page.pk)


def recall_url(page):
    return reverse("notices:recall", args=[page.pk])


def unpublish_url(page):
    return reverse("wagtailadmin_pages:unpublish", args=[page.pk])


def state(page):
    """Whether it is live, why it was recalled, whether the units still have it, and what was recorded."""
    stored = NoticePage.objects.get(pk=page.pk)
    had = [delivery.recalled_at is None for delivery in page.deliveries.all()]
    return stored.live, stored.recall_reason, had, AuditEntry.objects.filter(verb="tracking.recall").count()


def bulk_unpublish(client, *pages, below=False):
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", "unpublish"])
    query = "&".join(f"id={page.pk}" for page in pages)
    return client.post(f"{url}?{query}&next=/cms/notice_list/", {"include_descendants": "on"} if below else {})


def test_a_recall_keeps_its_reason(client, editor, page):
    assert client.post(recall_url(page), {"reason": f" {REASON} "}).url == reverse("notices:board", args=[page.pk])
    assert state(page) == (False, REASON, [False], 1)
    entry = AuditEntry.objects.get(verb="tracking.recall")
    assert (entry.actor, entry.object_id, entry.after) == (editor, str(page.pk), {"units": 1})
    assert REASON in client.get(reverse("notices:board", args=[page.pk])).content.decode()


def test_the_page_asks_and_says_how_many_units_are_concerned(client, editor, page, outsider):
    tracking.deliver(notice(rules=[{"kind": "unit", "unit": outsider}]))
    html = client.get(recall_url(page)).content.decode()
    assert "将从 1 家已收到的单位撤回该通知。" in html
    assert "被收回的通知" in html


@pytest.mark.parametrize("reason", ["", "   ", "长" * 201])
def test_without_a_reason_nothing_is_recalled(client, editor, page, reason):
    response = client.post(recall_url(page), {"reason": reason})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["reason"])
    assert state(page) == (True, "", [True], 0)


def test_unpublishing_leads_to_the_question(client, editor, page):
    assert client.post(unpublish_url(page)).url == recall_url(page)
    assert state(page) == (True, "", [True], 0)
    assert f'href="{recall_url(page)}"' in client.get(edit_url(page)).content.decode()


def test_what_nobody_has_is_unpublished_as_ever(client, editor, unit):
    page = notice(index=open_index(), rules=[{"kind": "unit", "unit": unit}])
    assert f'href="{unpublish_url(page)}"' in client.get(edit_url(page)).content.decode()
    assert client.get(recall_url(page)).status_code == 302
    client.post(unpublish_url(page))
    assert state(page) == (False, "", [], 0)


def test_a_recalled_notice_is_not_recalled_again(client, editor, page):
    client.post(recall_url(page), {"reason": REASON})
    assert client.post(recall_url(page), {"reason": "再来"}).status_code == 302
    assert state(page) == (False, REASON, [False], 1)


def test_publishing_again_forgets_the_reason(client, editor, page):
    client.post(recall_url(page), {"reason": REASON})
    NoticePage.objects.get(pk=page.pk).get_latest_revision().publish()
    assert state(page) == (True, "", [True], 1)


@pytest.mark.parametrize("below", [False, True])
def test_many_are_not_recalled_at_once(client, editor, page, unit, below):
    other = notice(index=members_index(), rules=[{"kind": "unit", "unit": unit}])
    chosen = [Page.objects.get(pk=members_index().pk)] if below else [other, page]
    assert bulk_unpublish(client, *chosen, below=below).url == "/cms/notice_list/"
    assert state(page) == (True, "", [True], 0)
    assert NoticePage.objects.get(pk=other.pk).live
    assert ONE_BY_ONE in client.get("/cms/notice_list/").content.decode()


def test_many_that_nobody_has_are_unpublished(client, editor, page, unit):
    others = [notice(rules=[{"kind": "unit", "unit": unit}]) for _number in range(2)]
    bulk_unpublish(client, *others)
    assert [NoticePage.objects.get(pk=other.pk).live for other in others] == [False, False]
    assert state(page) == (True, "", [True], 0)


def test_an_index_does_not_take_notices_with_it(client, page):
    client.force_login(staff("系统管理员"))
    client.post(unpublish_url(members_index()), {"include_descendants": "on"})
    assert members_index().live
    assert state(page) == (True, "", [True], 0)


@pytest.mark.parametrize("group", [*GROUPS, "member", "visitor"])
def test_only_those_who_publish_may_recall(client, page, unit, group):
    if group == "member":
        client.force_login(clerk(unit))
    elif group != "visitor":
        client.force_login(staff(group))
    client.post(recall_url(page), {"reason": REASON})
    allowed = group in ("编辑", "秘书长", "系统管理员")
    assert state(page) == ((False, REASON, [False], 1) if allowed else (True, "", [True], 0))


def test_the_unit_reads_why_and_nobody_else_does(client, page, unit):
    tracking.recall(page, by=None, reason=REASON)
    url = reverse("portal:message", args=[page.deliveries.get().pk])
    client.force_login(clerk(unit))
    response = client.get(url)
    assert (response.status_code, f"撤回原因：{REASON}" in response.content.decode()) == (410, True)
    client.force_login(clerk(UnitFactory(certified=True)))
    assert client.get(url).status_code == 404


def test_a_recall_without_a_reason_says_none(client, page, unit):
    tracking.recall(page, by=None)
    client.force_login(clerk(unit))
    html = client.get(reverse("portal:message", args=[page.deliveries.get().pk])).content.decode()
    assert "撤回原因" not in html
