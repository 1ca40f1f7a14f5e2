"""The people who meet around an application."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group

from membership.units.models import Body, BodyStaff, Level
from tests.factories import MembershipFactory, UnitFactory, UserFactory, clerk


def employee(role, **fields):
    """Staff in one of the groups that the migration makes."""
    user = UserFactory(staff=True, **fields)
    user.groups.add(Group.objects.get(name=role))
    return user


def secretary(*slugs):
    """A branch secretary of these branches."""
    user = employee("分会秘书")
    for slug in slugs:
        BodyStaff.objects.create(user=user, body=Body.objects.get(slug=slug))
    return user


def level(kind="association", slug="ordinary"):
    return Level.objects.get(body_kind=kind, slug=slug)


def branch(slug="quality"):
    return Body.objects.get(slug=slug)


@pytest.fixture
def people(db):
    """One of each who may come near an application; `owner` and `agent` act for `unit`, `outsider` for `other`."""
    unit, other = UnitFactory(name="示范建设", submitted_at=None), UnitFactory(name="旁观建设", certified=True)
    return SimpleNamespace(
        unit=unit,
        other=other,
        certification=unit.memberships.get(),
        owner=clerk(unit),
        agent=clerk(unit, duty="agent"),
        outsider=clerk(other),
        reviewer=employee("会员审核"),
        secretary=secretary("quality"),
        other_secretary=secretary("safety"),
        editor=employee("编辑"),
        finance=employee("财务"),
        secretary_general=employee("秘书长"),
        administrator=employee("系统管理员"),
        root=UserFactory(root=True),
    )


def in_state(unit, state, body=None, decider=None):
    """The unit's membership put into any state, with what the constraints ask of it."""
    body = body or unit.memberships.get(body__kind="association").body
    unit.memberships.filter(body=body).delete()
    decided = state not in {"draft", "pending"}
    made = MembershipFactory(
        unit=unit,
        body=body,
        draft=state == "draft",
        active=decided,
        **({} if state == "draft" else {"state": state}),
    )
    if decided:
        made.level = level(body.kind)
        made.save()
    return made
