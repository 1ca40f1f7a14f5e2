"""会员名录, bodies and levels in the staff area: who reads them, and that facts of units are not edited there."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from membership.units.models import Body, BodyStaff, Level, Unit
from tests.factories import MembershipFactory, UnitFactory, UserFactory, clerk

pytestmark = pytest.mark.django_db

GROUPS = ["编辑", "会员审核", "分会秘书", "财务", "秘书长", "系统管理员"]
READ_ALL = ["会员审核", "财务", "秘书长", "系统管理员"]


def url(view, *args, register="units"):
    return reverse(f"{register}_modeladmin_{view}", args=args)


def staff(group):
    user = UserFactory(staff=True)
    user.groups.add(Group.objects.get(name=group))
    return user


@pytest.fixture
def log_in(client):
    def as_group(group):
        user = staff(group)
        client.force_login(user)
        return user

    return as_group


@pytest.fixture
def branches():
    """Two branches; units stand in the first, the second or in neither."""
    return list(Body.objects.open_branches()[:2])


def listed(client, **query):
    response = client.get(url("index"), query)
    return sorted(unit.name for unit in response.context["object_list"])


@pytest.mark.parametrize("group", [*GROUPS, "member", "visitor"])
def test_who_reads_the_register(client, log_in, group):
    unit = UnitFactory(certified=True, name="名录建设有限公司")
    if group == "member":
        client.force_login(clerk(unit))
    elif group != "visitor":
        log_in(group)
    answers = [client.get(url("index")), client.get(url("inspect", unit.pk))]
    allowed = group in READ_ALL
    assert [a.status_code for a in answers] == ([200, 200] if allowed else [302, 302])
    assert ["名录建设有限公司" in a.content.decode() for a in answers] == [allowed, allowed]


def test_a_secretary_sees_the_units_of_the_own_branch_only(client, log_in, branches):
    own, other = branches
    names = {}
    for name, body, traits in [
        ("本会单位", own, {"active": True}),
        ("本会申请单位", own, {}),
        ("本会草稿单位", own, {"draft": True}),
        ("他会单位", other, {"active": True}),
    ]:
        names[name] = UnitFactory(certified=True, name=name)
        MembershipFactory(unit=names[name], body=body, **traits)
    UnitFactory(certified=True, name="无会单位")
    MembershipFactory(unit=names["本会单位"], body=other, active=True)
    BodyStaff.objects.create(user=log_in("分会秘书"), body=own)

    assert listed(client) == ["本会单位", "本会申请单位"]
    statuses = {name: client.get(url("inspect", unit.pk)).status_code for name, unit in names.items()}
    assert statuses == {"本会单位": 200, "本会申请单位": 200, "本会草稿单位": 404, "他会单位": 404}
    shown = client.get(url("inspect", names["本会单位"].pk))
    assert [membership.body for membership in shown.context["memberships"]] == [own]


def test_a_secretary_without_a_branch_sees_no_register(client, log_in):
    UnitFactory(certified=True)
    log_in("分会秘书")
    assert client.get(url("index")).status_code == 302
    assert "会员名录" not in client.get(reverse("wagtailadmin_home")).content.decode()


@pytest.mark.parametrize("group", [*READ_ALL, "root"])
def test_facts_of_units_are_not_written_there(client, log_in, group):
    unit = UnitFactory(certified=True, name="名录建设有限公司")
    client.force_login(UserFactory(root=True)) if group == "root" else log_in(group)
    before = list(Unit.objects.values())
    for address in (url("create"), url("edit", unit.pk), url("delete", unit.pk)):
        assert [client.get(address).status_code, client.post(address, {"name": "改名"}).status_code] == [302, 302]
    assert list(Unit.objects.values()) == before
    html = client.get(url("index")).content.decode()
    assert [word for word in (url("create"), url("edit", unit.pk), url("delete", unit.pk)) if word in html] == []


def test_units_are_found_and_filtered(client, log_in):
    UnitFactory(certified=True, name="甲建设", province="51", contact_name="钱七")
    UnitFactory(certified=True, name="乙检测", unit_type="testing", province="50")
    log_in("会员审核")
    assert listed(client) == ["乙检测", "甲建设"]
    assert listed(client, q="建设") == ["甲建设"]
    assert listed(client, q="钱七") == ["甲建设"]
    assert listed(client, province__exact="50") == ["乙检测"]
    assert listed(client, q="没有") == []


def test_the_standing_is_the_level_or_how_far_the_application_is(client, log_in):
    UnitFactory(certified=True, name="会员", certified__level="council")
    UnitFactory(certified=False, name="草稿")
    log_in("会员审核")
    html = client.get(url("index")).content.decode()
    assert ("理事单位" in html, "未认证" in html) == (True, True)


@pytest.mark.parametrize("number", [1, 50])
def test_the_register_runs_a_constant_number_of_queries(client, log_in, branches, django_assert_num_queries, number):
    for _number in range(number):
        unit = UnitFactory(certified=True)
        for body in branches:
            MembershipFactory(unit=unit, body=body, active=True)
    log_in("会员审核")
    client.get(url("index"))
    with django_assert_num_queries(13):
        response = client.get(url("index"))
    assert len(response.context["object_list"]) == number


@pytest.mark.parametrize("number", [1, 50])
def test_the_secretarys_register_does_too(client, log_in, branches, django_assert_num_queries, number):
    for _number in range(number):
        MembershipFactory(unit=UnitFactory(certified=True), body=branches[0], active=True)
    BodyStaff.objects.create(user=log_in("分会秘书"), body=branches[0])
    client.get(url("index"))
    with django_assert_num_queries(16):
        assert len(client.get(url("index")).context["object_list"]) == number


class TestMasterData:
    REGISTERS = ["bodies", "secretaries", "levels", "notice-categories"]
    NO_QUESTIONS = {"questions-TOTAL_FORMS": 0, "questions-INITIAL_FORMS": 0}

    @pytest.mark.parametrize("register", REGISTERS)
    @pytest.mark.parametrize("group", [*GROUPS, "member"])
    def test_it_is_the_administrators(self, client, log_in, group, register):
        if group == "member":
            client.force_login(clerk(UnitFactory(certified=True)))
        else:
            log_in(group)
        addresses = [url("index", register=register), url("create", register=register)]
        expected = 200 if group == "系统管理员" else 302
        assert [client.get(address).status_code for address in addresses] == [expected, expected]

    def test_a_branch_is_added_not_a_second_association(self, client, log_in):
        log_in("系统管理员")
        data = {"name": "造价分会", "short_name": "造价分会", "slug": "cost", "sort_order": 9, "is_open": "on"}
        client.post(url("create", register="bodies"), data | {"kind": "association"} | self.NO_QUESTIONS)
        assert Body.objects.get(slug="cost").kind == "branch"

    def test_a_branch_is_closed(self, client, log_in, branches):
        log_in("系统管理员")
        body = branches[0]
        data = {"name": body.name, "short_name": body.short_name, "slug": body.slug, "sort_order": 1}
        client.post(url("edit", body.pk, register="bodies"), data | self.NO_QUESTIONS)
        assert body not in Body.objects.open_branches()
        assert "否" in client.get(url("index", register="bodies")).content.decode()

    def test_levels_are_renamed(self, client, log_in):
        log_in("系统管理员")
        level = Level.objects.get(body_kind="association", slug="council")
        data = {"body_kind": "association", "rank": level.rank, "name": "理事会员", "slug": level.slug}
        client.post(url("edit", level.pk, register="levels"), data)
        level.refresh_from_db()
        assert level.name == "理事会员"

    def test_what_is_used_is_not_deleted(self, client, log_in, branches):
        MembershipFactory(unit=UnitFactory(certified=True), body=branches[0], active=True)
        log_in("系统管理员")
        level = Level.objects.get(body_kind="association", slug="ordinary")
        for register, row in (("bodies", branches[0]), ("levels", level)):
            client.post(url("delete", row.pk, register=register))
            assert type(row).objects.filter(pk=row.pk).exists()
            told = client.get(url("index", register=register)).content.decode()
            assert f"“{row}”正在使用，不能删除。" in told

    def test_what_is_not_used_may_go(self, client, log_in, branches):
        log_in("系统管理员")
        client.post(url("delete", branches[1].pk, register="bodies"))
        assert not Body.objects.filter(pk=branches[1].pk).exists()
