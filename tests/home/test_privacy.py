"""What is written to members stays with members: whoever asks the open site finds no word of it."""

import pytest
from django.contrib.auth.models import Group
from django.db.models import Exists
from django.urls import reverse
from wagtail.models import Page

from cms.actions import store_attachment
from cms.models import ActivityPage, NoticeAttachment, NoticePage
from home import models
from membership.prepared import Prepared
from membership.tracking import actions as tracking
from tests.factories import UnitFactory, UserFactory, clerk, members_index, notice, open_index
from tests.files import docx
from tests.home.site import restrict

pytestmark = pytest.mark.django_db

MARK = "不得外泄"
ASKERS = ["visitor", "outsider", "addressed", "editor", "root"]


@pytest.fixture
def addressed_unit():
    return UnitFactory(certified=True, name=f"{MARK}建设有限公司")


@pytest.fixture
def secret(addressed_unit):
    """A live members' notice that carries the mark in every part of it, delivered to one unit."""
    page = notice(
        title=f"{MARK}的通知",
        slug="for-members-only",
        document_no=f"{MARK}1号",
        contact=MARK,
        search_description=MARK,
        body=[("paragraph", f"<p>{MARK}</p>")],
        rules=[{"kind": "unit", "unit": addressed_unit}],
        receipt_kind="deliberation",
        items=[MARK],
    )
    attachment = store_attachment(docx(f"{MARK}.docx"), by=UserFactory(root=True), title=MARK)
    NoticeAttachment.objects.create(page=page, attachment=attachment)
    tracking.deliver(page)
    return page


@pytest.fixture
def ask(client, addressed_unit):
    def _ask(asker):
        people = {
            "visitor": lambda: None,
            "outsider": lambda: clerk(UnitFactory(certified=True)),
            "addressed": lambda: clerk(addressed_unit),
            "editor": lambda: UserFactory(staff=True),
            "root": lambda: UserFactory(root=True),
        }
        user = people[asker]()
        if asker == "editor":
            user.groups.add(Group.objects.get(name="编辑"))
        if user:
            client.force_login(user)
        return client

    return _ask


def content(response):
    return b"".join(response).decode() if response.streaming else response.content.decode()


@pytest.mark.parametrize("asker", ASKERS)
def test_the_open_site_says_nothing(asker, ask, secret):
    client = ask(asker)
    children = f"child_of={members_index().pk}", f"descendant_of={members_index().pk}"
    api = reverse("content-api:pages:listing")
    paths = {
        "/": 200,
        "/notices/": 200,
        "/sitemap.xml": 200,
        "/robots.txt": 200,
        f"{api}?fields=*": 200,
        f"{api}?fields=*&type=cms.NoticePage": 200,
        f"{api}?category=receipt&fields=*": 200,
        **{f"{api}?{query}": 400 for query in children},
        f"{api}{secret.pk}/": 404,
        f"{api}{members_index().pk}/": 404,
        f"{api}find/?id={secret.pk}": 404,
        f"{api}find/?html_path=/member-notices/for-members-only/": 404,
        reverse("home:attachment", args=[secret.attachments.get().pk]): 404,
        reverse("home:attachment-view", args=[secret.attachments.get().pk]): 404,
        reverse("home:attachment-page", args=[secret.attachments.get().pk, 1]): 404,
    }
    answers = {path: client.get(path) for path in paths}
    assert {path: answer.status_code for path, answer in answers.items()} == paths
    assert [path for path, answer in answers.items() if MARK in content(answer)] == []
    assert [path for path, answer in answers.items() if "for-members-only" in content(answer)] == []


@pytest.mark.parametrize(
    ("asker", "status", "target"),
    [
        ("visitor", 302, "/accounts/login/?next=/member-notices/for-members-only/"),
        ("outsider", 404, None),
        ("addressed", 302, "/portal/messages/{delivery}/"),
    ],
)
def test_the_address_of_the_page_shows_nothing(asker, status, target, ask, secret):
    answer = ask(asker).get("/member-notices/for-members-only/")
    assert answer.status_code == status
    assert answer.get("Location") == (target and target.format(delivery=secret.deliveries.get().pk))
    assert MARK not in content(answer)


@pytest.mark.parametrize("asker", ["editor", "root"])
def test_staff_who_may_browse_the_members_tree_see_the_page(asker, ask, secret):
    answer = ask(asker).get("/member-notices/for-members-only/")
    assert answer.status_code == 200
    assert MARK in content(answer)


@pytest.mark.parametrize("asker", ASKERS)
def test_the_members_index_is_in_no_menu(asker, ask, secret):
    members_index().__class__.objects.filter(slug="member-notices").update(show_in_menus=True)
    client = ask(asker)
    assert [path for path in ("/", "/notices/") if "member-notices" in content(client.get(path))] == []


@pytest.mark.parametrize("model", [NoticePage, ActivityPage])
def test_drafts_and_expired_pages_are_as_absent_as_private_ones(client, model):
    dates = {"starts_at": "2026-01-01T00:00Z", "ends_at": "2026-01-02T00:00Z"} if model is ActivityPage else {}
    page = notice(index=open_index(), title=MARK, slug="not-yet", live=False, model=model, **dates)
    api = reverse("content-api:pages:listing")
    paths = ["/", "/notices/", "/notices/not-yet/", "/sitemap.xml", f"{api}?fields=*", f"{api}{page.pk}/"]
    assert [path for path in paths if MARK in content(client.get(path))] == []


def aliased(page):
    """The same page again, in the open index: what keeps people from the one itself keeps them from the other."""
    page.create_alias(parent=open_index(), update_slug="in-the-open")
    restrict(page)


def test_an_alias_in_the_open_index_is_kept_as_what_it_stands_for(client, secret):
    aliased(secret)
    answer = client.get("/notices/in-the-open/")
    assert (answer.status_code, MARK in content(answer)) == (302, False)


def test_twin_that_does_not_look_for_aliases_shows_it(client, secret, monkeypatch):
    monkeypatch.setattr(models, "below_an_alias", lambda: Exists(Page.objects.filter(path="none")))
    monkeypatch.setattr(models, "notices_at", Prepared(models.notices_at.compose))
    aliased(secret)
    assert MARK in content(client.get("/notices/in-the-open/"))


@pytest.mark.parametrize("model", [NoticePage, ActivityPage])
def test_a_notice_in_the_open_index_may_be_kept_from_visitors(client, model):
    dates = {"starts_at": "2026-01-01T00:00Z", "ends_at": "2026-01-02T00:00Z", "venue": "成都"}
    dates = dates if model is ActivityPage else {}
    page = notice(index=open_index(), title=MARK, slug="of-late", model=model, **dates)
    assert MARK in content(client.get("/notices/of-late/"))
    restriction = restrict(page)
    assert client.get("/notices/of-late/").status_code == 302
    restriction.delete()
    above = restrict(open_index())
    assert client.get("/notices/of-late/").status_code == 302
    above.delete()
    assert client.get("/notices/of-late/").status_code == 200
