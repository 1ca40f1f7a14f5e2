"""Editors make every type of open page in Wagtail's form; what is wrong is said beside its field."""

import pytest
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data, rich_text, streamfield

from cms.actions import store_attachment
from home.models import ArticlePage, BranchPage, DownloadsPage, HomePage, SectionPage
from membership.units.models import Body
from tests.cms.conftest import staff
from tests.factories import UserFactory, members_index
from tests.files import docx
from tests.home.site import section

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(client):
    user = staff("编辑")
    client.force_login(user)
    return user


@pytest.fixture
def file(db):
    return store_attachment(docx("申请书.docx"), by=UserFactory(root=True), title="申请书")


def add(client, model, parent, **fields):
    """Send the form that makes a page and publishes it; returns the answer."""
    data = {
        "title": "新页面",
        "slug": "new-page",
        "summary": "摘要",
        "picture": "",
        "body": streamfield([("paragraph", rich_text("<p>正文</p>"))]),
        "seo_title": "",
        "search_description": "",
        "go_live_at": "",
        "expire_at": "",
        "comments": inline_formset([]),
        **fields,
    }
    url = reverse("wagtailadmin_pages:add", args=["home", model._meta.model_name, parent.pk])
    return client.post(url, nested_form_data(data) | {"action-publish": "on"})


FACTS = {
    SectionPage: {"shows": "articles"},
    ArticlePage: {
        "issuer": "示范厅",
        "document_no": "1号",
        "issued_on": "2026-05-01",
        "effective_on": "",
        "source": "",
    },
    BranchPage: {"contact_name": "", "phone": "", "email": "", "office": ""},
    DownloadsPage: {},
}


@pytest.mark.parametrize("model", FACTS)
def test_an_editor_makes_the_page_and_visitors_see_it(client, editor, file, model):
    parent = section(slug="parent")
    facts = dict(FACTS[model])
    if model in (ArticlePage, DownloadsPage):
        facts["files"] = inline_formset([{"id": "", "attachment": file.pk, "group": "入会", "note": ""}])
    if model is BranchPage:
        facts["branch"] = Body.objects.get(slug="quality").pk
    answer = add(client, model, parent, **facts)
    assert answer.status_code == 302, answer.context["form"].errors
    page = model.objects.get(slug="new-page")
    client.logout()
    html = client.get(page.url).content.decode()
    assert ("新页面" in html, "正文" in html, "申请书" in html) == (True, True, "files" in facts)


def test_a_link_needs_a_page_or_an_address_that_a_browser_may_follow(client, editor):
    for address in ("", "//evil.example/", "javascript:alert(1)", "data:text/html,x", "/\\evil.example"):
        body = streamfield([("links", _links(address))])
        answer = add(client, SectionPage, HomePage.objects.get(), shows="cards", body=body)
        assert (answer.status_code, list(answer.context["form"].errors)) == (200, ["body"]), address
    body = streamfield([("links", _links("/verify/"))])
    assert add(client, SectionPage, HomePage.objects.get(), shows="cards", body=body).status_code == 302


def _links(address):
    row = {
        "deleted": "",
        "order": "0",
        "type": "item",
        "id": "",
        "value": {"label": "查验", "note": "", "page": "", "address": address},
    }
    return {"links": {"count": "1", "0": row}}


@pytest.mark.parametrize("model", FACTS)
def test_nobody_puts_one_into_the_members_tree(client, model):
    client.force_login(UserFactory(root=True))
    url = reverse("wagtailadmin_pages:add", args=["home", model._meta.model_name, members_index().pk])
    assert client.get(url).status_code == 302
    assert add(client, model, members_index()).status_code == 302
    assert not model.objects.exists()


def test_nobody_is_offered_a_switch_for_privacy(client):
    page = section()
    client.force_login(UserFactory(root=True))
    assert not page.permissions_for_user(UserFactory(root=True)).can_set_view_restrictions()
    assert client.get(reverse("wagtailadmin_pages:set_privacy", args=[page.pk])).status_code == 302


@pytest.mark.parametrize("group", ["会员审核", "财务", "分会秘书"])
def test_others_do_not_write_pages(client, group):
    client.force_login(staff(group))
    answer = add(client, SectionPage, HomePage.objects.get(), shows="cards")
    assert (answer.status_code, SectionPage.objects.exists()) == (302, False)
