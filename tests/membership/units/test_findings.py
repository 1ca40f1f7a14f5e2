"""What the machine finds in an application, a change, a branch application."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from membership.units.findings import findings
from membership.units.states import MembershipState, ReviewSubject
from tests.factories import (
    MembershipFactory,
    UnitFactory,
    put_papers_on_file,
    qualification,
    review,
    uscc,
)
from tests.membership.units.conftest import branch, in_state

pytestmark = pytest.mark.django_db

FINE = ["统一社会信用代码校验通过", "代码、名称、联系电话与其他单位均无重复"]
WARNED_PERMIT = "本省单位提交了入川备案许可证，请核对所在地"


def applying(**facts):
    facts.setdefault("contact_phone", "13900001111")
    unit = put_papers_on_file(UnitFactory(**facts))
    unit.entry_permit = None
    unit.save()
    return in_state(unit, MembershipState.PENDING)


def words(found):
    return [(row.weight, row.words, row.key) for row in found]


def of(membership, **fields):
    return words(findings(review(membership, **fields)))


def test_nothing_is_wrong_with_a_careful_application():
    UnitFactory(name="旁观建设", contact_phone="028-86000000")
    assert of(applying()) == [("ok", FINE[0], "uscc"), ("ok", FINE[1], "")]


def test_wrong_check_digit_stands_first():
    code = uscc(500)
    wrong = code[:-1] + ("1" if code[-1] != "1" else "2")
    found = of(applying(uscc=wrong))
    assert (found[0][0], found[0][2], len(found)) == ("bad", "uscc", 2)


def test_code_of_another_province_is_said():
    assert of(applying(province="50"))[:1] == [("bad", "缺少：入川备案许可证", "entry_permit")]
    assert ("warn", "统一社会信用代码的登记地为四川省，与所填所在地重庆市不一致", "province") in of(
        applying(province="50")
    )


def test_same_name_and_phone_elsewhere_are_said_and_drafts_are_not():
    UnitFactory(name="示范建设", contact_phone="13911112222", submitted_at=None)
    twin = UnitFactory(name="示范建设", contact_phone="028-1")
    caller = UnitFactory(name="另一家", contact_phone="13911112222")
    found = of(applying(name="示范建设", contact_phone="13911112222"))
    assert found[:2] == [
        ("warn", f"单位名称与其他单位相同：示范建设（{twin.uscc}）", "name"),
        ("warn", f"联系电话与其他单位相同：另一家（{caller.uscc}）", "contact_phone"),
    ]


def test_same_code_elsewhere_weighs_most():
    other = UnitFactory(contact_phone="028-1")
    membership = applying()
    row = review(membership)
    row.snapshot["facts"]["uscc"] = other.uscc
    assert words(findings(row))[0] == ("bad", f"统一社会信用代码与其他单位重复：{other.name}（{other.uscc}）", "uscc")


@pytest.mark.parametrize(("days", "weight"), [(-1, "bad"), (0, "warn"), (59, "warn"), (61, None)])
def test_dates_of_certificates_are_compared_with_today(days, weight):
    membership = applying()
    until = timezone.localdate() + timedelta(days=days)
    mine = qualification(membership.unit, name="市政公用工程", certificate_no="D51", valid_until=until)
    said = {"bad": f"资质证书 D51 已于 {until} 过期", "warn": f"资质证书 D51 将于 {until} 到期"}
    got = [row for row in of(membership) if row[2].startswith("qualification:")]
    assert got == ([(weight, said[weight], f"qualification:{mine.pk}")] if weight else [])


def test_waiver_by_an_old_membership_is_said():
    membership = applying(joined_on=date(2019, 3, 1), was_member_before=True)
    found = of(membership, waives_papers=True)
    assert found[0] == (
        "warn",
        "未提交入会申请书或承诺书：该单位称于 2019-03-01 入会（早于 2024-01-01），通过前须核实历年会员名册",
        "joined_on",
    )


def test_entry_permit_fits_the_province():
    membership = applying()
    unit = put_papers_on_file(membership.unit)
    assert ("warn", WARNED_PERMIT, "entry_permit") in of(in_state(unit, MembershipState.PENDING))
    unit.province = "50"
    unit.entry_permit_valid_until = timezone.localdate() - timedelta(days=1)
    unit.save()
    found = of(in_state(unit, MembershipState.PENDING))
    assert ("ok", "外省单位，已提交入川备案许可证", "entry_permit") in found
    assert [row[0] for row in found if row[2] == "entry_permit"] == ["bad", "ok"]


@pytest.mark.parametrize(("state", "weight"), [("active", "ok"), ("pending", "bad"), ("returned", "bad")])
def test_branch_is_told_whether_the_association_has_certified(state, weight):
    unit = UnitFactory()
    in_state(unit, state)
    [found] = findings(review(MembershipFactory(unit=unit, body=branch())))
    assert found.weight == weight


def test_nothing_is_looked_for_in_a_request_to_leave():
    membership = UnitFactory(certified=True).memberships.get()
    assert findings(review(membership, subject=ReviewSubject.LEAVE, snapshot={}, reason="合并")) == []


def test_two_queries_are_enough(django_assert_num_queries):
    row = review(applying())
    findings(row)
    with django_assert_num_queries(1):
        findings(row)
