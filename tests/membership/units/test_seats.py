"""Seats: who may invite, answer, take back, remove, leave and hand over; what stands on record; who wins a race."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from membership.accounts.models import User
from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.messaging.models import OutboundMessage
from membership.units import actions
from membership.units.actions import seats
from membership.units.models import INVITATION_LIFETIME, Seat, SeatInvitation
from tests.factories import UnitFactory, UserFactory, clerk
from tests.races import at_once

NUMBER = "+8613811139999"
race = pytest.mark.django_db(transaction=True, serialized_rollback=True)
pytestmark = pytest.mark.django_db


def facts():
    """Everything that a refused verb must leave as it was."""
    return (
        list(Seat.objects.order_by("pk").values()),
        list(SeatInvitation.objects.order_by("pk").values()),
        OutboundMessage.objects.count(),
        AuditEntry.objects.count(),
    )


@pytest.fixture
def invitation(people):
    people.invited = UserFactory(phone=NUMBER, name="钱芳")
    return actions.invite(people.unit, NUMBER, by=people.owner)


def last_entry():
    entry = AuditEntry.objects.latest("pk")
    return entry.verb, entry.actor, entry.unit_id


# --- Who may ------------------------------------------------------------------------------------------------------
EVERYBODY = ["owner", "agent", "outsider", "reviewer", "secretary", "secretary_general", "root", "invited", "stranger"]
ALLOWED = {
    "invite": {"owner"},
    "revoke_invitation": {"owner"},
    "accept_invitation": {"invited"},
    "decline_invitation": {"invited"},
    "remove_seat": {"owner"},
    "hand_over": {"owner"},
    "leave_seat": {"agent"},
}


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("verb", ALLOWED)
def test_who_may_do_what(people, invitation, verb, who):
    people.stranger = UserFactory()
    by = getattr(people, who)
    seat = Seat.objects.get(user=people.agent)
    call = {
        "invite": lambda: actions.invite(people.unit, "+8613811138888", by=by),
        "revoke_invitation": lambda: actions.revoke_invitation(invitation, by=by),
        "accept_invitation": lambda: actions.accept_invitation(invitation, by=by),
        "decline_invitation": lambda: actions.decline_invitation(invitation, by=by),
        "remove_seat": lambda: actions.remove_seat(seat, by=by),
        "hand_over": lambda: actions.hand_over(seat, by=by),
        "leave_seat": lambda: actions.leave_seat(seat, by=by),
    }[verb]
    before = facts()
    if who in ALLOWED[verb]:
        call()
        assert last_entry() == (f"units.{verb}", by, people.unit.pk)
        assert AuditEntry.objects.count() == before[-1] + 1
    else:
        with pytest.raises(PermissionDenied):
            call()
        assert facts() == before


@pytest.mark.parametrize("change", [{"phone_verified": False}, {"phone": "+8613811137777"}, {"is_active": False}])
def test_only_the_verified_number_of_the_moment_accepts(people, invitation, change):
    stale = User.objects.get(pk=people.invited.pk)
    User.objects.filter(pk=people.invited.pk).update(**change)
    before = facts()
    for by in (User.objects.get(pk=people.invited.pk), stale):
        with pytest.raises(PermissionDenied):
            actions.accept_invitation(invitation, by=by)
    assert facts() == before


# --- Inviting -----------------------------------------------------------------------------------------------------
def test_invited_number_gets_a_message(people):
    invitation = actions.invite(people.unit, NUMBER, by=people.owner)
    message = OutboundMessage.objects.get()
    assert (message.recipient, message.template, message.variables) == (
        NUMBER,
        "seat_invitation",
        {"unit": people.unit.name},
    )
    assert (invitation.phone_masked, invitation.invited_by) == ("138****9999", people.owner)


def test_known_and_unknown_numbers_are_invited_alike(people):
    UserFactory(phone=NUMBER)
    actions.invite(people.unit, "+8613811139997", by=people.owner)  # the wording of messages is remembered from now on
    done = []
    for phone in (NUMBER, "+8613811139998"):
        with CaptureQueriesContext(connection) as queries:
            actions.invite(people.unit, phone, by=people.owner)
        done.append([query["sql"].split()[0] for query in queries])
    assert done[0] == done[1]


@pytest.mark.parametrize(
    ("prepare", "code"),
    [
        (lambda p: str(p.agent.phone), "has_seat"),
        (lambda p: actions.invite(p.unit, NUMBER, by=p.owner) and NUMBER, "invited_already"),
        (lambda p: many(p, seats.MAX_OPEN_INVITATIONS, days=3), "too_many"),
        (lambda p: many(p, seats.MAX_A_DAY, closed_at=timezone.now()), "too_many_today"),
        (lambda p: many(p, seats.MAX_A_DAY_TO_ONE_NUMBER, closed_at=timezone.now(), phone=NUMBER), "too_many_today"),
    ],
)
def test_invitations_that_are_refused(people, prepare, code):
    phone = prepare(people) or NUMBER
    before = facts()
    with pytest.raises(Refusal) as refused:
        actions.invite(people.unit, phone, by=people.owner)
    assert refused.value.code == code
    assert facts() == before


def many(people, number, days=0, phone=None, **fields):
    """So many invitations of the unit, and as many of another one, which do not count."""
    for unit in (people.unit, people.other):
        for n in range(number):
            SeatInvitation.objects.create(
                unit=unit,
                phone=phone or f"+861370000{n:04d}",
                invited_by=people.owner,
                invited_at=timezone.now() - timedelta(days=days),
                **fields,
            )


def test_a_number_may_be_invited_by_two_units(people, invitation):
    actions.invite(people.other, NUMBER, by=people.outsider)
    open_now = SeatInvitation.objects.sent_to(people.invited).open(timezone.now())
    assert {each.unit for each in open_now} == {people.unit, people.other}


# --- Answering ----------------------------------------------------------------------------------------------------
def test_accepting_gives_the_seat_of_an_agent(people, invitation):
    seat = actions.accept_invitation(invitation, by=people.invited)
    invitation.refresh_from_db()
    assert (seat.unit, seat.user, seat.duty) == (people.unit, people.invited, "agent")
    assert invitation.accepted_at == invitation.closed_at is not None


def test_declining_gives_none(people, invitation):
    actions.decline_invitation(invitation, by=people.invited)
    invitation.refresh_from_db()
    assert (invitation.accepted_at, Seat.objects.filter(user=people.invited).count()) == (None, 0)
    assert invitation.closed_at is not None


@pytest.mark.parametrize("verb", ["accept_invitation", "decline_invitation", "revoke_invitation"])
@pytest.mark.parametrize("state", ["accepted", "declined", "revoked", "lapsed"])
def test_an_invitation_is_answered_once_and_in_time(people, invitation, state, verb):
    if state == "accepted":
        actions.accept_invitation(invitation, by=people.invited)
    elif state == "declined":
        actions.decline_invitation(invitation, by=people.invited)
    elif state == "revoked":
        actions.revoke_invitation(invitation, by=people.owner)
    else:
        SeatInvitation.objects.update(invited_at=timezone.now() - INVITATION_LIFETIME)
    before = facts()
    with pytest.raises(Refusal) as refused:
        getattr(actions, verb)(invitation, by=people.owner if verb == "revoke_invitation" else people.invited)
    assert refused.value.code == "closed"
    assert facts() == before


def test_it_can_be_accepted_until_the_last_moment(people, invitation):
    SeatInvitation.objects.update(invited_at=timezone.now() - INVITATION_LIFETIME + timedelta(minutes=1))
    assert actions.accept_invitation(invitation, by=people.invited).unit == people.unit


def test_lapsed_invitation_makes_room_for_a_new_one(people, invitation):
    SeatInvitation.objects.update(invited_at=timezone.now() - INVITATION_LIFETIME)
    fresh = actions.invite(people.unit, NUMBER, by=people.owner)
    assert list(SeatInvitation.objects.open(timezone.now())) == [fresh]


def test_who_acts_for_a_unit_hears_a_sentence(people):
    invitation = actions.invite(people.unit, str(people.outsider.phone), by=people.owner)
    before = facts()
    with pytest.raises(Refusal) as refused:
        actions.accept_invitation(invitation, by=people.outsider)
    assert refused.value.code == "has_seat"
    assert facts() == before


# --- Ending and handing over --------------------------------------------------------------------------------------
def test_handing_over_swaps_the_duties_and_tells_the_new_owner(people):
    actions.hand_over(Seat.objects.get(user=people.agent), by=people.owner)
    duties = dict(Seat.objects.filter(unit=people.unit).values_list("user", "duty"))
    assert duties == {people.owner.pk: "agent", people.agent.pk: "owner"}
    assert AuditEntry.objects.latest("pk").after == {"user": people.agent.pk}
    assert OutboundMessage.objects.get().recipient == str(people.agent.phone)


@pytest.mark.parametrize(
    ("verb", "code"), [("remove_seat", "owner"), ("leave_seat", "owner"), ("hand_over", "own_seat")]
)
def test_the_owner_cannot_go_without_handing_over(people, verb, code):
    before = facts()
    with pytest.raises(Refusal) as refused:
        getattr(actions, verb)(Seat.objects.get(user=people.owner), by=people.owner)
    assert refused.value.code == code
    assert facts() == before


def test_a_colleague_who_has_gone_cannot_take_over(people):
    seat = Seat.objects.get(user=people.agent)
    actions.leave_seat(seat, by=people.agent)
    seat = Seat(pk=seat.pk or 10**6, unit=people.unit, user=people.agent, duty="agent")
    before = facts()
    with pytest.raises(Refusal) as refused:
        actions.hand_over(seat, by=people.owner)
    assert refused.value.code == "no_seat"
    assert facts() == before


# --- Which rows one sees ------------------------------------------------------------------------------------------
def test_who_sees_which_seats_and_invitations(people, invitation):
    sees = {
        who: SeatInvitation.objects.for_user(getattr(people, who)).count() for who in vars(people) if who in EVERYBODY
    }
    assert sees == dict.fromkeys(sees, 0) | {"owner": 1, "invited": 1}
    assert set(Seat.objects.for_user(people.agent)) == set(people.unit.seats.all())
    assert set(Seat.objects.for_user(people.invited)) == set()


# --- What can never be --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("make", "constraint"),
    [
        (lambda p: clerk(p.unit), "seat_one_owner"),
        (lambda p: Seat.objects.create(user=p.agent, unit=p.other, duty="agent"), "user_id"),
        (lambda p: SeatInvitation.objects.create(unit=p.unit, phone=NUMBER, invited_by=p.owner), "open_per_number"),
        (
            lambda p: SeatInvitation.objects.create(
                unit=p.other, phone=NUMBER, invited_by=p.owner, accepted_at=timezone.now()
            ),
            "accepted_is_closed",
        ),
    ],
)
def test_constraints(people, invitation, make, constraint):
    with pytest.raises(IntegrityError), transaction.atomic():
        make(people)


# --- The record ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "verb", ["invite", "accept_invitation", "decline_invitation", "revoke_invitation", "remove_seat", "hand_over"]
)
def test_without_a_record_nothing_happens(people, invitation, monkeypatch, verb):
    def broken(*args, **kwargs):
        raise RuntimeError("the audit trail is full")

    seat = Seat.objects.get(user=people.agent)
    before = facts()
    monkeypatch.setattr(seats, "record", broken)
    noun = {"invite": people.unit, "remove_seat": seat, "hand_over": seat}.get(verb, invitation)
    more = ["+8613811138888"] if verb == "invite" else []
    by = people.invited if verb in {"accept_invitation", "decline_invitation"} else people.owner
    with pytest.raises(RuntimeError):
        getattr(actions, verb)(noun, *more, by=by)
    assert facts() == before


# --- Races --------------------------------------------------------------------------------------------------------
def _invited(number=1):
    """A unit with its owner, and invitations of `number` units to the same person."""
    person = UserFactory(phone=NUMBER)
    made = []
    for _n in range(number):
        unit = UnitFactory()
        made.append(actions.invite(unit, NUMBER, by=clerk(unit)))
    return person, made


def _answers(results):
    return sorted("refused" if isinstance(result, Refusal) else type(result).__name__ for result in results)


@race
def test_two_clicks_on_accept_give_one_seat():
    person, [invitation] = _invited()
    results = at_once(2, lambda n: actions.accept_invitation(invitation, by=person))
    assert _answers(results) == ["Seat", "refused"]
    assert Seat.objects.filter(user=person).count() == 1
    assert AuditEntry.objects.filter(verb="units.accept_invitation").count() == 1


@race
def test_of_two_units_one_gets_the_person():
    person, made = _invited(2)
    results = at_once(2, lambda n: actions.accept_invitation(made[n], by=person))
    assert _answers(results) == ["Seat", "refused"]
    assert SeatInvitation.objects.filter(accepted_at__isnull=False).count() == 1


def _accept_against_revoke():
    person, [invitation] = _invited()
    owner = invitation.invited_by
    calls = [
        lambda: actions.accept_invitation(invitation, by=person),
        lambda: actions.revoke_invitation(invitation, by=owner),
    ]
    return at_once(2, lambda n: calls[n]()), AuditEntry.objects.filter(verb__endswith="_invitation").count()


@race
def test_accepting_against_taking_back_one_wins():
    results, acts = _accept_against_revoke()
    assert [isinstance(result, Refusal) for result in results].count(True) == 1
    assert acts == 1
    assert Seat.objects.filter(user__phone=NUMBER).count() == (0 if isinstance(results[0], Refusal) else 1)


@race
def test_twin_without_the_conditional_update_both_win(monkeypatch):
    """Whoever only looks at the page that was opened takes back what was accepted, and the other way round."""

    def careless(invitation, *, accepted=False):
        now = timezone.now()
        values = {"closed_at": now, "accepted_at": now} if accepted else {"closed_at": now}
        SeatInvitation.objects.filter(pk=invitation.pk).update(**values)

    monkeypatch.setattr(seats, "_close", careless)
    results, acts = _accept_against_revoke()
    assert [isinstance(result, Exception) for result in results] == [False, False]
    assert acts == 2


@race
def test_of_two_colleagues_one_takes_over():
    unit = UnitFactory()
    owner = clerk(unit)
    colleagues = [Seat.objects.get(user=clerk(unit, duty="agent")) for _n in range(2)]
    results = at_once(2, lambda n: actions.hand_over(colleagues[n], by=owner))
    losers = [result for result in results if isinstance(result, Refusal | PermissionDenied)]
    assert len(losers) == 1
    assert Seat.objects.filter(unit=unit, duty="owner").exclude(user=owner).count() == 1
