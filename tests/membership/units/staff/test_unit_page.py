"""The page of one unit: which tabs a person sees, and what each shows of whom."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from membership.audit.actions import record
from membership.dues.models import PaidYear
from membership.tracking.models import Delivery
from membership.units.models import LevelTerm
from membership.units.staff.tabs import validity
from tests.factories import (
    MembershipFactory,
    UnitFactory,
    UserFactory,
    clerk,
    document,
    notice,
    qualification,
    review,
)
from tests.membership.units.conftest import level
from tests.membership.units.staff.conftest import register_url, tab

pytestmark = pytest.mark.django_db

TABS = ["facts", "standing", "certificates", "messages", "dues", "log"]


@pytest.fixture
def unit():
    unit = UnitFactory(certified=True, name="示范建设", introduction="房屋建筑\n市政公用")
    clerk(unit, phone="+8613811138111", name="李四")
    return unit


@pytest.fixture
def other():
    """A unit of which nothing may show on the page of the first."""
    other = UnitFactory(certified=True, name="旁观建设")
    clerk(other, name="旁观者")
    return other


def shown(client, unit, name):
    response = client.get(tab(unit, name))
    assert response.status_code == 200
    return response.context["tab_context"]


def names_of_tabs(client, unit):
    return [item.name for item in client.get(register_url("inspect", unit.pk)).context["tabs"]]


class TestTabs:
    @pytest.mark.parametrize(
        ("group", "tabs"),
        [
            ("会员审核", TABS),
            ("秘书长", TABS),
            ("系统管理员", TABS),
            ("财务", ["facts", "standing", "certificates", "dues", "log"]),
        ],
    )
    def test_each_sees_those_of_the_own_role(self, client, log_in, unit, group, tabs):
        log_in(group)
        assert names_of_tabs(client, unit) == tabs
        assert [client.get(tab(unit, name)).context["tab"].name for name in TABS] == [
            name if name in tabs else "facts" for name in TABS
        ]

    def test_a_secretary_sees_no_deliveries(self, client, log_in, unit, branches):
        MembershipFactory(unit=unit, body=branches[0], active=True)
        log_in("分会秘书", branches[0])
        assert names_of_tabs(client, unit) == ["facts", "standing", "certificates", "log"]

    def test_the_tab_of_now_is_marked_and_the_others_are_links(self, client, log_in, unit):
        log_in("会员审核")
        html = client.get(tab(unit, "standing")).content.decode()
        assert html.count('aria-current="page">分会</a>') == 1
        assert '<a href="?tab=certificates">资质</a>' in html

    def test_what_is_no_tab_shows_the_first(self, client, log_in, unit):
        log_in("会员审核")
        assert client.get(tab(unit, "<x>")).context["tab"].name == "facts"

    @pytest.mark.parametrize("name", TABS)
    @pytest.mark.parametrize("group", ["编辑", "分会秘书", "member", "visitor"])
    def test_nobody_else_gets_there(self, client, log_in, unit, group, name, branches):
        if group == "member":
            client.force_login(unit.seats.get().user)
        elif group == "分会秘书":
            MembershipFactory(unit=unit, body=branches[0], active=True)
            log_in(group, branches[1])
        elif group != "visitor":
            log_in(group)
        assert client.get(tab(unit, name)).status_code == (404 if group == "分会秘书" else 302)


class TestFacts:
    def test_facts_in_groups_and_who_acts(self, client, log_in, unit, other):
        log_in("财务")
        context = shown(client, unit, "facts")
        facts = {item.key: item.value for _title, items in context["groups"] for item in items}
        assert (facts["name"], facts["unit_type"], facts["province"]) == ("示范建设", "施工", "四川省")
        assert [seat.user.name for seat in context["seats"]] == ["李四"]
        html = client.get(tab(unit, "facts")).content.decode()
        assert ("138****8111" in html, "13811138111</td>" in html, "旁观" in html) == (True, False, False)
        assert "房屋建筑<br>市政公用" in html


class TestStanding:
    @pytest.mark.parametrize(
        ("group", "labels"),
        [
            ("会员审核", ["调整等级", "暂停", "办理退会"]),
            ("系统管理员", ["调整等级", "暂停", "办理退会"]),
            ("秘书长", ["调整等级"]),
            ("财务", []),
        ],
    )
    def test_buttons_are_those_of_the_own_rights(self, client, log_in, unit, group, labels):
        log_in(group)
        [(membership, _is_own, verbs)] = shown(client, unit, "standing")["rows"]
        assert [str(label) for _address, label in verbs] == labels
        assert membership == unit.memberships.get()

    @pytest.mark.parametrize(
        ("state", "labels"),
        [
            ("pending", []),
            ("left", []),
            ("suspended", ["调整等级", "恢复", "办理退会"]),
        ],
    )
    def test_and_those_that_the_state_allows(self, client, log_in, unit, state, labels):
        unit.memberships.update(state=state)
        log_in("会员审核")
        [(_membership, _is_own, verbs)] = shown(client, unit, "standing")["rows"]
        assert [str(label) for _address, label in verbs] == labels

    def test_a_secretary_decides_in_the_own_branch_and_reads_how_the_association_stands(
        self, client, log_in, unit, branches
    ):
        own, other = branches
        MembershipFactory(unit=unit, body=own, active=True)
        MembershipFactory(unit=unit, body=other, active=True)
        log_in("分会秘书", own)
        rows = shown(client, unit, "standing")["rows"]
        assert [(m.body.kind, is_own, [str(label) for _a, label in verbs]) for m, is_own, verbs in rows] == [
            ("association", False, []),
            ("branch", True, ["暂停", "办理退会"]),
        ]
        assert other.name not in client.get(tab(unit, "standing")).content.decode()

    def test_reviews_so_far_the_newest_first(self, client, log_in, unit, other, branches):
        certification = unit.memberships.get()
        first = review(certification, state="returned", remark="资质模糊")
        second = review(certification, state="open")
        review(other.memberships.get())
        in_branch = review(MembershipFactory(unit=unit, body=branches[0]))
        log_in("会员审核")
        rows = shown(client, unit, "standing")["rows"]
        assert [row.rounds for row, _is_own, _verbs in rows] == [[second, first], [in_branch]]
        log_in("分会秘书", branches[0])
        rows = shown(client, unit, "standing")["rows"]
        assert [row.rounds for row, _is_own, _verbs in rows] == [[], [in_branch]]
        assert "资质模糊" not in client.get(tab(unit, "standing")).content.decode()

    def test_levels_so_far_with_their_document(self, client, log_in, unit):
        user = log_in("秘书长")
        membership = unit.memberships.get()
        decision = document(unit, "level_decision", original_name="决议.pdf")
        for since, until, slug, file in [
            (date(2020, 1, 1), date(2024, 6, 1), "ordinary", None),
            (date(2024, 6, 1), None, "council", decision),
        ]:
            LevelTerm.objects.create(
                membership=membership,
                level=level(slug=slug),
                since=since,
                until=until,
                document=file,
                decided_by=user,
                decided_at=timezone.now(),
            )
        context = shown(client, unit, "standing")
        [(row, _is_own, _verbs)] = context["rows"]
        assert [term.level.name for term in row.level_terms.all()] == ["理事单位", "普通会员"]
        assert context["may_open"] == {decision.pk}
        assert f"/portal/documents/{decision.pk}/" in client.get(tab(unit, "standing")).content.decode()


class TestCertificates:
    def test_papers_and_certificates_with_their_files(self, client, log_in, unit, other):
        unit.business_license = document(unit)
        unit.save()
        certificate = qualification(unit, certificate_no="D5100011", valid_until=timezone.localdate())
        qualification(other)
        log_in("会员审核")
        context = shown(client, unit, "certificates")
        assert [row for row, _mark in context["certificates"]] == [certificate]
        assert [bool(file) for _label, file, _day, _mark in context["papers"]] == [True, False, False, False]
        assert context["may_open"] == {unit.business_license_id, certificate.document_id}

    def test_finance_reads_names_and_opens_nothing(self, client, log_in, unit):
        certificate = qualification(unit)
        log_in("财务")
        assert shown(client, unit, "certificates")["may_open"] == set()
        assert str(certificate.document_id) not in client.get(tab(unit, "certificates")).content.decode()

    @pytest.mark.parametrize(
        ("days", "told"),
        [
            (-1, ("late", "已过期")),
            (0, ("soon", "今日到期")),
            (60, ("soon", "剩 60 天")),
            (61, ("ok", "有效")),
            (None, ("", "")),
        ],
    )
    def test_validity_in_words_and_colour(self, client, log_in, unit, days, told):
        day = None if days is None else timezone.localdate() + timedelta(days=days)
        qualification(unit, valid_until=day)
        log_in("会员审核")
        [(_row, mark)] = shown(client, unit, "certificates")["certificates"]
        assert mark == told
        assert validity(None, timezone.localdate()) == ("", "")


class TestMessages:
    def test_deliveries_of_this_unit_alone(self, client, log_in, unit, other):
        asked = notice(title="关于审议的通知", receipt_kind="deliberation", deadline=timezone.now() - timedelta(days=1))
        read = notice(title="关于阅读的通知")
        for page in (asked, read):
            Delivery.objects.insert_for(page, type(unit).objects.filter(pk__in=[unit.pk, other.pk]))
        Delivery.objects.filter(notice=read, unit=unit).update(read_at=timezone.now(), read_by=unit.seats.get().user)
        log_in("会员审核")
        context = shown(client, unit, "messages")
        assert {(row.notice.title, is_late) for row, _receipt, is_late in context["rows"]} == {
            ("关于审议的通知", True),
            ("关于阅读的通知", False),
        }
        assert [(str(label), number, note) for label, number, note in context["facts"]] == [
            ("发送", 2, ""),
            ("已读", 1, "50%"),
            ("按时回执", 0, "应回执 1"),
            ("迟交", 0, ""),
            ("未交", 1, ""),
        ]
        html = client.get(tab(unit, "messages")).content.decode()
        assert [html.count(word) for word in ("逾期", "李四", "旁观者")] == [1, 1, 0]


class TestLog:
    @pytest.fixture
    def acts(self, unit, other, branches):
        """One act of a colleague, one about a branch, one about another unit; returns the membership of the branch."""
        colleague = UserFactory(staff=True, name="同事")
        membership = MembershipFactory(unit=unit, body=branches[0], active=True)
        record("units.update_contact", unit, by=colleague, unit_id=unit.pk, in_history=False)
        state = {"before": {"state": "active"}, "after": {"state": "suspended"}}
        record("units.suspend", membership, by=colleague, unit_id=unit.pk, in_history=False, **state)
        record("units.update_contact", other, by=colleague, unit_id=other.pk, in_history=False)
        return membership

    @pytest.mark.parametrize("group", ["秘书长", "系统管理员"])
    def test_the_whole_trail_of_the_unit(self, client, log_in, unit, acts, group):
        log_in(group)
        entries = shown(client, unit, "log")["entries"]
        assert [(act, about) for _entry, act, about in entries] == [
            ("暂停了会员资格", f"{acts.body.short_name} · 已暂停"),
            ("修改了联系信息", ""),
        ]

    @pytest.mark.parametrize("group", ["会员审核", "财务"])
    def test_without_the_right_only_what_one_did_oneself(self, client, log_in, unit, acts, group):
        user = log_in(group)
        assert shown(client, unit, "log")["entries"] == []
        record("units.register_unit", unit, by=user, unit_id=unit.pk, in_history=False)
        assert [entry.verb for entry, _act, _about in shown(client, unit, "log")["entries"]] == ["units.register_unit"]

    def test_a_secretary_reads_what_was_done_about_the_own_branch(self, client, log_in, unit, acts):
        log_in("分会秘书", acts.body)
        assert [entry.verb for entry, _act, _about in shown(client, unit, "log")["entries"]] == ["units.suspend"]

    def test_it_has_pages(self, client, log_in, unit):
        for _number in range(51):
            record("units.update_contact", unit, by=None, unit_id=unit.pk, in_history=False)
        log_in("系统管理员")
        pages = [client.get(f"{tab(unit, 'log')}&p={page}").context["tab_context"]["entries"] for page in (1, 2, "x")]
        assert [len(page) for page in pages] == [50, 1, 50]


QUERIES = {"facts": 13, "standing": 18, "certificates": 14, "messages": 16, "dues": 20, "log": 15}


@pytest.mark.parametrize("number", [1, 50])
@pytest.mark.parametrize("name", TABS)
def test_every_tab_asks_a_constant_number_of_questions(
    client, log_in, unit, branches, django_assert_num_queries, name, number
):
    membership = unit.memberships.get()
    user = log_in("系统管理员")
    for n in range(number):
        qualification(unit, certificate_no=str(n))
        clerk(unit, duty="agent")
        record("units.update_contact", unit, by=user, unit_id=unit.pk, in_history=False)
        day = date(2020, 1, 1) + timedelta(days=n)
        until = day + timedelta(days=1) if n < number - 1 else None
        LevelTerm.objects.create(
            membership=membership,
            level=level(),
            since=day,
            until=until,
            document=document(unit, "level_decision"),
            decided_by=user,
            decided_at=timezone.now(),
        )
        Delivery.objects.insert_for(notice(), type(unit).objects.filter(pk=unit.pk))
        PaidYear.objects.create(unit=unit, year=2000 + n, level=level(), price=0, note="旧账", recorded_by=user)
    client.get(tab(unit, name))
    with django_assert_num_queries(QUERIES[name]):
        client.get(tab(unit, name))
