"""The verb that ends an account: the unit must not lose the only person who acts for it."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from membership.accounts import actions as accounts
from membership.accounts.models import User
from membership.exceptions import Refusal
from membership.units import permissions
from membership.units.actions.seats import leave_seat
from membership.units.models import Seat, SeatInvitation
from membership.units.states import BodyKind, Duty, MembershipState

# A unit that never came in, or is out: it may be left alone.
MAY_BE_LEFT = {MembershipState.DRAFT, MembershipState.REJECTED, MembershipState.LEFT}


def refusal_to_close(user):
    """Why this account cannot be closed now, as a Refusal to show or to raise; None when it can be."""
    if user.is_staff:
        return Refusal(_("Accounts of the association's staff are closed by the administrator."), code="staff")
    seat = Seat.objects.filter(user=user, duty=Duty.OWNER).first()
    if seat is None:
        return None
    if Seat.objects.filter(unit=seat.unit_id).exclude(pk=seat.pk).exists():
        return Refusal(
            _("You are the administrator of your unit. Hand the unit over to a colleague first."), code="owner"
        )
    certification = seat.unit.memberships.filter(body__kind=BodyKind.ASSOCIATION).first()
    if certification and certification.state not in MAY_BE_LEFT:
        return Refusal(
            _("You are the only person who acts for your unit. Invite a colleague, or call the association."),
            code="last_person",
        )
    return None


def close_account(user, *, by):
    """End the own account (注销账号): the seat is given up, the person forgotten, the unit's facts stay.

    Raises Refusal while the unit still needs this person, and for staff. The seat and the account leave a record each.
    """
    permissions.require(user.pk == by.pk)
    with transaction.atomic():
        User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        refusal = refusal_to_close(user)
        if refusal:
            raise refusal
        seat = Seat.objects.filter(user=user).select_related("unit").first()
        if seat:
            is_last = seat.duty == Duty.OWNER
            leave_seat(seat, by=by, last=is_last)
            if is_last:
                SeatInvitation.objects.filter(unit=seat.unit, closed_at=None).update(closed_at=timezone.now())
        SeatInvitation.objects.sent_to(user).filter(closed_at__isnull=False).delete()
        return accounts.close_account(user, by=by)
