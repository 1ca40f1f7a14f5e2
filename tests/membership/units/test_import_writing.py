"""Writing an import: all that the check has shown, once, or nothing; and how the people of an imported unit get in."""

from datetime import date
from types import SimpleNamespace

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.jobs import actions as jobs
from membership.jobs.models import Job
from membership.messaging.models import OutboundMessage
from membership.tracking.models import Delivery
from membership.units import actions
from membership.units.actions import import_writing, imports
from membership.units.models import LevelTerm, Membership, Seat, SeatInvitation, Unit, UnitImport
from membership.units.states import Duty, ImportState
from membership.units.tasks import write_import
from tests.factories import MembershipFactory, UnitFactory, UserFactory, clerk, notice, uscc
from tests.membership.units.conftest import branch, employee, level
from tests.membership.units.import_files import CODE, facts, table
from tests.membership.units.test_imports import member, verdicts
from tests.races import at_once

pytestmark = pytest.mark.django_db
PHONE = "+8613800000001"


@pytest.fixture
def reviewer():
    return employee("会员审核")


def written(by, *rows):
    unit_import = actions.start_import(table(*rows), by=by)
    return actions.confirm_import(unit_import, by=by)


def everything():
    """What an import could change in the register."""
    return [
        list(model.objects.order_by("pk").values()) for model in (Unit, Membership, LevelTerm, SeatInvitation, Delivery)
    ] + [AuditEntry.objects.filter(verb="units.import_units").count()]


# --- What is written ------------------------------------------------------------------------------------------------
def test_new_unit_is_a_certified_member_since_the_day_of_the_file(reviewer):
    unit_import = written(reviewer, facts(1, city="成都市", email="a@example.com", quality="理事"))

    assert (unit_import.state, unit_import.confirmed_by) == (ImportState.WRITTEN, reviewer)
    unit = Unit.objects.get()
    assert (unit.name, unit.uscc, unit.unit_type, unit.province, unit.city, unit.email) == (
        "老会员1有限公司", uscc(CODE + 1), "contractor", "51", "成都市", "a@example.com",
    )  # fmt: skip
    assert (unit.was_member_before, unit.joined_on, unit.submitted_at) == (
        True,
        date(2015, 6, 30),
        unit_import.written_at,
    )
    assert list(Unit.objects.certified()) == [unit]
    certification, of_branch = unit.memberships.for_list()
    assert (certification.level, certification.member_no, certification.since, certification.decided_by) == (
        level(slug="council"), "HY00001", date(2015, 6, 30), reviewer,
    )  # fmt: skip
    assert (of_branch.body, of_branch.level, of_branch.state, of_branch.contact_name) == (
        branch(), level("branch", "council"), "active", "赵六",
    )  # fmt: skip
    terms = LevelTerm.objects.on(date(2020, 1, 1)).values_list("membership", "level", "until")
    assert sorted(terms) == sorted(
        [(certification.pk, certification.level_id, None), (of_branch.pk, of_branch.level_id, None)]
    )


def test_numbers_are_given_out_after_those_of_register_and_file(reviewer):
    member(9).memberships.update(member_no="HY00004")
    written(reviewer, facts(1), facts(2, member_no="HY00007"), facts(3), facts(4, member_no="川01"))
    numbers = dict(Membership.objects.values_list("unit__name", "member_no"))
    assert [numbers[f"老会员{n}有限公司"] for n in (1, 2, 3, 4)] == ["HY00008", "HY00007", "HY00009", "川01"]


def test_registered_unit_is_completed_and_its_contact_replaced(reviewer):
    unit = member(1, city="", address="旧址")
    written(
        reviewer, facts(1, city="成都市", address="新址", contact_name="钱八", member_no="HY00005", quality="普通会员")
    )
    unit.refresh_from_db()
    assert (unit.city, unit.address, unit.contact_name, unit.legal_representative) == ("成都市", "新址", "钱八", "王五")
    certification, of_branch = unit.memberships.for_list()
    assert (certification.member_no, of_branch.level) == ("HY00005", level("branch"))
    assert LevelTerm.objects.filter(membership=of_branch).count() == 1
    assert Unit.objects.count() == 1


def test_rejected_and_unchanged_rows_are_left_alone(reviewer):
    same, other = member(2), member(3)
    before = Unit.objects.filter(pk__in=[same.pk, other.pk]).order_by("pk").values()
    before = list(before)
    written(reviewer, facts(1), facts(2), facts(3, legal_representative="孙七"))
    assert list(Unit.objects.exclude(name="老会员1有限公司").order_by("pk").values()) == before
    assert Unit.objects.count() == 3


def test_one_record_for_the_whole_run_and_no_message(reviewer):
    member(2)
    unit_import = written(reviewer, facts(1), facts(2, contact_name="钱八"), facts(3), facts(4, level=""))
    records = AuditEntry.objects.exclude(verb="units.start_import")
    assert [(entry.verb, entry.actor, entry.object_id, entry.after) for entry in records] == [
        ("units.import_units", reviewer, str(unit_import.pk), {"created": 2, "updated": 1, "left_out": 1})
    ]
    assert OutboundMessage.objects.count() == 0


def test_open_notices_reach_the_new_members_and_nobody_else(reviewer):
    before = UnitFactory(certified=True)
    for_all, closed = notice(deliver_to_newcomers=True), notice(deliver_to_newcomers=False)
    for_branch = notice(rules=[{"kind": "body", "body": branch()}], deliver_to_newcomers=True)
    written(reviewer, facts(1), facts(2, quality="理事"))
    sent = Delivery.objects.values_list("notice", "unit__name")
    reached = {page.pk: {name for pk, name in sent if pk == page.pk} for page in (for_all, closed, for_branch)}
    assert reached == {
        for_all.pk: {"老会员1有限公司", "老会员2有限公司"},
        closed.pk: set(),
        for_branch.pk: {"老会员2有限公司"},
    }
    assert not Delivery.objects.filter(unit=before).exists()


def test_import_of_the_same_file_again_does_nothing(reviewer):
    rows = [facts(1, quality="理事"), facts(2, member_no="HY00009"), facts(3, contact_phone="028-86000000")]
    written(reviewer, *rows)
    before = everything()
    again = actions.start_import(table(*rows), by=reviewer)
    assert verdicts(again) == {2: "unchanged", 3: "unchanged", 4: "unchanged"}
    with pytest.raises(Refusal) as refusal:
        actions.confirm_import(again, by=reviewer)
    assert (refusal.value.code, everything()) == ("nothing_to_write", before)


def test_rejected_rows_can_be_mended_and_uploaded_again(reviewer):
    written(reviewer, facts(1), facts(2, joined_on="去年"))
    mended = written(reviewer, facts(2))
    assert (mended.state, Unit.objects.count()) == (ImportState.WRITTEN, 2)


# --- All or nothing -------------------------------------------------------------------------------------------------
def confirmed_after(change, reviewer, *rows):
    """Confirm after somebody has changed the register; what was written by the import."""
    unit_import = actions.start_import(table(*rows), by=reviewer)
    change()
    before = everything()
    unit_import = actions.confirm_import(unit_import, by=reviewer)
    return unit_import, everything() == before


@pytest.mark.parametrize(
    "change",
    [
        lambda: UnitFactory(uscc=uscc(CODE + 1)),
        lambda: UnitFactory(name="老会员1有限公司"),
        lambda: Unit.objects.filter(name="老会员2有限公司").update(contact_name="单位自己改的"),
        lambda: Membership.objects.filter(unit__name="老会员2有限公司").update(state="suspended"),
        lambda: MembershipFactory(unit=Unit.objects.get(name="老会员2有限公司"), body=branch()),
    ],
    ids=["code", "name", "contact", "state", "branch"],
)
def test_nothing_is_written_when_the_register_has_changed(reviewer, change):
    member(2)
    unit_import, untouched = confirmed_after(
        change, reviewer, facts(3), facts(1), facts(2, contact_name="钱八", quality="理事")
    )
    assert (unit_import.state, unit_import.written_at, untouched) == (ImportState.OUTDATED, None, True)
    assert "未写入任何内容。请重新上传文件核对。" in unit_import.refusal
    job = Job.objects.get(pk=unit_import.job_id)
    assert (job.state, job.error, job.message) == ("failed", "Refusal: stale", unit_import.refusal)


def test_change_that_does_not_matter_stops_nothing(reviewer):
    other = member(9)
    unit_import, _untouched = confirmed_after(
        lambda: Unit.objects.filter(pk=other.pk).update(contact_name="别家"), reviewer, facts(1)
    )
    assert unit_import.state == ImportState.WRITTEN


def test_constraint_that_stops_a_row_takes_all_back(reviewer, monkeypatch):
    """Between the last look and the INSERT a number was given out: nothing of the import stays."""
    taken = member(9)

    def late(association):
        taken.memberships.update(member_no="HY00050")
        return iter(["HY00049", "HY00050"])

    monkeypatch.setattr(import_writing, "_free_numbers", late)
    unit_import = written(reviewer, facts(1), facts(2))
    assert (unit_import.state, Unit.objects.count(), SeatInvitation.objects.count()) == (ImportState.OUTDATED, 1, 0)


def test_failure_in_the_middle_writes_nothing_and_may_be_confirmed_again(reviewer, monkeypatch):
    whole = import_writing._invite

    def broken(*args):
        raise OSError

    monkeypatch.setattr(import_writing, "_invite", broken)
    before = everything()
    unit_import = written(reviewer, facts(1), facts(2))
    assert (unit_import.state, everything()) == (ImportState.CHECKED, before)
    monkeypatch.setattr(import_writing, "_invite", whole)
    assert actions.confirm_import(unit_import, by=reviewer).state == ImportState.WRITTEN


def test_second_attempt_of_the_job_finds_it_written(reviewer):
    unit_import = written(reviewer, facts(1))
    before = everything()
    write_import(str(unit_import.pk), Job.objects.get(pk=unit_import.job_id))
    assert (everything(), UnitImport.objects.get().state) == (before, ImportState.WRITTEN)


def test_confirmation_of_somebody_who_lost_the_right_is_not_carried_out(reviewer, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    unit_import = actions.start_import(table(facts(1)), by=reviewer)
    jobs.run_job.call(unit_import.job_id)
    unit_import = actions.confirm_import(UnitImport.objects.get(), by=reviewer)
    reviewer.groups.clear()
    jobs.run_job.call(unit_import.job_id)
    assert (Unit.objects.count(), UnitImport.objects.get().state) == (0, ImportState.CHECKED)


# --- Races ----------------------------------------------------------------------------------------------------------
def confirm_at_once(count):
    reviewer = employee("会员审核")
    unit_import = actions.start_import(table(facts(1), facts(2)), by=reviewer)
    return at_once(count, lambda number: actions.confirm_import(UnitImport.objects.get(pk=unit_import.pk), by=reviewer))


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_confirmations_one_writes():
    results = confirm_at_once(2)
    assert sorted(type(result).__name__ for result in results) == ["Refusal", "UnitImport"]
    assert [r.code for r in results if isinstance(r, Refusal)] == ["already_confirmed"]
    assert (Unit.objects.count(), SeatInvitation.objects.count()) == (2, 2)
    assert AuditEntry.objects.filter(verb="units.import_units").count() == 1
    assert Job.objects.filter(name="units.write_import").count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_twin_that_confirms_without_the_condition_lets_both_in(monkeypatch):
    """Both have two jobs at work; that the units are there once is left to the condition of the writing."""

    def unconditional(rows, moves, verb, **changes):
        return rows.update(**changes) if verb == "confirm" else moves_rows(rows, moves, verb, **changes)

    moves_rows = imports.move_rows
    monkeypatch.setattr(imports, "move_rows", unconditional)
    monkeypatch.setattr(imports, "jobs", SimpleNamespace(enqueue=_quiet, report_progress=jobs.report_progress))
    reviewer = employee("会员审核")
    unit_import = UnitImport.objects.create(original_name="x", sha256="0", created_by=reviewer, state="checked")
    unit_import.rows.create(number=2, verdict="created")
    results = at_once(2, lambda number: actions.confirm_import(UnitImport.objects.get(), by=reviewer))
    assert [type(result) for result in results] == [UnitImport, UnitImport]
    assert Job.objects.filter(name="units.write_import").count() == 2


def _quiet(name, *, by, title, import_id):
    return Job.objects.create(name=name, created_by=by)


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_one_file_imported_by_two_at_once_is_written_once():
    reviewers = [employee("会员审核"), employee("系统管理员")]
    imports_ = [actions.start_import(table(facts(1), facts(2)), by=reviewer) for reviewer in reviewers]
    at_once(2, lambda number: actions.confirm_import(imports_[number], by=reviewers[number]))
    assert sorted(UnitImport.objects.values_list("state", flat=True)) == ["outdated", "written"]
    assert (Unit.objects.count(), Membership.objects.count(), LevelTerm.objects.count()) == (2, 2, 2)


# --- How the people get in ------------------------------------------------------------------------------------------
def test_holder_of_the_contact_number_takes_the_unit_over(reviewer):
    written(reviewer, facts(1))
    person, stranger = UserFactory(phone=PHONE), UserFactory()
    invitation = SeatInvitation.objects.get()
    assert (invitation.duty, invitation.expires_at, invitation.invited_by) == (Duty.OWNER, None, reviewer)
    years_later = timezone.now().replace(year=2036)
    assert list(SeatInvitation.objects.sent_to(person).open(years_later)) == [invitation]
    assert list(SeatInvitation.objects.lapsed(years_later)) == []
    with pytest.raises(PermissionDenied):
        actions.accept_invitation(invitation, by=stranger)

    seat = actions.accept_invitation(invitation, by=person)
    assert (seat.unit, seat.duty) == (Unit.objects.get(), Duty.OWNER)
    assert list(Unit.objects.for_user(person)) == [Unit.objects.get()]
    assert list(Unit.objects.for_user(stranger)) == []


def test_landline_and_unit_with_people_get_no_invitation(reviewer):
    unit = member(2)
    clerk(unit)
    written(reviewer, facts(1, contact_phone="028-86000000"), facts(2, contact_phone="13800009999"))
    assert SeatInvitation.objects.count() == 0


def test_corrected_number_takes_the_place_of_the_wrong_one(reviewer):
    written(reviewer, facts(1))
    written(reviewer, facts(1, contact_phone="13800009999"))
    offers = SeatInvitation.objects.order_by("pk")
    assert [(str(o.phone), o.closed_at is None) for o in offers] == [(PHONE, False), ("+8613800009999", True)]


def test_unverified_number_sees_no_invitation(reviewer):
    written(reviewer, facts(1))
    person = UserFactory(phone=PHONE, phone_verified=False)
    assert list(SeatInvitation.objects.for_user(person)) == []
    with pytest.raises(PermissionDenied):
        actions.accept_invitation(SeatInvitation.objects.get(), by=person)


def test_draft_of_the_same_unit_is_given_up_for_it(reviewer):
    draft = UnitFactory(uscc=uscc(CODE + 1), submitted_at=None)
    person = clerk(draft, phone=PHONE)
    written(reviewer, facts(1))
    seat = actions.accept_invitation(SeatInvitation.objects.get(), by=person)
    assert (seat.unit.name, Seat.objects.filter(unit=draft).count()) == ("老会员1有限公司", 0)


@pytest.mark.parametrize("situation", ["other draft", "colleague", "member"])
def test_other_seat_is_not_given_up(reviewer, situation):
    submitted = timezone.now() if situation == "member" else None
    own = UnitFactory(uscc=uscc(CODE + (2 if situation == "other draft" else 1)), submitted_at=None)
    person = clerk(own, phone=PHONE)
    if situation == "colleague":
        clerk(own, duty="agent")
    written(reviewer, facts(1))
    if submitted:
        Unit.objects.filter(pk=own.pk).update(uscc=uscc(CODE + 7), submitted_at=submitted)
    with pytest.raises(Refusal) as refusal:
        actions.accept_invitation(SeatInvitation.objects.get(), by=person)
    assert (refusal.value.code, Seat.objects.get(user=person).unit) == ("has_seat", own)
    assert SeatInvitation.objects.get().closed_at is None


def test_unit_that_has_an_administrator_is_not_taken_over(reviewer):
    written(reviewer, facts(1))
    owner = clerk(Unit.objects.get())
    with pytest.raises(Refusal) as refusal:
        actions.accept_invitation(SeatInvitation.objects.get(), by=UserFactory(phone=PHONE))
    assert (refusal.value.code, list(Seat.objects.values_list("user", flat=True))) == ("has_owner", [owner.pk])
