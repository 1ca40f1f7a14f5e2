"""The own person, colleagues and invitations for programs."""

import pytest
from django.test import Client
from django.utils import timezone

from membership.units import actions
from membership.units.models import Seat, SeatInvitation
from tests.factories import UserFactory, clerk
from tests.portal.api.conftest import API, errors_of, logged_in, problem_of, send

pytestmark = pytest.mark.django_db

PHONE = "13900008888"


@pytest.fixture
def colleague(ours):
    user = clerk(ours.unit, duty="agent", name="赵六")
    client = Client()
    client.force_login(user)
    user.client = client
    return user


def items(client, path):
    answer = client.get(API + path)
    assert answer.status_code == 200
    return answer.json()["items"]


class TestAccount:
    def test_own_person(self, ours):
        told = ours.client.get(f"{API}/account").json()
        assert (told["name"], told["phone"], told["duty"]) == ("李四", ours.user.phone_masked, "owner")
        assert str(ours.user.phone) not in str(told)

    def test_what_is_left_out_stays(self, ours):
        told = send(ours.client, "patch", "/account", {"position": "总工程师"}).json()
        assert (told["name"], told["position"]) == ("李四", "总工程师")
        ours.user.refresh_from_db()
        assert ours.user.position == "总工程师"

    def test_entries_to_put_right(self, ours):
        assert set(errors_of(send(ours.client, "patch", "/account", {"name": "", "email": "x"}))) == {"name", "email"}
        assert set(errors_of(send(ours.client, "patch", "/account", {"notify_by_email": True, "email": ""}))) == {
            "email"
        }
        ours.user.refresh_from_db()
        assert ours.user.name == "李四"


class TestColleagues:
    def test_list(self, ours, outsider, colleague):
        rows = items(ours.client, "/people")
        assert [(row["name"], row["duty"], row["is_me"]) for row in rows] == [
            ("李四", "owner", True),
            ("赵六", "agent", False),
        ]
        assert str(colleague.phone) not in str(rows)

    def test_removed_by_the_administrator_alone(self, ours, colleague):
        path = f"{API}/people/{colleague.seat.pk}"
        assert problem_of(colleague.client.delete(f"{API}/people/{ours.user.seat.pk}")) == (403, "forbidden")
        assert ours.client.delete(path).status_code == 204
        assert Seat.objects.filter(unit=ours.unit).count() == 1
        assert problem_of(ours.client.delete(path)) == (404, "not_found")
        assert problem_of(colleague.client.get(f"{API}/people")) == (403, "no_unit")

    def test_handed_over(self, ours, colleague):
        assert ours.client.post(f"{API}/people/{colleague.seat.pk}/hand-over").status_code == 204
        assert Seat.objects.get(user=colleague).duty == "owner"
        assert problem_of(ours.client.post(f"{API}/people/{colleague.seat.pk}/hand-over")) == (403, "forbidden")

    def test_the_administrator_hands_over_before_leaving(self, ours, colleague):
        assert problem_of(ours.client.post(f"{API}/people/leave")) == (409, "owner")
        assert colleague.client.post(f"{API}/people/leave").status_code == 204
        assert Seat.objects.filter(unit=ours.unit).count() == 1


class TestInvitations:
    def test_invited_and_taken_back(self, ours, colleague):
        answer = send(ours.client, "post", "/people/invitations", {"phone": "139 0000 8888"})
        assert (answer.status_code, answer.json()["phone"]) == (201, "139****8888")
        again = send(ours.client, "post", "/people/invitations", {"phone": PHONE})
        assert problem_of(again) == (409, "invited_already")
        assert set(errors_of(send(ours.client, "post", "/people/invitations", {"phone": "028"}))) == {"phone"}
        (row,) = items(ours.client, "/people/invitations")
        assert problem_of(colleague.client.get(f"{API}/people/invitations")) == (403, "forbidden")
        by_agent = send(colleague.client, "post", "/people/invitations", {"phone": "13900007777"})
        assert problem_of(by_agent) == (403, "forbidden")
        assert ours.client.delete(f"{API}/people/invitations/{row['id']}").status_code == 204
        assert items(ours.client, "/people/invitations") == []

    def test_accepted_by_whoever_holds_the_number(self, ours, outsider):
        invitation = actions.invite(ours.unit, f"+86{PHONE}", by=ours.user)
        person = logged_in(UserFactory(phone=f"+86{PHONE}"))
        assert items(outsider.client, "/invitations") == []
        assert problem_of(outsider.client.post(f"{API}/invitations/{invitation.pk}/accept")) == (404, "not_found")
        assert [row["unit"] for row in items(person.client, "/invitations")] == [ours.unit.name]
        assert person.client.post(f"{API}/invitations/{invitation.pk}/accept").status_code == 204
        assert Seat.objects.get(user=person.user).unit == ours.unit
        assert problem_of(person.client.post(f"{API}/invitations/{invitation.pk}/accept")) == (409, "closed")

    def test_declined(self, ours):
        invitation = actions.invite(ours.unit, f"+86{PHONE}", by=ours.user)
        person = logged_in(UserFactory(phone=f"+86{PHONE}"))
        assert person.client.post(f"{API}/invitations/{invitation.pk}/decline").status_code == 204
        assert not SeatInvitation.objects.open(timezone.now()).exists()
        assert Seat.objects.filter(user=person.user).count() == 0
