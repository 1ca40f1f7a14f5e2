"""Who acts here, for which unit, and what waits for it."""

from ninja import Field, Router, Schema
from pydantic import ConfigDict

from cms.models import NoticeCategory
from membership.units.states import MembershipState
from portal.api.access import MEMBER
from portal.api.problems import answers

router = Router(tags=["me"], auth=MEMBER)


class Person(Schema):
    name: str
    phone: str = Field(description="Masked.")


class OwnUnit(Schema):
    name: str
    uscc: str = Field(description="Unified social credit code.")
    state: str = Field(description="State of the certification.", json_schema_extra={"enum": MembershipState.values})
    state_label: str
    is_certified: bool = Field(description="Whether messages and dues are open to the unit.")
    missing: str = Field(description="Why they are not, in a sentence; empty for a certified unit.")


class UnreadInCategory(Schema):
    slug: str
    name: str
    unread: int


class Unread(Schema):
    """The red badges."""

    total: int
    categories: list[UnreadInCategory] = Field(description="Every category, in the order of the tabs.")


class Me(Schema):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "person": {"name": "李四", "phone": "138****8111"},
                    "unit": {
                        "name": "示范工程检测有限公司",
                        "uscc": "91510100MA00000017",
                        "state": "active",
                        "state_label": "已认证",
                        "is_certified": True,
                        "missing": "",
                    },
                    "standing": ["大协会普通会员", "质量分会理事"],
                    "unread": {"total": 2, "categories": [{"slug": "notice", "name": "通知", "unread": 2}]},
                }
            ]
        }
    )

    person: Person
    unit: OwnUnit
    standing: list[str] = Field(description="One line for each body that the unit is a member of.")
    unread: Unread


@router.get("/me", response={200: Me, **answers()}, operation_id="me", summary="Person, unit and badges")
def me(request):
    """Also for units that are not certified yet: `unit.missing` says what comes next, and nothing is unread."""
    shell = request.auth
    counts = shell.unread if shell.is_certified else {}
    categories = [
        UnreadInCategory(slug=category.slug, name=category.name, unread=counts.get(category.pk, 0))
        for category in NoticeCategory.objects.all()
    ]
    return Me(
        person=Person(name=request.user.name, phone=request.user.phone_masked),
        unit=OwnUnit(
            name=shell.unit.name,
            uscc=shell.unit.uscc,
            state=shell.state.value,
            state_label=str(shell.state.label),
            is_certified=shell.is_certified,
            missing=str(shell.missing),
        ),
        standing=shell.standing,
        unread=Unread(total=sum(counts.values()), categories=categories),
    )
