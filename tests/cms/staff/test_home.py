"""The start page of the staff area: each role sees what it can do something about."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from membership.tracking import actions as tracking
from membership.tracking.models import Receipt
from membership.units.models import Body
from tests.cms.conftest import GROUPS, in_days, staff
from tests.factories import MembershipFactory, UnitFactory, clerk, notice, review

pytestmark = pytest.mark.django_db

HOME = "/cms/"


@pytest.fixture
def receipts(unit, outsider):
    """One receipt of today and one of yesterday."""
    page = notice(receipt_kind="attendance", deadline=in_days(3))
    tracking.deliver(page)
    for answering in (unit, outsider):
        tracking.submit_receipt(page.deliveries.get(unit=answering), by=clerk(answering), version=0)
    Receipt.objects.filter(delivery__unit=outsider).update(submitted_at=timezone.now() - timedelta(days=1))


@pytest.mark.parametrize("group", GROUPS)
def test_what_each_role_is_told(client, receipts, group):
    applicant = UnitFactory(name="待审核单位", certified=False)
    applicant.memberships.update(state="pending", submitted_at=timezone.now())
    review(applicant.certification)
    client.force_login(staff(group))
    html = client.get(HOME).content.decode()
    shown = {sentence: sentence in html for sentence in ("今日回执 1", "待审核单位 1")}
    shown |= {
        entry: json.dumps(entry)[1:-1] in html for entry in ("通知列表", "会员名录")
    }  # the menu is built by script
    assert shown == {
        "今日回执 1": group in ("编辑", "会员审核", "秘书长", "系统管理员"),
        "待审核单位 1": group in ("会员审核", "财务", "秘书长", "系统管理员"),
        "通知列表": group in ("编辑", "秘书长", "系统管理员"),
        "会员名录": group in ("会员审核", "财务", "秘书长", "系统管理员"),
    }


def test_an_application_to_a_branch_is_not_counted_as_a_unit(client):
    review(MembershipFactory(unit=UnitFactory(certified=True), body=Body.objects.open_branches().first()))
    client.force_login(staff("会员审核"))
    assert "待审核单位 0" in client.get(HOME).content.decode()


def test_the_numbers_lead_to_their_lists(client, receipts):
    client.force_login(staff("系统管理员"))
    html = client.get(HOME).content.decode()
    for url in (reverse("notices:overview"), reverse("reviews:queue", args=["units"])):
        assert f'href="{url}"' in html
        assert client.get(url).status_code == 200


def test_members_have_no_business_there(client, unit):
    client.force_login(clerk(unit))
    assert client.get(HOME, follow=True).status_code == 403


def test_visitors_are_led_to_the_login(client):
    response = client.get(HOME, follow=True)
    assert response.redirect_chain[-1][0] == "/accounts/login/?next=%2Fcms%2F"
    assert response.status_code == 200
