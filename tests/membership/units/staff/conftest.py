"""What waits for the reviewers, and browsers of the people who may or may not decide."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from membership.units.states import MembershipState, ReviewSubject
from tests.factories import MembershipFactory, UnitFactory, clerk, put_papers_on_file, review
from tests.membership.units.conftest import branch, in_state


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


@pytest.fixture
def waiting(people):
    """One in each queue that is not changes."""
    people.application = applying()
    people.branch_application = applying_to_branch()
    people.leave = leaving()
    return people
