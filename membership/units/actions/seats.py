"""Verbs of seats: who acts for a unit. The owner invites colleagues, takes seats back and hands the unit over."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from membership.accounts.models import User
from membership.audit.actions import record
from membership.exceptions import Refusal
from membership.messaging import actions as messaging
from membership.units import permissions
from membership.units.models import Seat, SeatInvitation
from membership.units.states import Duty

MAX_OPEN_INVITATIONS = 20
# Each invitation is a text message to somebody who has not asked for it.
DAY = timedelta(days=1)
MAX_A_DAY, MAX_A_DAY_TO_ONE_NUMBER = 20, 3


def invite(unit, phone, *, by):
    """Offer the holder of this number a seat as agent of the unit; the number gets a text message.

    Whether the number has an account is told to nobody. Raises Refusal when the person has a seat in this unit, when
    the number has an open invitation to it, or when too many are open. Returns the invitation.
    """
    permissions.require(permissions.may_manage_seats(by, unit))
    now = timezone.now()
    with transaction.atomic():
        # One invitation of a unit after the other, by whoever is its owner at that moment.
        permissions.require(unit.seats.select_for_update(of=("self",)).filter(user=by, duty=Duty.OWNER).first())
        if unit.seats.filter(user__phone=phone).exists():
            raise Refusal(_("This colleague already acts for your unit."), code="has_seat")
        SeatInvitation.objects.filter(unit=unit, phone=phone).lapsed(now).update(closed_at=now)
        _within_limits(SeatInvitation.objects.filter(unit=unit), phone, now)
        try:
            with transaction.atomic():
                invitation = SeatInvitation.objects.create(unit=unit, phone=phone, invited_by=by)
        except IntegrityError as twice:
            raise Refusal(_("This number already has an open invitation."), code="invited_already") from twice
        record("units.invite", invitation, by=by, unit_id=unit.pk, in_history=False)
        messaging.post("sms", "seat_invitation", str(phone), by=by, unit=unit.name)
    return invitation


def _within_limits(invitations, phone, now):
    """Refusal when the unit has too many open, or has sent too many within a day, even if it took them back."""
    if invitations.open(now).count() >= MAX_OPEN_INVITATIONS:
        raise Refusal(_("Too many invitations are open. Take back those that nobody answered."), code="too_many")
    today = invitations.filter(invited_at__gt=now - DAY)
    if today.count() >= MAX_A_DAY or today.filter(phone=phone).count() >= MAX_A_DAY_TO_ONE_NUMBER:
        raise Refusal(_("Too many invitations have been sent today. Try again tomorrow."), code="too_many_today")


def accept_invitation(invitation, *, by):
    """Take the seat that was offered to one's own, verified number. Returns the seat.

    An imported unit is taken over as its owner; who has begun a draft of that same unit meanwhile gives it up for it.
    Raises Refusal when the invitation is no longer open or the person already acts for a unit.
    """
    permissions.require(permissions.may_answer_invitation(by, invitation))
    with transaction.atomic():
        _close(invitation, accepted=True)
        # The number may be somebody else's, or the account closed, since the page was opened.
        holder = User.objects.select_for_update(of=("self",)).get(pk=by.pk)
        permissions.require(permissions.may_answer_invitation(holder, invitation))
        if invitation.duty == Duty.OWNER:
            _give_up_draft(by, invitation.unit)
            if invitation.unit.seats.filter(duty=Duty.OWNER).exists():
                raise Refusal(_("The unit has an administrator already. Ask for an invitation."), code="has_owner")
        try:
            with transaction.atomic():
                seat = Seat.objects.create(user=by, unit_id=invitation.unit_id, duty=invitation.duty)
        except IntegrityError as taken:
            raise Refusal(_("You already act for a unit. Give up that seat first."), code="has_seat") from taken
        record("units.accept_invitation", seat, by=by, unit_id=invitation.unit_id, in_history=False)
    return seat


def _give_up_draft(user, unit):
    """End the seat in a draft of the same unit that nobody has handed in and nobody else acts for."""
    own = Seat.objects.filter(user=user, duty=Duty.OWNER, unit__uscc=unit.uscc, unit__submitted_at=None).first()
    if own and not Seat.objects.filter(unit=own.unit_id).exclude(pk=own.pk).exists():
        own.delete()


def decline_invitation(invitation, *, by):
    """Say no to a seat that was offered to one's own number."""
    permissions.require(permissions.may_answer_invitation(by, invitation))
    with transaction.atomic():
        _close(invitation)
        record("units.decline_invitation", invitation, by=by, unit_id=invitation.unit_id, in_history=False)


def revoke_invitation(invitation, *, by):
    """Take back an offer that nobody has answered."""
    permissions.require(permissions.may_manage_seats(by, invitation.unit))
    with transaction.atomic():
        _close(invitation)
        record("units.revoke_invitation", invitation, by=by, unit_id=invitation.unit_id, in_history=False)


def _close(invitation, *, accepted=False):
    """Conditional UPDATE: an invitation is answered once."""
    now = timezone.now()
    values = {"closed_at": now, "accepted_at": now} if accepted else {"closed_at": now}
    if not SeatInvitation.objects.open(now).filter(pk=invitation.pk).update(**values):
        raise Refusal(_("This invitation is no longer open."), code="closed")


def remove_seat(seat, *, by):
    """End a colleague's acting for the unit; what that person did stays on record. Raises Refusal for the owner."""
    permissions.require(permissions.may_manage_seats(by, seat.unit))
    _end(seat, "units.remove_seat", by)


def leave_seat(seat, *, by, last=False):
    """Give up the own seat. The owner must hand the unit over first (Refusal), unless nobody else is there (`last`)."""
    permissions.require(seat.user_id == by.pk)
    _end(seat, "units.leave_seat", by, duty=Duty.OWNER if last else Duty.AGENT)


def _end(seat, verb, by, duty=Duty.AGENT):
    with transaction.atomic():
        ended, _rows = Seat.objects.filter(pk=seat.pk, duty=duty).delete()
        if not ended:
            raise Refusal(_("The administrator of the unit must hand it over first."), code="owner")
        record(verb, seat, by=by, unit_id=seat.unit_id, after={"user": seat.user_id}, in_history=False)


def hand_over(seat, *, by):
    """Make the agent in `seat` the unit's owner; who was it becomes an agent. Returns the new owner's seat.

    Raises Refusal when the colleague, or the one who hands over, no longer has that seat.
    """
    permissions.require(permissions.may_manage_seats(by, seat.unit))
    if seat.user_id == by.pk:
        raise Refusal(_("You are the administrator of the unit already."), code="own_seat")
    with transaction.atomic():
        own = Seat.objects.select_for_update(of=("self",)).filter(unit_id=seat.unit_id, user=by, duty=Duty.OWNER)
        if not own.update(duty=Duty.AGENT):
            raise Refusal(_("The unit has just been handed over. Reload the page."), code="stale")
        if not Seat.objects.filter(pk=seat.pk, unit_id=seat.unit_id, duty=Duty.AGENT).update(duty=Duty.OWNER):
            raise Refusal(_("This colleague no longer acts for your unit."), code="no_seat")
        record("units.hand_over", seat, by=by, unit_id=seat.unit_id, after={"user": seat.user_id}, in_history=False)
        messaging.post("sms", "unit_handed_over", str(seat.user.phone), by=by, unit=seat.unit.name)
    seat.duty = Duty.OWNER
    return seat
