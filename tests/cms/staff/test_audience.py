"""What the editor's page asks while an audience is chosen."""

import pytest
from django.urls import reverse

from membership.units.models import Body, Level, Unit
from tests.cms.conftest import GROUPS, staff
from tests.factories import MembershipFactory, UnitFactory, clerk

pytestmark = pytest.mark.django_db

COUNT = "/cms/notices/audience/"
UNITS = "/cms/notices/units/"


def names(client, words):
    return [row["name"] for row in client.get(UNITS, {"q": words}).json()["units"]]


@pytest.fixture
def branch():
    return Body.objects.open_branches().first()


def test_the_addresses_are_those_of_the_widgets(client):
    assert (reverse("notices:audience"), reverse("notices:units")) == (COUNT, UNITS)


def test_the_count_follows_the_choices(client, editor, branch, unit, outsider):
    council = Level.objects.get(body_kind="association", slug="council")
    in_branch = UnitFactory(certified=True)
    MembershipFactory(unit=in_branch, body=branch, active=True)
    leading = UnitFactory(certified=True, certified__level="council")
    Unit.objects.filter(pk=in_branch.pk).update(unit_type="school")
    Unit.objects.filter(pk=leading.pk).update(province="50")
    UnitFactory(certified=False)
    reached = {
        "all": {"to_all": "on"},
        "all but one": {"to_all": "on", "not_to_units": [outsider.pk]},
        "branch": {"to_bodies": [branch.pk]},
        "level": {"to_levels": [council.pk]},
        "type": {"to_types": ["school"]},
        "type and province": {"to_types": ["school", "contractor"], "to_provinces": ["50"]},
        "dues": {"to_dues": ["unpaid"], "to_types": ["school"]},
        "paid dues": {"to_dues": ["paid"]},
        "named": {"to_units": [unit.pk, leading.pk]},
        "branch and named": {"to_bodies": [branch.pk], "to_units": [unit.pk]},
        "only an exclusion": {"not_to_units": [unit.pk]},
        "nothing": {},
        "nonsense": {"to_units": ["x", "999999"], "to_types": ["x"], "to_provinces": ["99"]},
    }
    counts = {name: client.post(COUNT, choices).context["count"] for name, choices in reached.items()}
    assert counts == {
        "all": 4,
        "all but one": 3,
        "branch": 1,
        "level": 1,
        "type": 1,
        "type and province": 1,
        "dues": 1,
        "paid dues": 0,
        "named": 2,
        "branch and named": 0,
        "only an exclusion": 0,
        "nothing": 0,
        "nonsense": 0,
    }


def test_the_names_are_those_of_the_units_reached(client, editor, unit, outsider):
    html = client.post(COUNT, {"to_units": [unit.pk]}).content.decode()
    assert "将发送给 1 家单位" in html
    assert unit.name in html
    assert outsider.name not in html


def test_at_most_twenty_names_are_shown(client, editor):
    for number in range(22):
        UnitFactory(certified=True, name=f"第{number:02d}建设有限公司")
    response = client.post(COUNT, {"to_all": "on"})
    assert (response.context["count"], len(response.context["units"]), response.context["rest"]) == (22, 20, 2)
    assert "另有 2 家单位" in response.content.decode()


def test_an_audience_of_nobody_is_said(client, editor, unit):
    nobody = client.post(COUNT, {"to_all": "on", "not_to_units": [unit.pk]}).content.decode()
    nothing = client.post(COUNT, {}).content.decode()
    assert "没有符合条件的会员单位，请调整发送对象。" in nobody
    assert "尚未选择发送对象" in nothing


def test_units_are_found_by_name_or_credit_code(client, editor, unit, outsider):
    UnitFactory(certified=False, name="收件未认证有限公司")
    assert names(client, "收件") == [unit.name]
    assert names(client, unit.uscc[:17].lower()) == [unit.name]
    assert names(client, "  建设有限公司 ") == [outsider.name, unit.name]
    assert names(client, "") == []
    assert names(client, "没有这家") == []
    assert names(client, "%") == []


def test_at_most_twenty_units_are_found(client, editor):
    for _number in range(22):
        UnitFactory(certified=True)
    assert len(names(client, "有限公司")) == 20


def test_what_is_found_says_no_more_than_names(client, editor, unit):
    assert client.get(UNITS, {"q": "收件"}).json() == {"units": [{"id": unit.pk, "name": unit.name}]}


@pytest.mark.parametrize("group", [*GROUPS, "member", "visitor"])
def test_only_those_who_write_pages_may_ask(client, unit, group):
    if group == "member":
        client.force_login(clerk(unit))
    elif group != "visitor":
        client.force_login(staff(group))
    answers = [client.post(COUNT, {"to_all": "on"}), client.get(UNITS, {"q": "收件"})]
    allowed = group in ("编辑", "秘书长", "系统管理员")
    assert [answer.status_code for answer in answers] == ([200, 200] if allowed else [302, 302])
    assert [unit.name in answer.content.decode("unicode_escape") for answer in answers][1] is False or allowed
    if not allowed:
        assert [unit.name in answer.content.decode() for answer in answers] == [False, False]


def test_counting_takes_a_post_and_finding_a_get(client, editor):
    assert (client.get(COUNT).status_code, client.post(UNITS).status_code) == (405, 405)
