"""What waits for the reviewers, browsers of the people who may or may not decide, employees at the registers."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.messaging.gateways import memory
from membership.units.models import Body, BodyStaff, Membership, Review
from membership.units.states import MembershipState, ReviewSubject
from tests.factories import MembershipFactory, UnitFactory, clerk, put_papers_on_file, review
from tests.membership.units.conftest import branch, employee, in_state, level

GROUPS = ["编辑", "会员审核", "分会秘书", "财务", "秘书长", "系统管理员"]
READ_ALL = ["会员审核", "财务", "秘书长", "系统管理员"]


def register_url(view, *args, register="units"):
    return reverse(f"{register}_modeladmin_{view}", args=args)


def tab(unit, name):
    return f"{register_url('inspect', unit.pk)}?tab={name}"


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def page_of(response, status=200):
    assert response.status_code == status
    return BeautifulSoup(response.content, "html.parser")


def applying(name="示范检测", days=0, **fields):
    """A unit with all its papers that has applied to the association; the open review."""
    facts = fields.pop("facts", {})
    unit = put_papers_on_file(UnitFactory(name=name, contact_phone=f"028-{8600000 + len(name)}", **facts))
    clerk(unit)
    membership = in_state(unit, MembershipState.PENDING)
    return review(membership, handed_in_at=timezone.now() - timedelta(days=days), **fields)


def applying_to_branch(name="示范监理", slug="quality", certified=True, **fields):
    """A unit that has applied to a branch; the open review."""
    unit = put_papers_on_file(UnitFactory(name=name, certified=certified))
    clerk(unit)
    membership = MembershipFactory(
        unit=unit, body=branch(slug), contact_name="李四", answers=[{"label": "主要业绩", "value": "三座大桥"}]
    )
    return review(membership, **fields)


def leaving(name="示范造价", **fields):
    membership = UnitFactory(name=name, certified=True).memberships.get()
    clerk(membership.unit)
    return review(membership, subject=ReviewSubject.LEAVE, snapshot={}, reason="公司合并", **fields)


def url(row, more=""):
    return f"/cms/reviews/{row.pk}/{more}"


def look(user, row, status=200):
    return page_of(browser(user).get(url(row)), status)


def decide(user, row, do, **data):
    return browser(user).post(url(row), {"do": do, **data})


def approval(membership=None, **more):
    kind = membership.body.kind if membership else "association"
    return {"approve-level": level(kind).pk, "approve-member_no": "HY00077", "approve-since": "2026-11-02", **more}


def state(row):
    """What no refused request may change."""
    return (
        Review.objects.filter(pk=row.pk).values("state", "remark", "decided_by", "verdicts").get(),
        Membership.objects.filter(pk=row.membership_id).values("state", "level", "remark").get(),
        AuditEntry.objects.exclude(verb__in=["units.claim_review", "units.judge"]).count(),
        len(memory.outbox),
    )


@pytest.fixture
def waiting(people):
    """One in each queue that is not changes."""
    people.application = applying()
    people.branch_application = applying_to_branch()
    people.leave = leaving()
    return people


@pytest.fixture
def log_in(client):
    """log_in("财务"), or log_in("分会秘书", body) for the secretary of a branch."""

    def as_group(group, *bodies):
        user = employee(group)
        for body in bodies:
            BodyStaff.objects.create(user=user, body=body)
        client.force_login(user)
        return user

    return as_group


@pytest.fixture
def branches():
    """Two branches; units stand in the first, the second or in neither."""
    return list(Body.objects.open_branches()[:2])
