"""会员名录 in the staff area: who reads it, how units are found, and what leaves as a workbook."""

from datetime import timedelta
from io import BytesIO
from urllib.parse import unquote

import pytest
from django.urls import reverse
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.units.models import Body, Level, Unit
from tests.factories import MembershipFactory, UnitFactory, UserFactory, clerk, qualification
from tests.files import cells
from tests.membership.units.staff.conftest import GROUPS, READ_ALL, register_url

pytestmark = pytest.mark.django_db


def listed(client, **query):
    response = client.get(register_url("index"), query)
    return sorted(unit.name for unit in response.context["object_list"])


@pytest.mark.parametrize("group", [*GROUPS, "member", "visitor"])
def test_who_reads_the_register(client, log_in, group):
    unit = UnitFactory(certified=True, name="名录建设有限公司")
    if group == "member":
        client.force_login(clerk(unit))
    elif group != "visitor":
        log_in(group)
    answers = [client.get(register_url("index")), client.get(register_url("inspect", unit.pk))]
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
    log_in("分会秘书", own)

    assert listed(client) == ["本会单位", "本会申请单位"]
    statuses = {name: client.get(register_url("inspect", unit.pk)).status_code for name, unit in names.items()}
    assert statuses == {"本会单位": 200, "本会申请单位": 200, "本会草稿单位": 404, "他会单位": 404}
    shown = client.get(register_url("inspect", names["本会单位"].pk), {"tab": "standing"})
    rows = shown.context["tab_context"]["rows"]
    association = Body.objects.association()
    assert [(membership.body, is_own) for membership, is_own, _verbs in rows] == [(association, False), (own, True)]


def test_a_secretary_without_a_branch_sees_no_register(client, log_in):
    UnitFactory(certified=True)
    log_in("分会秘书")
    assert client.get(register_url("index")).status_code == 302
    assert "会员名录" not in client.get(reverse("wagtailadmin_home")).content.decode()


@pytest.mark.parametrize("group", [*READ_ALL, "root"])
def test_facts_of_units_are_not_written_there(client, log_in, group):
    unit = UnitFactory(certified=True, name="名录建设有限公司")
    client.force_login(UserFactory(root=True)) if group == "root" else log_in(group)
    before = list(Unit.objects.values())
    for address in (register_url("create"), register_url("edit", unit.pk), register_url("delete", unit.pk)):
        assert [client.get(address).status_code, client.post(address, {"name": "改名"}).status_code] == [302, 302]
    assert list(Unit.objects.values()) == before
    html = client.get(register_url("index")).content.decode()
    assert [
        word
        for word in (register_url("create"), register_url("edit", unit.pk), register_url("delete", unit.pk))
        if word in html
    ] == []


@pytest.fixture
def found(client, log_in):
    """Names that a search finds, for a reviewer; one unit is never looked for."""
    UnitFactory(
        certified=True, name="旁观检测", uscc="52510200MB0000777X", contact_name="赵一", contact_phone="13900000000"
    )
    log_in("会员审核")
    return lambda **query: listed(client, **query)


class TestSearch:
    @pytest.fixture(autouse=True)
    def _unit(self):
        unit = UnitFactory(
            certified=True,
            name="示范建工（外省）有限公司",
            uscc="91510100MA0000001L",
            contact_name="钱七",
            contact_phone="028-86001234",
        )
        clerk(unit, duty="agent", phone="+8613811138999")

    @pytest.mark.parametrize(
        "words",
        [
            "建工",
            "示范 有限",
            "建工(外省)",
            "（外省）",
            "  示范\u3000建工 ",
            "ma0000001l",
            "９１５１０１００ＭＡ",
            "9151 0100 MA00",
            "钱七",
            "028-8600 1234",
            "02886001234",
            "138 1113 8999",
            "+86 13811138999",
            "１３８１１１３８９９９",
            "8999",
        ],
    )
    def test_found_by(self, found, words):
        assert found(q=words) == ["示范建工（外省）有限公司"]

    @pytest.mark.parametrize("words", ["没有", "示范 检测", "%", "_", "13811138998", "' OR 1=1 --"])
    def test_not_found_by(self, found, words):
        assert found(q=words) == []

    @pytest.mark.parametrize("words", ["", "  "])
    def test_nothing_to_look_for_finds_all(self, found, words):
        assert found(q=words) == ["旁观检测", "示范建工（外省）有限公司"]


class TestFilters:
    def test_by_type_and_place(self, found):
        UnitFactory(certified=True, name="甲建设", province="50")
        UnitFactory(certified=True, name="乙检测", province="50", unit_type="testing")
        assert found(province="50") == ["乙检测", "甲建设"]
        assert found(province="50", unit_type="testing") == ["乙检测"]

    def test_by_body_and_level_there(self, found, branches):
        own, other = branches
        council = UnitFactory(certified=True, name="质量理事")
        MembershipFactory(unit=council, body=own, active=True, level_slug="council")
        ordinary = UnitFactory(certified=True, name="质量普通", certified__level="council")
        MembershipFactory(unit=ordinary, body=own, active=True)
        elsewhere = UnitFactory(certified=True, name="他会理事")
        MembershipFactory(unit=elsewhere, body=other, active=True, level_slug="council")
        MembershipFactory(unit=UnitFactory(certified=True, name="申请中"), body=own)
        level = Level.objects.get(body_kind="branch", slug="council")
        assert found(body=own.pk) == ["质量普通", "质量理事"]
        assert found(body=own.pk, level=level.pk) == ["质量理事"]
        assert found(level=level.pk) == ["他会理事", "质量理事"]

    def test_a_level_of_another_kind_of_body_is_said_beside_it(self, client, found, branches):
        level = Level.objects.get(body_kind="association", slug="council")
        assert found(body=branches[0].pk, level=level.pk) == []
        response = client.get(register_url("index"), {"body": branches[0].pk, "level": level.pk})
        assert dict(response.context["view"].filter.errors) == {"level": ["所选协会/分会没有该等级。"]}

    def test_by_state_of_the_certification(self, found):
        UnitFactory(certified=False, name="草稿")
        assert found(standing="draft") == ["草稿"]
        assert found(standing="active") == ["旁观检测"]

    @pytest.mark.parametrize(
        ("horizon", "names"),
        [("expired", ["昨日到期"]), ("7", ["今日到期", "许可七日"]), ("60", ["今日到期", "六十日", "许可七日"])],
    )
    def test_by_certificates_that_run_out(self, found, horizon, names):
        today = timezone.localdate()
        for name, days in [("昨日到期", -1), ("今日到期", 0), ("六十日", 60), ("六十一日", 61)]:
            unit = UnitFactory(certified=True, name=name)
            qualification(unit, valid_until=today + timedelta(days=days))
            qualification(unit, name="公路工程", valid_until=None)
        UnitFactory(certified=True, name="许可七日", entry_permit_valid_until=today + timedelta(days=7))
        assert found(expiring=horizon) == names

    @pytest.mark.parametrize(
        "query",
        [
            {"province": "XX"},
            {"body": "9999"},
            {"level": "x"},
            {"expiring": "-1"},
            {"standing": "<b>"},
            {"q": "x" * 101},
        ],
    )
    def test_what_nobody_can_choose_finds_nothing_and_breaks_nothing(self, found, query):
        assert found(**query) == []

    @pytest.mark.parametrize("query", [{"p": "x"}, {"p": "-3"}, {"p": "9" * 20}, {"o": "99"}, {"o": "a.-"}])
    def test_addresses_that_nobody_made_break_nothing(self, found, query):
        assert found(**query) == ["旁观检测"]

    def test_no_other_column_can_be_asked_for(self, client, found):
        """modeladmin would take any lookup, and so let one guess what no list shows."""
        clerk(Unit.objects.get(), phone="+8613811138111")
        assert found(seats__user__password__startswith="x") == ["旁观检测"]
        assert found(no_such__column="1") == ["旁观检测"]

    def test_a_secretary_finds_nobody_through_other_branches(self, client, log_in, branches):
        own, other = branches
        unit = UnitFactory(certified=True, name="两会单位")
        MembershipFactory(unit=unit, body=own, active=True)
        MembershipFactory(unit=unit, body=other, active=True, level_slug="council")
        council = Level.objects.get(body_kind="branch", slug="council")
        log_in("分会秘书", own)
        assert listed(client, level=council.pk) == []
        assert listed(client, body=other.pk) == []
        assert listed(client, body=own.pk) == ["两会单位"]
        form = client.get(register_url("index")).context["view"].filter
        assert set(form.fields["body"].queryset) == {Body.objects.association(), own}

    def test_lists_have_pages(self, client, log_in):
        for _number in range(21):
            UnitFactory(certified=True)
        log_in("会员审核")
        pages = [len(client.get(register_url("index"), {"p": page}).context["object_list"]) for page in (1, 2)]
        assert pages == [20, 1]


def test_the_standing_is_the_level_or_how_far_the_application_is(client, log_in):
    UnitFactory(certified=True, name="会员", certified__level="council")
    UnitFactory(certified=False, name="草稿")
    log_in("会员审核")
    html = client.get(register_url("index")).content.decode()
    assert ("理事单位" in html, "未认证" in html) == (True, True)


@pytest.mark.parametrize("number", [1, 50])
def test_the_register_runs_a_constant_number_of_queries(client, log_in, branches, django_assert_num_queries, number):
    for _number in range(number):
        unit = UnitFactory(certified=True)
        for body in branches:
            MembershipFactory(unit=unit, body=body, active=True)
    log_in("会员审核")
    client.get(register_url("index"))
    with django_assert_num_queries(13):
        response = client.get(register_url("index"))
    assert len(response.context["object_list"]) == min(number, 20)


@pytest.mark.parametrize("number", [1, 50])
def test_the_secretarys_register_does_too(client, log_in, branches, django_assert_num_queries, number):
    for _number in range(number):
        MembershipFactory(unit=UnitFactory(certified=True), body=branches[0], active=True)
    log_in("分会秘书", branches[0])
    client.get(register_url("index"))
    with django_assert_num_queries(14):
        assert len(client.get(register_url("index")).context["object_list"]) == min(number, 20)


class TestExport:
    def rows(self, response):
        return cells(BytesIO(b"".join(response.streaming_content)))["会员名录"]

    def test_what_is_filtered_leaves_as_a_workbook(self, client, log_in, branches):
        unit = UnitFactory(certified=True, name="甲建设", city="成都市", certified__level="council")
        MembershipFactory(unit=unit, body=branches[0], active=True)
        UnitFactory(certified=True, name="乙检测")
        log_in("财务")
        response = client.get(register_url("index"), {"q": "甲建", "export": "xlsx"})
        titles, row = self.rows(response)
        told = dict(zip(titles, row, strict=True))
        assert (told["单位名称"], told["统一社会信用代码"]) == ("甲建设", unit.uscc)
        assert (told["协会等级"], told["分会"], told["认证状态"]) == (
            "理事单位",
            f"{branches[0].short_name}普通会员",
            "已认证",
        )
        assert "会员名录" in unquote(response["Content-Disposition"])

    @pytest.mark.parametrize("evil", ["=1+1", "+SUM(A1)", "-2", "@SUM(1)", "＝HYPERLINK(1)", "\t=1"])
    def test_no_cell_is_a_formula(self, client, log_in, evil):
        UnitFactory(certified=True, name=evil, contact_name=evil, city=evil, address=evil)
        log_in("会员审核")
        rows = self.rows(client.get(register_url("index"), {"export": "xlsx"}))
        assert len(rows) == 2
        assert [cell for cell in rows[1] if str(cell).startswith(("=", "+", "-", "@", "＝"))] == []

    def test_a_secretary_takes_the_own_units_and_own_lines_only(self, client, log_in, branches):
        own, other = branches
        mine = UnitFactory(certified=True, name="本会单位")
        MembershipFactory(unit=mine, body=own, active=True)
        MembershipFactory(unit=mine, body=other, active=True)
        MembershipFactory(unit=UnitFactory(certified=True, name="他会单位"), body=other, active=True)
        log_in("分会秘书", own)
        rows = self.rows(client.get(register_url("index"), {"export": "xlsx"}))
        assert [row[0] for row in rows[1:]] == ["本会单位"]
        assert rows[1][rows[0].index("分会")] == f"{own.short_name}普通会员"

    def test_it_is_on_record(self, client, log_in):
        UnitFactory(certified=True)
        user = log_in("会员审核")
        list(client.get(register_url("index"), {"export": "xlsx"}).streaming_content)
        entry = AuditEntry.objects.get(verb="units.export_members")
        assert (entry.actor, entry.after) == (user, {"rows": 1})

    @pytest.mark.parametrize("group", ["编辑", "分会秘书"])
    def test_who_sees_no_register_takes_none(self, client, log_in, group):
        UnitFactory(certified=True)
        log_in(group)
        assert client.get(register_url("index"), {"export": "xlsx"}).status_code == 302
        assert AuditEntry.objects.filter(verb="units.export_members").count() == 0

    def test_no_table_without_types_of_cells(self, client, log_in):
        log_in("会员审核")
        assert client.get(register_url("index"), {"export": "csv"})["Content-Type"].startswith("text/html")

    @pytest.mark.parametrize("number", [1, 50])
    def test_constant_number_of_queries(self, client, log_in, branches, django_assert_num_queries, number):
        for _number in range(number):
            MembershipFactory(unit=UnitFactory(certified=True), body=branches[0], active=True)
        log_in("会员审核")
        client.get(register_url("index"))
        with django_assert_num_queries(8):
            list(client.get(register_url("index"), {"export": "xlsx"}).streaming_content)
