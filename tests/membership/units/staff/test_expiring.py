"""资质到期: which certificates the report names, to whom, and as a workbook."""

from datetime import date, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from membership.audit.models import AuditEntry
from tests.factories import MembershipFactory, UnitFactory, clerk, qualification
from tests.files import cells
from tests.membership.units.conftest import in_state
from tests.membership.units.staff.conftest import GROUPS, READ_ALL

pytestmark = pytest.mark.django_db

URL = "/cms/expiring-certificates/"


def ends_in(unit, days, **fields):
    return qualification(unit, valid_until=timezone.localdate() + timedelta(days=days), **fields)


def listed(client, **query):
    return [(line["unit_name"], line["title"]) for line in client.get(URL, query).context["object_list"]]


@pytest.fixture
def certificates():
    """Certificates with different ends, of a contractor and of a testing unit with an entry permit."""
    builder = UnitFactory(certified=True, name="甲建设")
    for days, name in [(-3, "建筑工程"), (7, "公路工程"), (30, "铁路工程"), (60, "电力工程"), (61, "矿山工程")]:
        ends_in(builder, days, name=name)
    qualification(builder, name="冶金工程", valid_until=None)
    permit = timezone.localdate() + timedelta(days=20)
    return builder, UnitFactory(certified=True, name="乙检测", unit_type="testing", entry_permit_valid_until=permit)


@pytest.mark.parametrize("group", [*GROUPS, "member", "visitor"])
def test_who_reads_it(client, log_in, certificates, group):
    if group == "member":
        client.force_login(clerk(certificates[0]))
    elif group != "visitor":
        log_in(group)
    allowed = group in READ_ALL
    results = reverse("expiring_certificates_results")
    pages = [client.get(address) for address in (URL, results, f"{URL}?export=xlsx")]
    assert [page.status_code for page in pages] == ([200] * 3 if allowed else [302] * 3)
    assert b"".join(pages[2]).startswith(b"PK") == allowed
    assert AuditEntry.objects.filter(verb="units.export_expiring").count() == int(allowed)
    if group in GROUPS:
        assert (URL in client.get(reverse("wagtailadmin_home")).content.decode()) == allowed


@pytest.mark.parametrize(
    ("query", "lines"),
    [
        (
            {},
            [
                ("甲建设", "建筑工程"),
                ("甲建设", "公路工程"),
                ("乙检测", ""),
                ("甲建设", "铁路工程"),
                ("甲建设", "电力工程"),
            ],
        ),
        ({"within": "expired"}, [("甲建设", "建筑工程")]),
        ({"within": "7"}, [("甲建设", "公路工程")]),
        ({"within": "30"}, [("甲建设", "公路工程"), ("乙检测", ""), ("甲建设", "铁路工程")]),
        ({"within": "30", "unit_type": "testing"}, [("乙检测", "")]),
    ],
)
def test_the_earliest_first_and_narrowed(client, log_in, certificates, query, lines):
    log_in("会员审核")
    assert listed(client, **query) == lines


def test_members_of_a_branch(client, log_in, certificates, branches):
    MembershipFactory(unit=certificates[1], body=branches[0], active=True)
    MembershipFactory(unit=certificates[0], body=branches[0])
    log_in("会员审核")
    assert listed(client, body=branches[0].pk) == [("乙检测", "")]


@pytest.mark.parametrize("state", ["draft", "pending", "suspended", "left"])
def test_certified_units_alone(client, log_in, state):
    unit = UnitFactory(certified=True)
    in_state(unit, state)
    ends_in(unit, 7)
    log_in("会员审核")
    assert listed(client) == []


def test_a_secretary_reads_about_the_own_branches(client, log_in, certificates, branches):
    own, other = branches
    MembershipFactory(unit=certificates[0], body=other, active=True)
    MembershipFactory(unit=certificates[1], body=own, active=True)
    log_in("分会秘书", own)
    assert listed(client) == [("乙检测", "")]
    assert listed(client, body=own.pk) == [("乙检测", "")]
    form = client.get(URL).context["filters"].form
    assert other not in form.fields["body"].queryset


@pytest.mark.parametrize("query", [{"within": "x"}, {"body": "0"}, {"unit_type": "x"}, {"p": "x"}, {"p": "-1"}])
def test_bad_addresses_break_nothing(client, log_in, certificates, query):
    log_in("会员审核")
    assert client.get(URL, query).status_code == 200


def test_what_a_line_says(client, log_in, certificates):
    log_in("会员审核")
    html = client.get(URL, {"within": "30"}).content.decode()
    assert [word in html for word in ("入川备案许可证", "施工总承包 · 公路工程一级", "剩 20 天", "建筑工程")] == [
        True,
        True,
        True,
        False,
    ]
    assert f"/cms/units/inspect/{certificates[1].pk}/?tab=certificates" in html


def test_the_same_lines_as_a_workbook(client, log_in, certificates):
    user = log_in("财务")
    ends_in(certificates[1], 3, certificate_no="=1+1", name="石油化工工程", grade="")
    response = client.get(URL, {"within": "7", "export": "xlsx"})
    rows = cells(BytesIO(b"".join(response.streaming_content)))["资质到期"]
    day = datetime.combine(timezone.localdate() + timedelta(days=3), datetime.min.time())
    assert rows[1] == ["乙检测", "施工总承包 · 石油化工工程", "'=1+1", day, 3, "检测", "李四", "13811138111"]
    assert len(rows) == 3
    entry = AuditEntry.objects.get(verb="units.export_expiring")
    assert (entry.actor, entry.after) == (user, {"rows": 2})


def test_days_are_those_of_the_association(client, log_in):
    unit = UnitFactory(certified=True)
    qualification(unit, valid_until=date(2026, 12, 2))
    for moment, lines in [
        (datetime(2026, 11, 24, 23, 59, tzinfo=ZoneInfo("Asia/Shanghai")), 0),
        (datetime(2026, 11, 25, 0, 1, tzinfo=ZoneInfo("Asia/Shanghai")), 1),
    ]:
        with time_machine.travel(moment, tick=False):
            log_in("会员审核")
            assert len(listed(client, within="7")) == lines


@pytest.mark.parametrize("number", [1, 50])
def test_constant_number_of_queries(client, log_in, django_assert_num_queries, number):
    for _number in range(number):
        ends_in(UnitFactory(certified=True), 7)
    log_in("会员审核")
    client.get(URL)
    with django_assert_num_queries(11):
        client.get(URL)
