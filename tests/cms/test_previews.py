"""The previews of a notice: the public page, and what a unit will see before and after it has answered."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from cms.models import NoticePage
from membership.tracking.models import Delivery, Receipt
from tests.cms.conftest import add_url, edit_url, entries, in_days, typed
from tests.factories import members_index, notice

pytestmark = pytest.mark.django_db


def preview(client, data, mode):
    """Send the form of a new notice to the preview, and look at it."""
    url = reverse("wagtailadmin_pages:preview_on_add", args=["cms", "noticepage", members_index().pk])
    assert client.post(url, data).json()["is_valid"]
    response = client.get(f"{url}?mode={mode}")
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


def deliberation(**changes):
    when = typed(in_days(7))
    items = [{"title": "会议日期", "options": "甲日、乙日", "id": ""}, "章程修订案"]
    return entries(
        category="receipt", receipt_kind="deliberation", deadline=when, items=items, action=None, to_all="on", **changes
    )


def test_the_editor_offers_three_views(client, editor):
    names = [str(name) for _mode, name in client.get(add_url()).context["form"].instance.preview_modes]
    assert names == ["公开网页", "会员视角（未回执）", "会员视角（已回执）"]


def test_the_public_page_is_the_first(client, editor):
    page = preview(client, deliberation(), "")
    assert page.select(".shell") == page.select("#receipt-form") == []
    assert page.h1.text == "关于测试的通知"


def test_a_unit_that_has_not_answered_sees_the_form(client, editor):
    page = preview(client, deliberation(), "awaiting")
    assert page.h1.text == "关于测试的通知"
    assert page.select("#receipt-form") != []
    assert page.select("#receipt") == []
    assert "示例单位" in page.text
    assert len({field["name"] for field in page.select("#receipt-form [type=radio]")}) == 2


def test_a_unit_that_has_answered_sees_its_receipt(client, editor):
    page = preview(client, deliberation(), "answered")
    assert page.select("#receipt-form") == []
    assert [cell.text for cell in page.select("#receipt tbody td:nth-of-type(1)")] == ["甲日", "同意"]


@pytest.mark.parametrize("mode", ["", "awaiting", "answered"])
@pytest.mark.parametrize("kind", ["none", "attendance", "acknowledgement"])
def test_every_kind_can_be_looked_at_before_it_is_complete(client, editor, mode, kind):
    page = preview(client, entries(receipt_kind=kind, action=None), mode)
    assert page.h1.text == "关于测试的通知"


def test_looking_stores_nothing(client, editor):
    preview(client, deliberation(), "answered")
    assert not NoticePage.objects.exists()
    assert not Delivery.objects.exists()
    assert not Receipt.objects.exists()


def test_a_notice_that_is_out_is_looked_at_with_its_matters(client, editor, unit):
    page = notice(receipt_kind="deliberation", deadline=in_days(3), items=["章程修订案"], category="receipt")
    page.save_revision()
    url = reverse("wagtailadmin_pages:view_draft", args=[page.pk])
    assert client.get(edit_url(page)).status_code == 200
    assert "章程修订案" in client.get(f"{url}?mode=awaiting").content.decode()
    assert client.get(f"{url}?mode=nonsense").status_code in (200, 400, 403, 404)


def test_an_acknowledgement_asks_for_no_file(client, editor, unit):
    client.post(add_url(), entries(units=[unit], receipt_kind="acknowledgement"))
    assert NoticePage.objects.get().upload_required is False
