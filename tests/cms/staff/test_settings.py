"""协会设置: who edits it, and that every page tells the new name at once."""

import pytest
from django.urls import reverse

from cms.models import AssociationSettings
from tests.cms.conftest import GROUPS, staff

pytestmark = pytest.mark.django_db

URL = "/cms/settings/cms/associationsettings/"


def save(client, **changes):
    names = ["short_name", "phone", "support_phone", "working_hours", "address", "icp", "police_record"]
    pk = AssociationSettings.load().pk
    address = reverse("wagtailsettings:edit", args=["cms", "associationsettings", pk])
    return client.post(address, {**dict.fromkeys(names, ""), "name": "示范协会", **changes})


@pytest.mark.parametrize("group", GROUPS)
def test_only_administrators_edit_them(client, group):
    client.force_login(staff(group))
    save(client, name="改过的名称")
    assert (AssociationSettings.load().name == "改过的名称") is (group == "系统管理员")


def test_every_page_tells_the_new_name_at_once(client):
    client.force_login(staff("系统管理员"))
    save(client, name="旧名协会")
    assert AssociationSettings.current().name == "旧名协会"
    assert "旧名协会" in client.get("/").content.decode()
    save(client, name="新名协会", icp="蜀ICP备00000000号")
    html = client.get("/").content.decode()
    assert ("新名协会" in html, "旧名协会" in html, "蜀ICP备00000000号" in html) == (True, False, True)


def test_pages_read_them_from_the_process(client, django_assert_num_queries):
    AssociationSettings.current()
    with django_assert_num_queries(0):
        AssociationSettings.current()


def test_an_association_has_a_name(client):
    client.force_login(staff("系统管理员"))
    before = AssociationSettings.load().name
    assert save(client, name="").context["form"].errors.keys() == {"name"}
    assert AssociationSettings.load().name == before
