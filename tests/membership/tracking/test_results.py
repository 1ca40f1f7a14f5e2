"""The result of a deliberation: who is counted, what is frozen, and what does not move it any more."""

from datetime import timedelta

import pytest
import time_machine
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.tracking import actions, tasks
from membership.tracking.models import DeliberationResult, Delivery, EntitledUnit
from membership.tracking.results import late_receipts, outcome, standing_of, tallies
from membership.tracking.sheets import of_result
from membership.tracking.states import Majority, Quorum, ReceiptKind
from membership.units.models import Membership
from membership.units.states import MembershipState
from tests.factories import UnitFactory, clerk, notice
from tests.membership.units.conftest import employee

pytestmark = pytest.mark.django_db
NAMES = "甲乙丙丁戊"


@pytest.fixture
def clock():
    with time_machine.travel(timezone.now(), tick=False) as travelled:
        yield travelled


@pytest.fixture
def editor(db):
    return employee("编辑")


@pytest.fixture
def units(clock):
    made = {name: UnitFactory(name=name, certified=True) for name in NAMES}
    for unit in made.values():
        clerk(unit)
    return made


@pytest.fixture
def page(units):
    """A deliberation for five units, due in a week; 外 was sent something else."""
    outside = UnitFactory(name="外", certified=True)
    clerk(outside)
    rules = [{"kind": "unit", "unit": unit} for unit in units.values()]
    deadline = timezone.now() + timedelta(days=7)
    fields = {"receipt_kind": ReceiptKind.DELIBERATION, "deadline": deadline, "items": ["章程", "会费"]}
    page = notice(rules=rules, **fields)
    other = notice(rules=[{"kind": "unit", "unit": outside}], **fields)
    for each in (page, other):
        actions.deliver(each)
    answer(other, outside)
    return page


def of(page, unit):
    return Delivery.objects.get(notice=page, unit=unit)


def answer(page, unit, *choices, version=0):
    items = page.agenda_items.all()
    chosen = choices or ["agree"] * len(items)
    opinions = [
        {"item": item, "choice": choice, "comment": "不妥" if choice == "disagree" else ""}
        for item, choice in zip(items, chosen, strict=True)
    ]
    by = unit.seats.first().user
    return actions.submit_receipt(of(page, unit), by=by, version=version, opinions=opinions)


def numbers(counted):
    return [{line.key: line.number for line in tally.lines if line.number} for tally in counted]


def rows():
    return list(EntitledUnit.objects.order_by("unit_name").values_list("unit_name", "receipt_id"))


def test_the_standing_counts_what_would_count(page, units, editor, clock):
    answer(page, units["甲"])
    answer(page, units["乙"], "disagree", "abstain")
    actions.send_back_receipt(answer(page, units["丙"]), by=editor, reason="未盖章")
    rule, counted = standing_of(page)
    assert (rule.entitled, rule.present, rule.needed_present, rule.has_quorum) == (5, 2, 3, False)
    assert numbers(counted) == [{"agree": 1, "disagree": 1}, {"agree": 1, "abstain": 1}]
    answer(page, units["丙"], version=1)
    assert standing_of(page)[0].has_quorum is True
    assert [tally.passed for tally in standing_of(page)[1]] == [True, True]


def test_the_result_holds_exactly_the_units_of_the_notice(page, units, editor, clock):
    mine = answer(page, units["甲"])
    answer(page, units["乙"], "disagree", "abstain")
    second = answer(page, units["乙"], "agree", "agree", version=1)
    clock.shift(timedelta(days=8))
    result = actions.freeze_result(page, by=editor)
    assert rows() == sorted([("甲", mine.pk), ("乙", second.pk), ("丙", None), ("丁", None), ("戊", None)])
    rule = outcome(result)
    assert (rule.entitled, rule.present) == (5, 2)
    assert numbers(tallies(result, rule)) == [{"agree": 2}, {"agree": 2}]
    entry = AuditEntry.objects.get(verb="tracking.freeze_result")
    assert (entry.actor, entry.after) == (editor, {"entitled": 5})


def test_late_and_sent_back_receipts_do_not_count(page, units, editor, clock):
    type(page).objects.filter(pk=page.pk).update(allow_late=True)
    page.refresh_from_db()
    actions.send_back_receipt(answer(page, units["甲"]), by=editor, reason="未盖章")
    clock.shift(timedelta(days=8))
    answer(page, units["乙"])
    actions.enter_receipt(of(page, units["丙"]), by=editor, version=0)
    result = actions.freeze_result(page)
    assert {receipt for _name, receipt in rows()} == {None}
    assert {each.delivery.unit.name for each in late_receipts(result).values()} == {"乙", "丙"}
    assert (outcome(result).present, numbers(tallies(result, outcome(result)))) == (0, [{}, {}])


def test_the_sheet_says_what_came_late_and_what_was_revised(page, units, clock):
    """Each opinion stands in it, also one that does not count; the numbers above do not know it."""
    type(page).objects.filter(pk=page.pk).update(allow_late=True)
    page.refresh_from_db()
    answer(page, units["甲"], "disagree", "abstain")
    answer(page, units["甲"], "agree", "agree", version=1)
    clock.shift(timedelta(days=8))
    result = actions.freeze_result(page)
    answer(page, units["乙"], "disagree", "abstain")
    *_others, opinions = of_result(result)
    said = {unit: cells for _number, unit, _level, _returned, *cells in opinions.rows}
    nothing = ["未回执", "", "", "", ""]
    assert said == {
        "甲": ["第 2 版", "同意", "", "同意", ""],
        "乙": ["迟交，不计入", "不同意", "不妥", "弃权", ""],
        **dict.fromkeys("丙丁戊", nothing),
    }
    assert numbers(tallies(result, outcome(result))) == [{"agree": 1}, {"agree": 1}]


def test_who_is_no_member_any_more_is_not_entitled(page, units, editor, clock):
    answer(page, units["甲"])
    Membership.objects.filter(unit=units["甲"]).update(state=MembershipState.SUSPENDED)
    clock.shift(timedelta(days=8))
    actions.freeze_result(page)
    assert [name for name, _receipt in rows()] == sorted("乙丙丁戊")


def test_what_comes_later_does_not_move_it(page, units, editor, clock):
    receipt = answer(page, units["甲"])
    clock.shift(timedelta(days=8))
    result = actions.freeze_result(page)
    before = numbers(tallies(result, outcome(result)))
    actions.send_back_receipt(receipt, by=editor, reason="未盖章")
    actions.enter_receipt(of(page, units["乙"]), by=editor, version=0)
    type(page).objects.filter(pk=page.pk).update(quorum="two_thirds", majority="two_thirds_all")
    assert actions.freeze_result(page, by=editor) == result
    result = DeliberationResult.objects.get()
    rule = outcome(result)
    assert (numbers(tallies(result, rule)), rule.quorum, rule.majority) == (before, "half", "half_present")
    assert AuditEntry.objects.filter(verb="tracking.freeze_result").count() == 1


@pytest.mark.parametrize("quorum", Quorum)
@pytest.mark.parametrize("majority", Majority)
def test_every_rule_can_be_frozen(page, clock, quorum, majority):
    """PostgreSQL refuses a rule that is longer than its column; SQLite keeps it, so the field is asked."""
    type(page).objects.filter(pk=page.pk).update(quorum=quorum, majority=majority)
    page.refresh_from_db()
    clock.shift(timedelta(days=8))
    result = actions.freeze_result(page)
    result.full_clean(exclude=["frozen_by"])
    rule = outcome(DeliberationResult.objects.get())
    assert (rule.quorum, rule.majority) == (quorum, majority)


@pytest.mark.parametrize(("days", "code"), [(6, "too_early"), (7, "too_early")])
def test_not_before_the_deadline(page, clock, editor, days, code):
    clock.shift(timedelta(days=days))
    with pytest.raises(Refusal) as refused:
        actions.freeze_result(page, by=editor)
    assert (refused.value.code, DeliberationResult.objects.count()) == (code, 0)


@pytest.mark.parametrize("role", ["会员审核", "分会秘书", "财务", "秘书长"])
def test_other_roles_freeze_nothing(page, clock, role):
    clock.shift(timedelta(days=8))
    with pytest.raises(PermissionDenied):
        actions.freeze_result(page, by=employee(role))
    assert DeliberationResult.objects.count() == 0


def test_the_recurring_job_waits_for_those_with_more_time(page, units, editor, clock):
    until = timezone.now() + timedelta(days=10)
    actions.extend_deadline(page, by=editor, until=until, units=[units["戊"]])
    clock.shift(timedelta(days=8))
    tasks.freeze_results()
    assert not DeliberationResult.objects.filter(notice=page).exists()
    clock.shift(timedelta(days=3))
    tasks.freeze_results()
    tasks.freeze_results()
    assert DeliberationResult.objects.get(notice=page).deadline == until


def test_the_recurring_job_leaves_receipts_of_the_last_second_a_minute(page, clock):
    clock.shift(page.deadline - timezone.now() + timedelta(seconds=59))
    tasks.freeze_results()
    assert not DeliberationResult.objects.filter(notice=page).exists()
    clock.shift(timedelta(seconds=2))
    tasks.freeze_results()
    assert DeliberationResult.objects.filter(notice=page).exists()


def test_after_the_result_nobody_is_given_more_time(page, editor, clock):
    clock.shift(timedelta(days=8))
    actions.freeze_result(page)
    with pytest.raises(Refusal) as refused:
        actions.extend_deadline(page, by=editor, until=timezone.now() + timedelta(days=2))
    assert refused.value.code == "frozen"
    assert Delivery.objects.exclude(deadline_override=None).count() == 0
