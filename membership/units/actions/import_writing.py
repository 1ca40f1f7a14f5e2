"""The verb that writes a confirmed import of members: the whole of what the check has shown, or nothing."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from membership.accounts.phones import MOBILE
from membership.audit.actions import record
from membership.exceptions import Refusal
from membership.jobs import actions as jobs
from membership.moves import move_rows
from membership.units import permissions
from membership.units.actions.reviews import next_member_no
from membership.units.import_columns import columns
from membership.units.import_plan import AT_ONCE as CHANGED_AT_ONCE
from membership.units.import_plan import REVIEWED, Judge
from membership.units.models import (
    Body,
    ImportRow,
    LevelTerm,
    Membership,
    MembershipSettings,
    Seat,
    SeatInvitation,
    Unit,
    UnitImport,
)
from membership.units.states import IMPORT_MOVES, Duty, MembershipState, RowVerdict

AT_ONCE = 500  # rows
FACTS = ("uscc", *REVIEWED, *CHANGED_AT_ONCE)
CONTACT = ("contact_department", "contact_name", "contact_phone", "email")


def write_import(unit_import, *, job):
    """Write the rows that the check called new or changed, in one transaction. The work of the background job.

    Raises Refusal, and writes nothing, when the register has changed since the check in what concerns these rows.
    Whoever runs it a second time finds it written and does nothing. One record for the whole import, with the counts:
    ten thousand more would bury the trail, and the import keeps its rows. Nobody is sent a message; open notices reach
    the new members by a job.
    """
    by = unit_import.confirmed_by
    permissions.require(permissions.may_import(by))
    rows = list(unit_import.rows.to_write())
    mine = UnitImport.objects.filter(pk=unit_import.pk)
    try:
        for done, _plans in _rejudged(rows):
            jobs.report_progress(job, done, len(rows), _("Comparing with the register"))
        jobs.report_progress(job, len(rows), len(rows), _("Writing. Nobody sees a part of it before the end."))
        with transaction.atomic():
            _write(unit_import, mine, rows, by)
    except Refusal as stale:
        # Unless another attempt has written it meanwhile: then that is what has changed.
        if move_rows(mine, IMPORT_MOVES, "refuse_write", refusal=str(stale)):
            raise


def give_up_write(pk):
    """The writing has failed for good, and nothing of it is there: it may be confirmed once more."""
    move_rows(UnitImport.objects.filter(pk=pk), IMPORT_MOVES, "give_up_write")


def _write(unit_import, mine, rows, by):
    # One import after the other, and none between two approvals that give out numbers. On SQLite the transaction does.
    association = Body.objects.select_for_update(no_key=True).association()
    now = timezone.now()
    if not move_rows(mine, IMPORT_MOVES, "write", written_at=now):
        return
    plans = [plan for _done, some in _rejudged(rows) for plan in some]
    created = [plan for plan in plans if plan.verdict == RowVerdict.CREATED]
    updated = [plan for plan in plans if plan.verdict == RowVerdict.UPDATED]
    try:
        with transaction.atomic():
            _create(created, association, by, now)
            _update(updated, association, by, now)
    except IntegrityError as clash:
        raise _stale() from clash
    left_out = ImportRow.objects.filter(unit_import=unit_import, verdict=RowVerdict.REJECTED).count()
    counts = {"created": len(created), "updated": len(updated), "left_out": left_out}
    record("units.import_units", unit_import, by=by, after=counts, in_history=False)
    if created:
        jobs.enqueue("tracking.deliver_open_notices_to_newcomers", decided_at=now.isoformat())


def _rejudged(rows):
    """Judge again what was shown; yields (rows done, their plans). Raises Refusal when one comes out otherwise."""
    judge = Judge(columns())
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        plans = judge.judge([(row.number, row.facts) for row in some])
        for row, plan in zip(some, plans, strict=True):
            if (row.verdict, row.plan, row.changes) != (plan.verdict, plan.as_json(), plan.changes):
                raise _stale(row.number)
        yield start + len(some), plans


def _stale(number=None):
    if number is None:
        sentence = _("The register has changed since the check. Nothing was written: upload the file once more.")
    else:
        sentence = _(
            "The register has changed since the check, in what row %(number)s is about. Nothing was written: upload "
            "the file once more."
        ) % {"number": number}
    return Refusal(sentence, code="stale")


def _create(plans, association, by, now):
    units = [
        Unit(submitted_at=now, was_member_before=True, **{name: _typed(name, plan.facts[name]) for name in FACTS})
        for plan in plans
    ]
    Unit.objects.bulk_create(units, batch_size=AT_ONCE)
    new = list(zip(plans, units, strict=True))
    certified = [
        _membership(unit, association.pk, plan.facts["level"], by, now, member_no=plan.facts["member_no"])
        for plan, unit in new
    ]
    # Those with a number of their own first, so that no number is given out that comes later in the file.
    _enrol([membership for membership in certified if membership.member_no])
    numbers = _free_numbers(association)
    unnumbered = [membership for membership in certified if not membership.member_no]
    for membership in unnumbered:
        membership.member_no = next(numbers)
    _enrol(unnumbered)
    _enrol(_of_branches(new, by, now))
    _invite([unit for _plan, unit in new], by, now)


def _update(plans, association, by, now):
    units = Unit.objects.in_bulk([plan.unit_id for plan in plans])
    changed = [(plan, units[plan.unit_id]) for plan in plans]
    for plan, unit in changed:
        for name, value in plan.unit.items():
            setattr(unit, name, _typed(name, value))
        if plan.member_no:
            unnumbered = Membership.objects.filter(unit=unit, body=association, member_no="")
            if not unnumbered.update(member_no=plan.member_no):
                raise _stale(plan.number)
    Unit.objects.bulk_update([unit for plan, unit in changed if plan.unit], FACTS, batch_size=200)
    _enrol(_of_branches(changed, by, now))
    _invite([unit for plan, unit in changed if "contact_phone" in plan.unit], by, now)


def _of_branches(pairs, by, now):
    return [
        _membership(unit, int(body), level, by, now, **{name: getattr(unit, name) for name in CONTACT})
        for plan, unit in pairs
        for body, level in plan.branches.items()
    ]


def _membership(unit, body_id, level_id, by, now, **more):
    """A standing membership; of a branch nobody knows the day, so it is that of the association."""
    return Membership(
        unit=unit,
        body_id=body_id,
        state=MembershipState.ACTIVE,
        level_id=level_id,
        since=unit.joined_on,
        submitted_at=now,
        decided_at=now,
        decided_by=by,
        **more,
    )


def _enrol(memberships):
    """Write memberships, each with its first term at a level."""
    Membership.objects.bulk_create(memberships, batch_size=AT_ONCE)
    terms = [
        LevelTerm(
            membership=membership,
            level_id=membership.level_id,
            since=membership.since,
            decided_by=membership.decided_by,
            decided_at=membership.decided_at,
            remark=_("Import of members"),
        )
        for membership in memberships
    ]
    LevelTerm.objects.bulk_create(terms, batch_size=AT_ONCE)


def _free_numbers(association):
    """Member numbers from the next free one on."""
    first = next_member_no(association)
    prefix = MembershipSettings.current().member_no_prefix
    number = int(first.removeprefix(prefix))
    while True:
        yield f"{prefix}{number:05d}"
        number += 1


def _invite(units, by, now):
    """Offer the unit to whoever holds the contact's mobile number, where nobody acts for it yet. No message is sent."""
    taken = set(Seat.objects.filter(unit__in=units).values_list("unit_id", flat=True))
    free = [unit for unit in units if unit.pk not in taken]
    SeatInvitation.objects.filter(unit__in=free, duty=Duty.OWNER, closed_at=None).update(closed_at=now)
    offers = [
        SeatInvitation(unit=unit, phone=f"+86{unit.contact_phone}", duty=Duty.OWNER, invited_by=by, invited_at=now)
        for unit in free
        if MOBILE.fullmatch(f"+86{unit.contact_phone}")
    ]
    SeatInvitation.objects.bulk_create(offers, batch_size=AT_ONCE)


def _typed(name, value):
    return date.fromisoformat(value) if name == "joined_on" else value
