"""`ETag` and limits: what has not changed is not sent again, and who asks too often is told to wait."""

import pytest

from membership.tracking.models import Delivery
from portal.api import limits
from tests.factories import notice
from tests.files import pdf
from tests.portal.api.conftest import API, logged_in, problem_of
from tests.portal.api.programs import Program
from tests.portal.conftest import deliver

pytestmark = pytest.mark.django_db


def again(person, path, answer, **headers):
    return person.client.get(API + path, headers={"If-None-Match": answer["ETag"], **headers})


class TestTags:
    def test_nothing_new(self, ours):
        deliver(notice())
        first = ours.client.get(f"{API}/messages")
        second = again(ours, "/messages", first)
        assert (second.status_code, second.content, second["ETag"]) == (304, b"", first["ETag"])
        assert "no-store" in second["Cache-Control"]

    def test_something_new(self, ours):
        deliver(notice())
        first = ours.client.get(f"{API}/messages")
        Delivery.objects.update(pinned=True)
        second = again(ours, "/messages", first)
        assert (second.status_code, second["ETag"] != first["ETag"]) == (200, True)

    def test_in_another_language_it_is_another_answer(self, ours):
        first = ours.client.get(f"{API}/me")
        assert again(ours, "/me", first, **{"Accept-Language": "en"}).status_code == 200

    def test_the_tag_opens_no_door(self, ours, outsider, visitor):
        delivery = deliver(notice())[ours.unit]
        first = ours.client.get(f"{API}/messages/{delivery.pk}")
        assert again(ours, f"/messages/{delivery.pk}", first).status_code == 304
        assert problem_of(again(visitor, f"/messages/{delivery.pk}", first)) == (401, "not_logged_in")
        Delivery.objects.filter(unit=outsider.unit).delete()
        assert problem_of(again(outsider, f"/messages/{delivery.pk}", first)) == (404, "not_found")

    def test_files_are_known_by_their_content(self, ours):
        url = ours.client.post(f"{API}/unit/documents/business_license", {"file": pdf()}).json()["url"]
        first = ours.client.get(url)
        assert b"".join(first.streaming_content).startswith(b"%PDF")
        second = ours.client.get(url, headers={"If-None-Match": first["ETag"]})
        assert (second.status_code, second.content) == (304, b"")
        other = ours.client.get(url, headers={"If-None-Match": '"other"'})
        assert b"".join(other.streaming_content).startswith(b"%PDF")


class TestLimits:
    @pytest.fixture(autouse=True)
    def _ten_seconds_into_a_minute(self, monkeypatch, settings):
        monkeypatch.setattr(limits.time, "time", lambda: 60_000_010.0 - 40)
        settings.MEMBER_API_REQUESTS_A_MINUTE, settings.MEMBER_API_STRANGERS_A_MINUTE = 3, 2

    def refused(self, answer):
        assert problem_of(answer) == (429, "too_many_requests")
        return int(answer["Retry-After"])

    def test_a_person_waits_and_nobody_else(self, ours, outsider, monkeypatch):
        assert [ours.client.get(f"{API}/me").status_code for _time in range(3)] == [200] * 3
        wait = self.refused(ours.client.get(f"{API}/me"))
        assert 0 < wait <= 60
        assert outsider.client.get(f"{API}/me").status_code == 200
        monkeypatch.setattr(limits.time, "time", lambda: 60_000_010.0 - 40 + wait)
        assert ours.client.get(f"{API}/me").status_code == 200

    def test_all_sessions_of_a_person_count_together(self, ours):
        other = logged_in(ours.user)
        assert [client.get(f"{API}/me").status_code for client in (ours.client, other.client) * 2] == [200] * 3 + [429]

    def test_strangers_by_their_address_and_whoever_logs_in_does_not_mind(self, visitor, ours):
        assert [visitor.client.get(f"{API}/me").status_code for _time in range(2)] == [401, 401]
        assert self.refused(visitor.client.get(f"{API}/me")) <= 60
        program = Program("app")
        program.token = "made-up"
        assert self.refused(program.member_api("/me")) <= 60
        assert visitor.client.get(f"{API}/me", REMOTE_ADDR="203.0.113.9").status_code == 401
        assert ours.client.get(f"{API}/me").status_code == 200

    def test_what_is_refused_is_not_done(self, ours):
        for _time in range(3):
            ours.client.get(f"{API}/me")
        delivery = deliver(notice())[ours.unit]
        self.refused(ours.client.post(f"{API}/messages/{delivery.pk}/read"))
        assert Delivery.objects.get(pk=delivery.pk).read_at is None
