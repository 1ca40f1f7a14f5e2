"""`Idempotency-Key`: what is sent again is answered again and done once."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.dues.models import DuesOrder
from membership.units.models import Document
from portal.models import KEPT_FOR, KeptAnswer
from portal.tasks import forget_answers
from tests.files import pdf
from tests.membership.dues.conftest import billing
from tests.portal.api.conftest import API, logged_in, problem_of
from tests.portal.conftest import member
from tests.races import at_once

KEY = {"Idempotency-Key": "6f6c1f3e-0c3b-4b0a-9a60-1f2f0d6f5b11"}
MANY = 4
UPLOAD = f"{API}/unit/documents/business_license"


def order_dues(person, years=1, headers=None, amount=None):
    body = {"years": years, "amount": amount or f"{2000 * years}.00", "billing": billing(person.unit)}
    data = json.dumps(body)
    return person.client.post(f"{API}/orders", data, content_type="application/json", headers=headers or KEY)


@pytest.mark.django_db
class TestOneAfterTheOther:
    def test_the_same_again_is_answered_as_the_first_time(self, ours, books):
        first, second = order_dues(ours), order_dues(ours)
        assert (first.status_code, second.status_code) == (201, 201)
        assert first.json() == second.json()
        assert ("Idempotency-Replayed" in first, second["Idempotency-Replayed"]) == (False, "true")
        assert second["Content-Type"] == first["Content-Type"]
        assert DuesOrder.objects.count() == 1
        assert AuditEntry.objects.filter(verb="dues.place_order").count() == 1

    def test_without_a_key_the_second_is_done_as_well(self, ours, books):
        assert order_dues(ours, headers={"X-Nothing": "x"}).status_code == 201
        assert problem_of(order_dues(ours, headers={"X-Nothing": "x"})) == (409, "order_open")

    def test_another_request_under_the_same_key(self, ours, books):
        order_dues(ours)
        assert problem_of(order_dues(ours, years=2)) == (422, "key_reused")
        assert DuesOrder.objects.get().years == 1

    def test_another_person_has_keys_of_its_own(self, ours, outsider, books):
        assert order_dues(ours).json()["number"] != order_dues(outsider).json()["number"]
        assert DuesOrder.objects.count() == 2

    def test_another_operation_has_keys_of_its_own(self, ours, books):
        number = order_dues(ours).json()["number"]
        answer = ours.client.post(f"{API}/orders/{number}/cancel", headers=KEY)
        assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
        again = ours.client.post(f"{API}/orders/{number}/cancel", headers=KEY)
        assert (again.status_code, again.json()) == (200, answer.json())

    def test_what_was_refused_leaves_the_key_free(self, ours, books):
        assert problem_of(order_dues(ours, amount="1.00")) == (409, "amount_changed")
        assert KeptAnswer.objects.count() == 0
        assert order_dues(ours).status_code == 201

    def test_an_answer_without_a_body(self, ours):
        person = logged_in(ours.user)
        answers = [
            person.client.post(
                f"{API}/people/invitations",
                json.dumps({"phone": "13900008888"}),
                content_type="application/json",
                headers=KEY,
            )
            for _time in range(2)
        ]
        address = f"{API}/people/invitations/{answers[0].json()['id']}"
        gone = [person.client.delete(address, headers=KEY) for _time in range(2)]
        assert [(answer.status_code, answer.content) for answer in gone] == [(204, b"")] * 2
        assert problem_of(person.client.delete(address)) == (409, "closed")

    @pytest.mark.parametrize("key", ["", "a" * 101, "with blank", "钥匙", "tab\there"])
    def test_what_is_no_key(self, ours, books, key):
        assert problem_of(order_dues(ours, headers={"Idempotency-Key": key})) == (422, "malformed")
        assert DuesOrder.objects.count() == 0

    def test_a_file_is_known_by_its_content(self, ours):
        """The boundary between the parts differs each time."""
        answers = [ours.client.post(UPLOAD, {"file": pdf("a.pdf")}, headers=KEY) for _time in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json() == answers[1].json()
        assert Document.objects.count() == 1
        other = ours.client.post(UPLOAD, {"file": pdf("a.pdf", pages=2)}, headers=KEY)
        assert problem_of(other) == (422, "key_reused")
        assert Document.objects.count() == 1

    def test_reads_take_no_notice_of_a_key(self, ours):
        assert ours.client.get(f"{API}/me", headers=KEY).status_code == 200
        assert KeptAnswer.objects.count() == 0

    def test_after_a_day_the_key_is_forgotten(self, ours, books):
        number = order_dues(ours).json()["number"]
        ours.client.post(f"{API}/orders/{number}/cancel")
        KeptAnswer.objects.update(at=timezone.now() - KEPT_FOR)
        assert order_dues(ours, years=2).json()["number"] != number

    def test_the_job_takes_away_what_is_worn_out_alone(self, ours, outsider, books):
        order_dues(ours)
        KeptAnswer.objects.update(at=timezone.now() - KEPT_FOR + timedelta(minutes=1))
        forget_answers()
        assert KeptAnswer.objects.count() == 1
        KeptAnswer.objects.update(at=timezone.now() - KEPT_FOR)
        order_dues(outsider)
        forget_answers()
        assert KeptAnswer.objects.get().user == outsider.user


def upload_at_once(headers):
    us = member("示范工程检测有限公司", "李四")
    clients = [logged_in(us.user).client for _number in range(MANY)]
    return at_once(MANY, lambda number: clients[number].post(UPLOAD, {"file": pdf()}, headers=headers))


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
class TestAtOnce:
    def test_under_one_key_one_does_it_and_all_hear_the_same(self):
        answers = upload_at_once(KEY)
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert sorted("Idempotency-Replayed" in answer for answer in answers) == [False, True, True, True]
        assert Document.objects.count() == AuditEntry.objects.filter(verb="units.store_document").count() == 1

    def test_the_twin_without_a_key_does_it_each_time(self):
        answers = upload_at_once({})
        assert {answer.status_code for answer in answers} == {201}
        assert Document.objects.count() == MANY
