"""单位同事: who acts for the unit, invitations to and from, handing the unit over."""

from datetime import datetime

from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, P, PathEx, Query, Router, Schema
from ninja.responses import Status
from pydantic import ConfigDict

from membership.units import actions, permissions
from membership.units.forms import InviteForm
from membership.units.models import Seat, SeatInvitation
from membership.units.states import Duty
from portal.api.access import MEMBER, PERSON
from portal.api.ids import LARGEST_ID
from portal.api.paging import Page, PageQuery, listed, paged
from portal.api.problems import answers
from portal.api.unit import Text, invalid

router = Router(tags=["people"], auth=MEMBER)

SeatId = PathEx[int, P(description="`id` of the colleague's seat.", example=3, le=LARGEST_ID)]
InvitationId = PathEx[int, P(description="`id` of the invitation.", example=8, le=LARGEST_ID)]

COLLEAGUE = {
    "id": 3,
    "name": "赵六",
    "position": "",
    "phone": "139****1111",
    "duty": "agent",
    "duty_label": "经办人",
    "since": "2026-11-26T01:30:00Z",
    "is_me": False,
}

INVITATION = {
    "id": 8,
    "unit": "示范工程检测有限公司",
    "phone": "139****1111",
    "duty": "agent",
    "invited_at": "2026-11-26T01:30:00Z",
    "expires_at": "2026-12-03T01:30:00Z",
}


class Colleague(Schema):
    model_config = ConfigDict(json_schema_extra={"examples": [COLLEAGUE]})

    id: int
    name: str
    position: str
    phone: str = Field(description="Masked.")
    duty: str = Field(json_schema_extra={"enum": Duty.values})
    duty_label: str
    since: datetime
    is_me: bool

    @classmethod
    def of(cls, seat, user):
        return cls(
            id=seat.pk,
            name=seat.user.name,
            position=seat.user.position,
            phone=seat.user.phone_masked,
            duty=seat.duty,
            duty_label=str(seat.get_duty_display()),
            since=seat.since,
            is_me=seat.user_id == user.pk,
        )


class ColleagueList(Page):
    model_config = listed(COLLEAGUE)

    items: list[Colleague]


class Invitation(Schema):
    """An open offer of a seat."""

    model_config = ConfigDict(json_schema_extra={"examples": [INVITATION]})

    id: int
    unit: str = Field(description="Name of the unit that offers it.")
    phone: str = Field(description="The number that was invited, masked.")
    duty: str = Field(json_schema_extra={"enum": Duty.values})
    invited_at: datetime
    expires_at: datetime | None

    @classmethod
    def of(cls, invitation):
        return cls(
            id=invitation.pk,
            unit=invitation.unit.name,
            phone=invitation.phone_masked,
            duty=invitation.duty,
            invited_at=invitation.invited_at,
            expires_at=invitation.expires_at,
        )


class InvitationList(Page):
    model_config = listed(INVITATION)

    items: list[Invitation]


class NewInvitation(Schema):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"phone": "13900001111"}]})

    phone: Text = Field(description="Mobile number with which the colleague logs in, or will sign up.")


@router.get(
    "/people", response={200: ColleagueList, **answers(422)}, operation_id="people", summary="Who acts for the unit"
)
def people(request, query: Query[PageQuery]):
    """In the order in which they came."""
    seats = Seat.objects.for_user(request.user).filter(unit=request.auth.unit).select_related("user")
    page, next_cursor = paged(seats, query, "people", "pk")
    return ColleagueList(items=[Colleague.of(seat, request.user) for seat in page], next_cursor=next_cursor)


@router.delete(
    "/people/{int:seat_id}",
    response={204: None, **answers(404, 409)},
    operation_id="remove_colleague",
    summary="End a colleague's acting for the unit",
)
def remove_colleague(request, seat_id: SeatId):
    """By the administrator (else 403 `forbidden`). What the colleague did stays on record."""
    actions.remove_seat(_colleague(request, seat_id), by=request.user)
    return Status(204, None)


@router.post(
    "/people/{int:seat_id}/hand-over",
    response={204: None, **answers(404, 409)},
    operation_id="hand_over",
    summary="Hand the unit over to a colleague",
)
def hand_over(request, seat_id: SeatId):
    """The colleague becomes the administrator, and who was it becomes an agent."""
    actions.hand_over(_colleague(request, seat_id), by=request.user)
    return Status(204, None)


@router.post(
    "/people/leave",
    response={204: None, **answers(404, 409)},
    operation_id="leave_seat",
    summary="Give the own seat up",
)
def leave_seat(request):
    """The administrator hands the unit over first (409 `owner`)."""
    actions.leave_seat(get_object_or_404(Seat.objects.select_related("unit"), user=request.user), by=request.user)
    return Status(204, None)


@router.get(
    "/people/invitations",
    response={200: InvitationList, **answers(422)},
    operation_id="sent_invitations",
    summary="Open invitations of the unit",
)
def sent_invitations(request, query: Query[PageQuery]):
    """For its administrator (else 403 `forbidden`), the newest first."""
    permissions.require(permissions.may_manage_seats(request.user, request.auth.unit))
    sent = SeatInvitation.objects.for_user(request.user).filter(unit=request.auth.unit)
    return _invitations(sent, query, "sent_invitations")


@router.post(
    "/people/invitations",
    response={201: Invitation, **answers(409, 413, 415, 422)},
    operation_id="invite",
    summary="Invite a colleague",
)
def invite(request, invitation: NewInvitation):
    """By the administrator. The number gets a text message; whether it has an account is told to nobody.

    409 by `code`: `has_seat`, `invited_already`, `too_many`, `too_many_today`.
    """
    permissions.require(permissions.may_manage_seats(request.user, request.auth.unit))
    form = InviteForm(invitation.model_dump())
    if not form.is_valid():
        raise invalid(form)
    return Status(201, Invitation.of(actions.invite(request.auth.unit, form.cleaned_data["phone"], by=request.user)))


@router.delete(
    "/people/invitations/{int:invitation_id}",
    response={204: None, **answers(404, 409)},
    operation_id="revoke_invitation",
    summary="Take an invitation back",
)
def revoke_invitation(request, invitation_id: InvitationId):
    """As long as nobody has answered it (409 `closed`)."""
    actions.revoke_invitation(_invitation(request, invitation_id), by=request.user)
    return Status(204, None)


@router.get(
    "/invitations",
    auth=PERSON,
    response={200: InvitationList, **answers(422)},
    operation_id="invitations",
    summary="Invitations to the own number",
)
def invitations(request, query: Query[PageQuery]):
    """Also for a person who acts for no unit yet."""
    return _invitations(SeatInvitation.objects.sent_to(request.user), query, "invitations")


@router.post(
    "/invitations/{int:invitation_id}/accept",
    auth=PERSON,
    response={204: None, **answers(404, 409)},
    operation_id="accept_invitation",
    summary="Accept an invitation",
)
def accept_invitation(request, invitation_id: InvitationId):
    """From then on the person acts for that unit; who acts for another gives up that seat first (409 `has_seat`)."""
    actions.accept_invitation(_invitation(request, invitation_id), by=request.user)
    return Status(204, None)


@router.post(
    "/invitations/{int:invitation_id}/decline",
    auth=PERSON,
    response={204: None, **answers(404, 409)},
    operation_id="decline_invitation",
    summary="Decline an invitation",
)
def decline_invitation(request, invitation_id: InvitationId):
    """Nobody is told why."""
    actions.decline_invitation(_invitation(request, invitation_id), by=request.user)
    return Status(204, None)


def _colleague(request, seat_id):
    mine = Seat.objects.for_user(request.user).filter(unit=request.auth.unit)
    return get_object_or_404(mine.select_related("unit", "user"), pk=seat_id)


def _invitation(request, invitation_id):
    return get_object_or_404(SeatInvitation.objects.for_user(request.user).select_related("unit"), pk=invitation_id)


def _invitations(rows, query, name):
    page, next_cursor = paged(rows.open(timezone.now()).select_related("unit"), query, name, "-pk")
    return InvitationList(items=[Invitation.of(each) for each in page], next_cursor=next_cursor)
