"""The verb that reminds units of certificates which run out. It tells; it never ends or suspends a membership."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from membership.audit.actions import record
from membership.units.actions.moving import tell_owner
from membership.units.models import ExpiryReminder, Membership, Qualification, Seat, Unit
from membership.units.models.reminders import STAGES
from membership.units.states import DocumentKind, Duty, MembershipState


def remind_expiring(today):
    """Tell the administrators of certified units about certificates and entry permits that run out soon.

    Each certificate, day of its end and stage is told once, however often and in how many processes this runs; after a
    pause only the nearest stage is told. Returns how many were told.
    """
    told, first = 0, 0
    for stage in STAGES:
        days = (today + timedelta(days=first), today + timedelta(days=stage))
        told += sum(_remind(stage, unit=row.unit, qualification=row) for row in _certificates(days, stage))
        told += sum(_remind(stage, unit=unit) for unit in _permits(days, stage))
        first = stage + 1
    return told


def _members():
    """Certified units that somebody answers for."""
    members = Membership.objects.certifications().filter(state=MembershipState.ACTIVE)
    owners = Seat.objects.filter(unit=OuterRef("pk"), duty=Duty.OWNER)
    return Unit.objects.filter(Exists(owners), pk__in=members.values("unit"))


def _certificates(days, stage):
    reminded = ExpiryReminder.objects.filter(
        qualification=OuterRef("pk"), valid_until=OuterRef("valid_until"), stage=stage
    )
    due = Qualification.objects.filter(~Exists(reminded), unit__in=_members(), valid_until__range=days)
    return due.select_related("unit", "category").order_by("valid_until", "pk")


def _permits(days, stage):
    reminded = ExpiryReminder.objects.filter(
        unit=OuterRef("pk"), qualification=None, valid_until=OuterRef("entry_permit_valid_until"), stage=stage
    )
    return _members().filter(~Exists(reminded), entry_permit_valid_until__range=days).order_by("pk")


def _remind(stage, *, unit, qualification=None):
    """The row decides who tells: of two processes the second meets the constraint and says nothing."""
    day = qualification.valid_until if qualification else unit.entry_permit_valid_until
    name = qualification or DocumentKind.ENTRY_PERMIT.label
    with transaction.atomic():
        try:
            with transaction.atomic():
                reminder = ExpiryReminder.objects.create(
                    unit=unit, qualification=qualification, valid_until=day, stage=stage
                )
        except IntegrityError:
            return False
        tell_owner(unit, "certificate_expiring", by=None, certificate=str(name), date=f"{day:%Y-%m-%d}")
        record("units.remind_expiring", reminder, by=None, unit_id=unit.pk, after={"stage": stage}, in_history=False)
    return True
