"""GET /me: person, unit, standing, badges."""

from cms.models import NoticeCategory
from membership.tracking.models import Delivery
from membership.units.models import Body
from tests.factories import MembershipFactory, notice
from tests.portal.api.conftest import API
from tests.portal.conftest import deliberation, deliver


def unread(answer):
    badges = answer.json()["unread"]
    return badges["total"], {row["slug"]: row["unread"] for row in badges["categories"] if row["unread"]}


def test_me(ours, outsider):
    branch = Body.objects.filter(kind="branch").first()
    MembershipFactory(unit=ours.unit, body=branch, active=True, level_slug="council")
    deliver(notice())
    deliver(deliberation())
    theirs = deliver(notice(rules=[{"kind": "unit", "unit": outsider.unit}]))
    assert set(theirs) == {outsider.unit}
    answer = ours.client.get(f"{API}/me")
    body = answer.json()
    assert body["person"] == {"name": "李四", "phone": ours.user.phone_masked}
    assert body["unit"] == {
        "name": "示范工程检测有限公司",
        "uscc": ours.unit.uscc,
        "state": "active",
        "state_label": "已认证",
        "is_certified": True,
        "missing": "",
    }
    assert body["standing"] == ["大协会普通会员", f"{branch.short_name}理事"]
    assert unread(answer) == (2, {"notice": 1, "receipt": 1})
    assert [row["slug"] for row in body["unread"]["categories"]] == list(
        NoticeCategory.objects.values_list("slug", flat=True)
    )
    assert str(ours.user.phone) not in answer.content.decode()


def test_before_certification(pending):
    answer = pending.client.get(f"{API}/me")
    unit = answer.json()["unit"]
    assert (unit["state"], unit["is_certified"]) == ("pending", False)
    assert unit["missing"] in pending.client.get("/portal/messages/").content.decode()
    assert answer.json()["standing"] == []
    assert unread(answer) == (0, {})


def test_suspended_unit_has_no_badges(ours):
    deliver(notice())
    ours.unit.memberships.update(state="suspended")
    answer = ours.client.get(f"{API}/me")
    assert (answer.status_code, unread(answer)) == (200, (0, {}))


def test_badge_goes_when_somebody_has_read(ours, django_assert_num_queries):
    delivery = deliver(notice())[ours.unit]
    assert unread(ours.client.get(f"{API}/me"))[0] == 1
    assert ours.client.post(f"{API}/messages/{delivery.pk}/read").status_code == 204
    with django_assert_num_queries(5):
        assert unread(ours.client.get(f"{API}/me"))[0] == 0
    assert Delivery.objects.get(pk=delivery.pk).read_by == ours.user
