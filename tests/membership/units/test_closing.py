"""注销账号: what goes, what stays, and when the unit still needs the person."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from wagtail.models import ModelLogEntry

from membership.accounts import actions as accounts
from membership.accounts.actions import people as people_verbs
from membership.accounts.models import Consent, FailedLogin, User
from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.units import actions
from membership.units.models import Seat, SeatInvitation, Unit
from tests.factories import UnitFactory, UserFactory, clerk
from tests.membership.units.conftest import in_state
from tests.races import at_once

pytestmark = pytest.mark.django_db
race = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def facts():
    return (
        list(User.objects.order_by("pk").values()),
        list(Seat.objects.order_by("pk").values()),
        list(SeatInvitation.objects.order_by("pk").values()),
        AuditEntry.objects.count(),
    )


def test_what_names_the_person_goes_and_the_records_stay(people):
    invited = UserFactory(phone="+8613811139999", name="钱芳", email="q@example.com", position="秘书")
    accepted = actions.invite(people.unit, "+8613811139999", by=people.owner)
    actions.accept_invitation(accepted, by=invited)
    accounts.rename(invited, by=invited, name="钱小芳")
    accounts.note_failed_login("+8613811139999")
    Consent.objects.create(user=invited, terms_version="1", privacy_version="1")
    Authenticator.objects.create(user=invited, type="totp", data={})
    EmailAddress.objects.create(user=invited, email="q@example.com")
    acts = AuditEntry.objects.filter(actor=invited).count()

    actions.close_account(invited, by=invited)

    row = User.objects.filter(pk=invited.pk).values().get()
    assert {name: row[name] for name in ("phone", "name", "email", "position", "phone_verified", "is_active")} == {
        "phone": None,
        "name": "",
        "email": "",
        "position": "",
        "phone_verified": False,
        "is_active": False,
    }
    assert not User.objects.get(pk=invited.pk).has_usable_password()
    assert row["closed_at"] is not None
    assert [model.objects.filter(user=invited).count() for model in (Seat, Authenticator, EmailAddress, Consent)] == [
        0,
        0,
        0,
        1,
    ]
    assert (SeatInvitation.objects.count(), FailedLogin.objects.count()) == (0, 0)
    assert set(ModelLogEntry.objects.for_instance(invited).values_list("label", flat=True)) == {"已注销账号"}
    new = AuditEntry.objects.filter(actor=invited).order_by("pk").values_list("verb", flat=True)[acts:]
    assert list(new) == ["units.leave_seat", "accounts.close_account"]
    assert Unit.objects.filter(pk=people.unit.pk).exists()


def test_the_number_is_free_again(people):
    number = str(people.agent.phone)
    actions.close_account(people.agent, by=people.agent)
    assert UserFactory(phone=number).pk != people.agent.pk


def test_two_closed_accounts_stand_side_by_side(people):
    for user in (people.agent, UserFactory()):
        actions.close_account(user, by=user)
    assert User.objects.filter(phone=None).count() == 2


@pytest.mark.parametrize("state", ["draft", "pending", "returned", "rejected", "active", "suspended", "left"])
def test_the_only_person_of_a_unit_in_each_state(people, state):
    Seat.objects.filter(user=people.agent).delete()
    in_state(people.unit, state)
    invitation = actions.invite(people.unit, "+8613811139999", by=people.owner)
    before = facts()
    if state in {"draft", "rejected", "left"}:
        actions.close_account(people.owner, by=people.owner)
        invitation.refresh_from_db()
        assert (people.unit.seats.count(), invitation.accepted_at) == (0, None)
        assert invitation.closed_at is not None
    else:
        with pytest.raises(Refusal) as refused:
            actions.close_account(people.owner, by=people.owner)
        assert refused.value.code == "last_person"
        assert facts() == before


@pytest.mark.parametrize("state", ["draft", "active"])
def test_an_owner_with_colleagues_hands_over_first(people, state):
    in_state(people.unit, state)
    before = facts()
    with pytest.raises(Refusal) as refused:
        actions.close_account(people.owner, by=people.owner)
    assert refused.value.code == "owner"
    assert facts() == before
    actions.hand_over(Seat.objects.get(user=people.agent), by=people.owner)
    actions.close_account(people.owner, by=people.owner)
    assert list(people.unit.seats.values_list("user", "duty")) == [(people.agent.pk, "owner")]


@pytest.mark.parametrize("who", ["reviewer", "root"])
def test_staff_do_not_close_themselves(people, who):
    user = getattr(people, who)
    before = facts()
    for verb in (actions.close_account, accounts.close_account):
        with pytest.raises(Refusal) as refused:
            verb(user, by=user)
        assert refused.value.code == "staff"
    assert facts() == before


def test_nobody_closes_anothers_account(people):
    before = facts()
    for by in (people.owner, people.outsider, people.root):
        with pytest.raises(PermissionDenied):
            actions.close_account(people.agent, by=by)
    assert facts() == before


def test_it_is_closed_once(people):
    actions.close_account(people.agent, by=people.agent)
    before = facts()
    with pytest.raises(Refusal) as refused:
        actions.close_account(people.agent, by=people.agent)
    assert refused.value.code == "closed"
    assert facts() == before


def test_without_a_record_nothing_is_closed(people, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("the audit trail is full")

    before = facts()
    monkeypatch.setattr(people_verbs, "record", broken)
    with pytest.raises(RuntimeError):
        actions.close_account(people.agent, by=people.agent)
    assert facts() == before


@pytest.mark.parametrize("change", [{"phone": None}, {"closed_at": "2026-01-01T00:00Z"}])
def test_open_accounts_have_a_number_and_closed_ones_no_name(people, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=people.agent.pk).update(**change)


@race
@pytest.mark.parametrize("_round", range(3))
def test_no_closed_account_has_a_seat(_round):
    """The person accepts an invitation in one window and closes the account in another."""
    unit, user = UnitFactory(), UserFactory()
    invitation = actions.invite(unit, str(user.phone), by=clerk(unit))
    calls = [
        lambda: actions.accept_invitation(invitation, by=User.objects.get(pk=user.pk)),
        lambda: actions.close_account(User.objects.get(pk=user.pk), by=user),
    ]
    accepted, closed = at_once(2, lambda n: calls[n]())
    user.refresh_from_db()
    assert (closed, user.phone) == (user, None)
    assert isinstance(accepted, Seat | PermissionDenied)
    assert Seat.objects.filter(user=user).count() == 0
