"""The member API by the token of an app; how long tokens live; what they do not open."""

import time

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings as django_settings
from django.contrib.sessions.models import Session
from django.test import Client

from membership.accounts.models import SmsCode, User
from membership.tracking.models import Delivery
from tests.factories import PASSWORD as KNOWN_PASSWORD
from tests.factories import UserFactory
from tests.files import pdf
from tests.portal.api.conftest import problem_of
from tests.portal.api.programs import PHONE, Program, captcha, sent_code
from tests.portal.api.programs import pending as pending_step
from tests.portal.conftest import deliberation, deliver
from tests.races import at_once

DAY = 86_400


def app_of(user):
    """An app in which this person is logged in."""
    app = Program("app")
    assert app.log_in(str(user.phone), KNOWN_PASSWORD).status_code == 200
    return app


@pytest.fixture
def app(ours):
    return app_of(ours.user)


@pytest.fixture
def clock(monkeypatch):
    """Moves the time that sessions look at."""
    began = time.time()

    def move(seconds):
        monkeypatch.setattr("membership.accounts.sessions.time.time", lambda: began + seconds)

    return move


class TestMemberApi:
    def test_list_detail_and_receipt_with_a_file(self, app, ours, outsider):
        delivery = deliver(deliberation(upload_required=True))[ours.unit]
        listed = app.member_api("/messages").json()["items"]
        assert [row["id"] for row in listed] == [delivery.pk]
        detail = app.member_api(f"/messages/{delivery.pk}").json()
        assert app.member_api(f"/messages/{delivery.pk}/read", "post").status_code == 204
        file = app.member_api(f"/messages/{delivery.pk}/receipt/files", "post", data={"file": pdf()}).json()
        body = {
            "version": detail["receipt_version"],
            "document": file["id"],
            "opinions": [{"item": item["id"], "choice": "agree"} for item in detail["agenda"]],
        }
        answer = app.member_api(f"/messages/{delivery.pk}/receipt", "put", data=body, content_type="application/json")
        assert (answer.status_code, answer.json()["submitted_by"]) == (201, "李四")
        delivery.refresh_from_db()
        assert (delivery.receipt_version, delivery.read_by) == (1, ours.user)
        assert Delivery.objects.get(unit=outsider.unit).receipt_version == 0

    def test_message_of_another_unit(self, app, ours, outsider):
        delivery = deliver(deliberation())[ours.unit]
        assert problem_of(app_of(outsider.user).member_api(f"/messages/{delivery.pk}")) == (404, "not_found")

    def test_person_of_the_token_counts_not_the_cookie(self, app, outsider):
        app.client.force_login(outsider.user)
        assert app.member_api("/me").json()["person"]["name"] == "李四"
        session = app.client.session.session_key
        assert app.client.get("/api/member/v1/me").json()["person"]["name"] == "王五"
        assert app.client.session.session_key == session

    def test_cookie_does_not_help_a_bad_token(self, ours):
        app = Program("app")
        app.client.force_login(ours.user)
        app.token = "x" * 32
        assert problem_of(app.member_api("/me")) == (401, "not_logged_in")

    def test_no_cookie_comes_of_a_token(self, app):
        answer = app.member_api("/me")
        assert (answer.status_code, dict(answer.cookies)) == (200, {})

    def test_before_certification(self, pending):
        app = app_of(pending.user)
        assert app.member_api("/me").status_code == 200
        assert problem_of(app.member_api("/messages")) == (403, "not_certified")

    def test_before_the_code(self, ours):
        """The token of a step that waits opens nothing."""
        app = Program("app")
        assert pending_step(app.ask_code(str(ours.user.phone))) == ["login_by_code"]
        assert app.token
        assert problem_of(app.member_api("/me")) == (401, "not_logged_in")
        assert app.post("auth/code/confirm", {"code": sent_code(str(ours.user.phone))}).status_code == 200
        assert app.member_api("/me").status_code == 200

    def test_ended(self, app):
        old = app.token
        app.delete("auth/session")
        app.token = old
        assert problem_of(app.member_api("/me")) == (401, "not_logged_in")

    def test_another_password(self, app, ours):
        ours.user.set_password("another-password-26")
        ours.user.save()
        assert problem_of(app.member_api("/me")) == (401, "not_logged_in")

    def test_account_that_was_switched_off(self, app, ours):
        User.objects.filter(pk=ours.user.pk).update(is_active=False)
        assert problem_of(app.member_api("/me")) == (401, "not_logged_in")

    def test_new_token_after_a_password_change(self, app):
        old = app.token
        body = {"current_password": KNOWN_PASSWORD, "new_password": "another-password-26"}
        assert app.post("account/password/change", body).status_code == 200
        assert app.member_api("/me").status_code == 200
        app.token = old
        assert problem_of(app.member_api("/me")) == (401, "not_logged_in")

    def test_queries(self, app, django_assert_num_queries):
        with django_assert_num_queries(7):
            assert app.member_api("/me").status_code == 200

    def test_described(self, client):
        document = client.get("/api/member/v1/openapi.json").json()
        schemes = document["components"]["securitySchemes"]
        assert schemes == {
            "SessionToken": {"type": "apiKey", "in": "header", "name": "X-Session-Token"},
            "MemberSession": {"type": "apiKey", "in": "cookie", "name": django_settings.SESSION_COOKIE_NAME},
        }
        for operations in document["paths"].values():
            for operation in operations.values():
                assert operation["security"] == [{"SessionToken": []}, {"MemberSession": []}]


class TestLifetime:
    def alive(self, app):
        return app.member_api("/me").status_code == 200

    def test_fourteen_days_without_a_request(self, app, clock):
        clock(14 * DAY - 60)
        assert self.alive(app)
        clock(28 * DAY - 120)
        assert self.alive(app)
        clock(42 * DAY)
        assert not self.alive(app)
        clock(0)
        assert not self.alive(app)

    def test_headless_face_says_that_it_is_over(self, app, clock):
        clock(15 * DAY)
        assert app.get("auth/session").status_code == 410

    def test_browsers_thirty_minutes(self, ours, clock):
        browser = Program("browser")
        browser.log_in(str(ours.user.phone), KNOWN_PASSWORD)
        clock(1_801)
        assert problem_of(browser.member_api("/me")) == (401, "not_logged_in")

    def test_browsers_fourteen_days_if_asked_for(self, ours, clock):
        browser = Program("browser")
        body = {"phone": str(ours.user.phone), "password": KNOWN_PASSWORD, "remember": True}
        assert browser.post("auth/login", body).status_code == 200
        clock(13 * DAY)
        assert self.alive(browser)
        clock(27 * DAY + 60)
        assert not self.alive(browser)

    def test_staff_twelve_hours_whatever_they_do(self, clock):
        app = app_of(UserFactory(staff=True))
        clock(11 * 3_600)
        assert app.get("auth/session").status_code == 200
        clock(12 * 3_600 + 1)
        assert app.get("auth/session").status_code == 410

    def test_session_is_written_every_five_minutes_at_most(self, app, clock):
        def expiry():
            return Session.objects.get(session_key=app.token).get_decoded()["accounts_seen"]

        first = expiry()
        clock(200)
        assert self.alive(app)
        assert expiry() == first
        clock(400)
        assert self.alive(app)
        assert expiry() > first


class TestStaff:
    @pytest.fixture(autouse=True)
    def _second_factor(self, settings):
        settings.STAFF_MFA_REQUIRED = True

    def test_token_opens_no_messages(self, colleague, ours):
        deliver(deliberation())
        app = app_of(colleague.user)
        assert problem_of(app.member_api("/messages")) == (403, "no_unit")

    @pytest.mark.parametrize("address", ["/cms/", "/cms/pages/", "/cms/units/"])
    def test_token_opens_no_staff_area(self, colleague, address):
        app = app_of(colleague.user)
        answer = app.client.get(address, headers=app.headers())
        assert (answer.status_code, answer["Location"].partition("?")[0]) == (302, "/cms/login/")

    def test_token_as_a_cookie_meets_the_second_factor(self, colleague):
        app, browser = app_of(colleague.user), Client()
        TOTP.activate(colleague.user, generate_totp_secret())
        browser.cookies[django_settings.SESSION_COOKIE_NAME] = app.token
        answer = browser.get("/cms/")
        assert (answer.status_code, answer["Location"]) == (302, "/accounts/2fa/reauthenticate/?next=%2Fcms%2F")
        assert app.get("auth/session").status_code == 200  # the app itself goes on: it opens no door of the staff


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
class TestRaces:
    def test_one_code_in_parallel(self):
        """Two calls of one app with one code: one comes in, and nothing breaks."""
        UserFactory(phone=f"+86{PHONE}")
        app = Program("app")
        app.ask_code(PHONE)
        code, token = sent_code(), app.token

        def confirm(_number):
            twin = Program("app")
            twin.token = token
            return twin.post("auth/code/confirm", {"code": code}).status_code

        answers = at_once(4, confirm)
        assert answers.count(200) == 1
        assert set(answers) <= {200, 400, 409, 410}
        assert SmsCode.objects.exclude(used_at=None).count() == 1

    def test_one_captcha_in_parallel(self):
        shown = captcha()
        answers = at_once(4, lambda number: Program("app").sign_up(f"1390000000{number}", captcha=shown).status_code)
        assert sorted(answers) == [400, 400, 400, 401]
        assert User.objects.count() == 1

    def test_one_number_in_parallel(self):
        """Sign-ups and logins by code for one number: one message leaves, and nobody is half made."""
        answers = at_once(4, lambda number: Program("app").sign_up(PHONE).status_code)
        assert sorted(answers) == [401, 429, 429, 429]
        assert (User.objects.count(), SmsCode.objects.count()) == (1, 1)
