"""The people who meet around an application, memberships in any state, what refusals leave alone."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.jobs.models import Job
from membership.messaging.models import OutboundMessage
from membership.units import actions
from membership.units.models import (
    Body,
    BodyStaff,
    Document,
    Level,
    LevelTerm,
    Membership,
    ProfileDraft,
    Qualification,
    Review,
    ReviewNote,
    Seat,
    Unit,
)
from tests.factories import MembershipFactory, UnitFactory, UserFactory, clerk, review
from tests.files import private_files

PEOPLE = "owner agent outsider reviewer secretary other_secretary editor finance secretary_general administrator root"
BY_UNIT = ("submit", "revise", "withdraw")  # the other verbs of a membership are the staff's


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


def handed_in(unit, state="pending", body=None, subject="application", review_state="open", **fields):
    """The unit's membership put into that state, with something that it has handed in: the Review.

    A branch takes in certified units alone, so the unit is certified for one.
    """
    if body:
        in_state(unit, "active")
    membership = in_state(unit, state, body)
    made = review(membership, subject, review_state, **fields)
    Membership.objects.filter(pk=membership.pk).update(round=made.round)
    return Review.objects.select_related("membership__unit", "membership__body").get(pk=made.pk)


def act(verb, membership, by):
    """Call a verb of the table of moves with whatever else it needs; decisions are on the newest round."""
    more = {
        "approve": {"level": level(membership.body.kind)},
        "send_back": {"remark": "请补充营业执照"},
        "reject": {"remark": "不属于发展范围"},
        "suspend": {"remark": "连续两年未缴会费"},
        "leave": {"remark": "单位已注销"},
    }.get(verb, {})
    is_decision = verb in {"approve", "send_back", "reject"}
    noun = membership.reviews.latest("pk") if is_decision else membership
    return getattr(actions, verb)(noun, by=by, **more)


TABLES = (Membership, Unit, Seat, Review, ReviewNote, LevelTerm, Qualification, ProfileDraft, Document)


def snapshot():
    """Everything a refused verb must leave as it was."""
    return {
        **{model.__name__: list(model.objects.order_by("pk").values()) for model in TABLES},
        **{model.__name__: model.objects.count() for model in (AuditEntry, Job, OutboundMessage)},
        "files": len(private_files()),
    }


def refused_with(code, call):
    """The sentence of the refusal that left everything as it was."""
    before = snapshot()
    with pytest.raises(Refusal) as refused:
        call()
    assert refused.value.code == code
    assert snapshot() == before
    return str(refused.value)


class Refused:
    """A block that must break a constraint; `words` are its name (PostgreSQL, checks) or its column (SQLite)."""

    def __init__(self, *words):
        self.words = words

    def __enter__(self):
        self.atomic = transaction.atomic()
        self.atomic.__enter__()

    def __exit__(self, kind, error, trace):
        self.atomic.__exit__(kind, error, trace)
        assert kind is not None, "nothing was refused"
        assert issubclass(kind, IntegrityError), error
        assert any(word in str(error) for word in self.words), str(error)
        return True
