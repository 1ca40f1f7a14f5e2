"""Colleagues who apply to one branch at the same moment: one membership, one open round. With twins without guard."""

from threading import Barrier

import pytest
from django.db import transaction

from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.units import actions
from membership.units.models import Membership, Review, Unit
from membership.units.states import MembershipState as S
from tests.factories import UnitFactory, clerk
from tests.membership.units.conftest import branch
from tests.races import TOGETHER, at_once

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)

FIVE = 5
CONTACT = {"contact_name": "李四", "contact_phone": "13811138111"}


def kinds(results):
    return sorted(result.code if isinstance(result, Refusal) else type(result).__name__ for result in results)


@pytest.fixture
def member():
    """A certified unit with five who act for it."""
    unit = UnitFactory(certified=True)
    return unit, [clerk(unit, duty="agent") for _ in range(FIVE)]


def apply_at_once(member, body):
    unit, people = member

    def apply(number):
        return actions.apply(Unit.objects.get(pk=unit.pk), body, by=people[number], **CONTACT)

    return at_once(FIVE, apply)


def test_five_applications_at_once_are_one(member):
    """Who comes when it has been handed in revises it, as over the form: the last round is the one that is open."""
    unit, body = member[0], branch()
    results = apply_at_once(member, body)
    assert set(kinds(results)) <= {"Membership", "wrong_state", "already_decided"}
    membership = Membership.objects.get(unit=unit, body=body)
    assert membership.state == S.PENDING
    assert list(Review.objects.open().values_list("membership", "round")) == [(membership.pk, membership.round)]
    handed_in = AuditEntry.objects.about(membership).filter(verb__in=["units.submit", "units.revise"])
    assert membership.round == handed_in.count() == kinds(results).count("Membership")
    assert handed_in.filter(verb="units.submit").count() == 1


def test_twin_that_looks_and_then_inserts_is_stopped_by_the_constraint_alone(member):
    (unit, _people), body, looked = member, branch(), Barrier(FIVE, timeout=TOGETHER)

    def apply_carelessly(number):
        assert not Membership.objects.filter(unit=unit, body=body).exists()
        looked.wait()
        with transaction.atomic():
            return Membership.objects.create(unit=unit, body=body)

    assert kinds(at_once(FIVE, apply_carelessly)) == ["IntegrityError"] * (FIVE - 1) + ["Membership"]
