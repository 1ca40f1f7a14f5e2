"""The person behind the requests: what colleagues read about it, and how it hears of notices.

Password, mobile number and logins are at `/api/auth/`.
"""

from ninja import Field, Router, Schema
from pydantic import ConfigDict

from membership.accounts import actions
from membership.accounts.forms import ProfileForm
from membership.units.models import Seat
from membership.units.states import Duty
from portal.api.access import PERSON
from portal.api.problems import answers
from portal.api.unit import Text, invalid

router = Router(tags=["account"], auth=PERSON)

OWN = ("name", "position", "email", "notify_by_sms", "notify_by_email")
EXAMPLE = {
    "name": "李四",
    "position": "总工程师",
    "email": "lisi@example.com",
    "notify_by_sms": True,
    "notify_by_email": False,
}


class Account(Schema):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{**EXAMPLE, "phone": "138****8111", "duty": "owner", "duty_label": "单位管理员"}]
        }
    )

    name: str
    position: str
    email: str
    notify_by_sms: bool = Field(description="Hears of notices by text message.")
    notify_by_email: bool = Field(description="Hears of notices by e-mail.")
    phone: str = Field(description="Masked.")
    duty: str | None = Field(json_schema_extra={"enum": [*Duty.values, None]}, description="In the unit, if any.")
    duty_label: str


class AccountChange(Schema):
    """What is left out stays."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    name: Text | None = None
    position: Text | None = None
    email: Text | None = None
    notify_by_sms: bool | None = None
    notify_by_email: bool | None = None


@router.get("/account", response={200: Account, **answers()}, operation_id="account", summary="The own person")
def account(request):
    """Also for a person who acts for no unit yet."""
    return _told(request)


@router.patch(
    "/account",
    response={200: Account, **answers(413, 415, 422)},
    operation_id="save_account",
    summary="Change the own person",
)
def save_account(request, change: AccountChange):
    """Password and mobile number are changed at `/api/auth/`."""
    sent = {name: value for name, value in change.model_dump(exclude_unset=True).items() if value is not None}
    form = ProfileForm({name: getattr(request.user, name) for name in OWN} | sent)
    if not form.is_valid():
        raise invalid(form)
    actions.save_profile(request.user, by=request.user, **form.cleaned_data)
    request.user.refresh_from_db()
    return _told(request)


def _told(request):
    user = request.user
    seat = Seat.objects.filter(user=user).first()
    return Account(
        **{name: getattr(user, name) for name in OWN},
        phone=user.phone_masked,
        duty=str(seat.duty) if seat else None,
        duty_label=str(seat.get_duty_display()) if seat else "",
    )
