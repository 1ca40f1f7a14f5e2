"""What is in the members' tree stays in it, and what went out to units stays."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from wagtail.models import GroupPagePermission, Page

from cms.models import NoticePage
from tests.cms.conftest import add_url, entries, staff
from tests.factories import UserFactory, members_index, notice, open_index

pytestmark = pytest.mark.django_db

NOT_MOVED = "会员通知不能移动到公开栏目下。"
NOT_COPIED = "会员通知不能复制到公开栏目下。"


@pytest.fixture
def page(unit):
    """A live notice of the members' tree, delivered to one unit."""
    page = notice(rules=[{"kind": "unit", "unit": unit}], title="会员可读的通知", slug="for-members")
    page.save_revision().publish()
    return NoticePage.objects.get(pk=page.pk)


@pytest.fixture(params=["编辑", "系统管理员", "root"])
def desk(request, client):
    """Whoever may write pages, logged in: the rules hold for every one of them."""
    client.force_login(UserFactory(root=True) if request.param == "root" else staff(request.param))
    return client


@pytest.fixture
def chief(client):
    """Somebody who may do everything to pages."""
    client.force_login(UserFactory(root=True))
    return client


def bulk(client, action, pages, data=None):
    url = reverse("wagtail_bulk_action", args=["wagtailcore", "page", action])
    query = "&".join(f"id={page.pk}" for page in pages)
    return client.post(f"{url}?{query}&next=/cms/", data or {})


def messages_of(client):
    return client.get("/cms/account/").content.decode()


def test_one_page_is_not_moved_out(desk, page):
    url = reverse("wagtailadmin_pages:move_confirm", args=[page.pk, open_index().pk])
    desk.post(url)
    page.refresh_from_db()
    assert page.get_parent().pk == members_index().pk
    assert Page.objects.public().filter(pk=page.pk).count() == 0


def test_many_pages_are_not_moved_out(desk, page):
    response = bulk(desk, "move", [page], {"move_applied": "on", "chooser": open_index().pk})
    page.refresh_from_db()
    assert page.get_parent().pk == members_index().pk
    assert NOT_MOVED in response.content.decode()


def test_an_open_page_may_become_one_for_members(chief):
    open_page = notice(index=open_index())
    chief.post(reverse("wagtailadmin_pages:move_confirm", args=[open_page.pk, members_index().pk]))
    open_page.refresh_from_db()
    assert open_page.get_parent().pk == members_index().pk
    bulk(chief, "move", [notice(index=open_index(), slug="second")], {"chooser": members_index().pk})
    assert NoticePage.objects.get(slug="second").get_parent().pk == members_index().pk


def test_a_page_is_not_copied_out(desk, page):
    url = reverse("wagtailadmin_pages:copy", args=[page.pk])
    data = {"new_title": "外传", "new_slug": "leak", "new_parent_page": open_index().pk}
    response = desk.post(url, data | {"alias": "on"})
    assert response.context["form"].errors == {"new_parent_page": [NOT_COPIED]}
    assert not Page.objects.filter(slug="leak").exists()


def test_a_copy_of_the_whole_tree_stays_private(chief, page):
    home = members_index().get_parent()
    url = reverse("wagtailadmin_pages:copy", args=[members_index().pk])
    data = {"new_title": "副本", "new_slug": "copied", "new_parent_page": home.pk, "copy_subpages": "on"}
    chief.post(url, data)
    assert Page.objects.filter(slug="copied").exists()
    assert Page.objects.public().filter(title__in=["副本", page.title]).count() == 0


@pytest.mark.parametrize(
    ("action", "data"),
    [
        ("move", {"destination_page_id": "open"}),
        ("copy", {"destination_page_id": "open"}),
        ("create_alias", {"destination_page_id": "open", "update_slug": "leak"}),
        ("delete", {}),
        ("unpublish", {}),
    ],
)
def test_the_admins_api_changes_nothing(chief, page, action, data):
    before = list(Page.objects.order_by("pk").values_list("pk", "path", "live"))
    url = f"/cms/api/main/pages/{page.pk}/action/{action}/"
    sent = {name: open_index().pk if value == "open" else value for name, value in data.items()}
    assert chief.post(url, sent, content_type="application/json").status_code == 404
    assert list(Page.objects.order_by("pk").values_list("pk", "path", "live")) == before


def test_the_admins_api_is_read_by_those_who_may_browse(client, page):
    url = f"/cms/api/main/pages/{page.pk}/"
    statuses = {}
    for group in ("编辑", "财务", "分会秘书"):
        client.force_login(staff(group))
        statuses[group] = client.get(url).status_code
    assert statuses == {"编辑": 200, "财务": 404, "分会秘书": 404}


def deletable(page):
    return reverse("wagtailadmin_pages:delete", args=[page.pk])


def test_a_delivered_notice_is_not_deleted(desk, page):
    desk.post(deletable(page))
    assert NoticePage.objects.filter(pk=page.pk).exists()


@pytest.mark.parametrize("above", [False, True], ids=["itself", "with its index"])
def test_whoever_may_delete_is_told_to_recall_instead(chief, page, above):
    chief.post(deletable(members_index() if above else page))
    assert NoticePage.objects.filter(pk=page.pk).exists()
    assert "《会员可读的通知》已发送给会员单位，不能删除。如需收回，请取消发布（即撤回）。" in messages_of(chief)


@pytest.mark.parametrize("above", [False, True], ids=["itself", "with its index"])
def test_it_is_not_deleted_among_many(chief, page, above):
    fresh = notice(index=open_index(), slug="fresh")
    bulk(chief, "delete", [fresh, members_index() if above else page])
    assert NoticePage.objects.filter(pk__in=[page.pk, fresh.pk]).count() == 2
    assert "《会员可读的通知》已发送给会员单位，不能删除。如需收回，请取消发布（即撤回）。" in messages_of(chief)


def test_what_was_never_delivered_may_be_deleted(chief, page):
    single, one, other = notice(live=False), notice(live=False), notice(index=open_index())
    chief.post(deletable(single))
    bulk(chief, "delete", [one, other])
    assert list(NoticePage.objects.values_list("pk", flat=True)) == [page.pk]


def test_a_recalled_notice_is_kept_as_well(chief, page):
    page.unpublish()
    chief.post(deletable(page))
    assert NoticePage.objects.filter(pk=page.pk).exists()


def test_an_editor_of_one_place_is_an_editor_of_that_place(client, unit):
    """Rights come from the place in the tree: an editor of the open index writes no members' notices."""
    user = staff("财务")
    GroupPagePermission.objects.create(
        group=user.groups.get(), page=open_index(), permission=Permission.objects.get(codename="add_page")
    )
    client.force_login(user)
    assert client.post(add_url(members_index()), entries(units=[unit], action=None)).status_code == 302
    assert not NoticePage.objects.exists()
    client.post(add_url(open_index()), entries(action=None))
    assert NoticePage.objects.count() == 1


@pytest.mark.parametrize("group", ["会员审核", "分会秘书", "财务"])
def test_who_is_no_editor_writes_nothing(client, group, unit):
    client.force_login(staff(group))
    client.get(add_url())
    client.post(add_url(), entries(units=[unit]))
    assert not NoticePage.objects.exists()
