"""Nobody learns from the headless face who has an account; limits are those of the pages; logs hold no secrets."""

import re

import pytest
from django.test import Client

from membership.accounts.models import FailedLogin, SmsCode, User
from membership.audit.models import AuditEntry
from membership.messaging.gateways import memory
from tests.factories import PASSWORD as KNOWN_PASSWORD
from tests.factories import UserFactory
from tests.portal.api.programs import (
    PASSWORD,
    PHONE,
    WRONG,
    Program,
    an_hour_later,
    captcha,
    errors_of,
    pending,
    sent_code,
)
from tests.portal.test_entrance import captcha as captcha_of_page

pytestmark = pytest.mark.django_db
UNKNOWN = "13900009999"


@pytest.fixture(params=["browser", "app"])
def kind(request):
    return request.param


@pytest.fixture
def person(db):
    return UserFactory(phone=f"+86{PHONE}", name="李四")


def told(answer):
    """What a stranger sees: status, headers and body, but for the token of the session."""
    body = re.sub(r'"session_token": "\w+"', '"session_token": ""', answer.content.decode())
    headers = {
        name: value
        for name, value in answer.headers.items()
        if name not in {"Expires", "Content-Length", "X-Request-ID"}
    }
    return answer.status_code, headers, body


class TestNeutral:
    def both(self, kind, steps):
        known, unknown = steps(Program(kind), PHONE), steps(Program(kind), UNKNOWN)
        assert known == unknown
        return known

    def test_sign_up(self, kind, person):
        def steps(program, phone):
            asked = told(program.sign_up(phone))
            early = told(program.post("auth/phone/verify/resend", {"captcha": captcha()}))
            an_hour_later()
            again = told(program.post("auth/phone/verify/resend", {"captcha": captcha()}))
            too_soon = told(program.post("auth/phone/verify/resend", {"captcha": captcha()}))
            wrong = [told(program.post("auth/phone/verify", {"code": "0"})) for _ in range(6)]
            return [asked, early, again, too_soon, *wrong]

        statuses = [step[0] for step in self.both(kind, steps)]
        assert statuses == [401, 429, 200, 429, 400, 400, 400, 400, 400, 409]

    def test_login_by_code(self, kind, person):
        def steps(program, phone):
            asked = told(program.ask_code(phone))
            early = told(program.post("auth/code/resend", {"captcha": captcha()}))
            an_hour_later()
            again = told(program.post("auth/code/resend", {"captcha": captcha()}))
            too_soon = told(program.post("auth/code/resend", {"captcha": captcha()}))
            wrong = [told(program.post("auth/code/confirm", {"code": "0"})) for _ in range(6)]
            return [asked, early, again, too_soon, *wrong]

        statuses = [step[0] for step in self.both(kind, steps)]
        assert statuses == [401, 429, 200, 429, 400, 400, 400, 400, 400, 409]

    def test_login_by_password(self, kind, person):
        def steps(program, phone):
            return [told(program.log_in(phone, WRONG)) for _ in range(4)]

        assert [step[0] for step in self.both(kind, steps)] == [400] * 4

    def test_only_the_holder_hears_of_it(self, kind, person):
        Program(kind).sign_up(PHONE)
        (message,) = memory.outbox
        assert message[0] == f"+86{PHONE}"
        assert not any(letter.isdigit() for letter in message[1])
        assert User.objects.get() == person


class TestPageResend:
    """The same on the pages: a new code is asked for in the same way, with an account and without."""

    def steps(self, phone):
        client = Client()
        client.post("/accounts/login/code/", {"phone": phone, **captcha_of_page()})
        an_hour_later()
        resend = {"action": "resend", **captcha_of_page()}
        again = client.post("/accounts/login/code/confirm/", resend)
        return again.status_code, again["Location"], SmsCode.objects.filter(phone=f"+86{phone}").count()

    def test_login(self, person):
        expected = (302, "/accounts/login/code/confirm/", 2)
        assert (self.steps(PHONE), self.steps(UNKNOWN)) == (expected, expected)

    def test_limit_is_told(self, person):
        client = Client()
        client.post("/accounts/login/code/", {"phone": PHONE, **captcha_of_page()})
        page = client.post(
            "/accounts/login/code/confirm/", {"action": "resend", **captcha_of_page()}, follow=True
        ).content.decode()
        assert "秒后再获取验证码" in page
        assert SmsCode.objects.count() == 1


class TestLimits:
    def test_asked_on_a_page(self, kind, person):
        Client().post("/accounts/login/code/", {"phone": PHONE, **captcha_of_page()})
        answer = Program(kind).ask_code(PHONE)
        assert errors_of(answer) == [("phone", "too_many_codes")]
        assert answer.status_code == 429
        assert 0 < int(answer["Retry-After"]) <= 60
        assert SmsCode.objects.count() == 1

    def test_asked_by_a_program(self, kind, person):
        Program(kind).ask_code(PHONE)
        page = Client().post("/accounts/login/code/", {"phone": PHONE, **captcha_of_page()})
        assert "too_many_codes" in [error.code for error in page.context["form"].errors.as_data()["phone"]]
        assert SmsCode.objects.count() == 1

    def test_failures_on_a_page_count_for_programs(self, kind, person):
        for _ in range(3):
            Client().post("/accounts/login/", {"login": PHONE, "password": WRONG})
        assert errors_of(Program(kind).log_in(PHONE, KNOWN_PASSWORD)) == [("captcha", "required")]

    def test_failures_of_a_program_count_on_pages(self, kind, person):
        for _ in range(3):
            Program(kind).log_in(PHONE, WRONG)
        page = Client().post("/accounts/login/", {"login": PHONE, "password": KNOWN_PASSWORD})
        assert "captcha" in page.context["form"].errors

    def test_refused_sign_up_leaves_nothing(self, kind):
        Program(kind).ask_code(UNKNOWN)
        answer = Program(kind).sign_up(UNKNOWN)
        assert (answer.status_code, errors_of(answer)) == (429, [("phone", "too_many_codes")])
        assert User.objects.count() == 0

    def test_many_sends_to_one_number(self, kind):
        for _ in range(30):
            Program(kind).sign_up(UNKNOWN)
        assert SmsCode.objects.count() == 1

    def test_login_limit_of_allauth_says_when_to_come_back(self, kind, person):
        statuses = {}
        for _ in range(31):
            answer = Program(kind).log_in(PHONE, WRONG)
            statuses[answer.status_code] = answer
        assert errors_of(statuses[429]) == [(None, "too_many_requests")]
        assert statuses[429]["Retry-After"] == "60"
        assert FailedLogin.objects.count() == 3


def test_logs_and_records_hold_no_number_code_or_token(kind, caplog):
    caplog.set_level("DEBUG")
    program = Program(kind)
    program.sign_up(PHONE)
    code = sent_code()
    program.post("auth/phone/verify", {"code": "0"})
    program.post("auth/phone/verify", {"code": code})
    program.log_in(PHONE, WRONG)
    program.delete("auth/session")
    program.get("auth/session")
    secrets = [PHONE, code, PASSWORD, WRONG]
    if program.kind == "app":
        secrets.append(program.token)
    logged = "\n".join(r.getMessage() for r in caplog.records if not r.name.startswith("django.db"))
    kept = "\n".join(f"{e.before} {e.after} {e.object_id}" for e in AuditEntry.objects.all())
    assert [secret for secret in secrets if secret in logged + kept] == []
    assert "django.request" in {r.name for r in caplog.records}


def test_sentences_follow_the_language(kind, person):
    answer = Program(kind).post("auth/login", {"phone": PHONE, "password": WRONG}, **{"Accept-Language": "en"})
    assert answer.json()["errors"][0]["message"] == "The mobile number or the password is not correct."
    answer = Program(kind).post("auth/code/confirm", {"code": "1"}, **{"Accept-Language": "en"})
    assert answer.json()["errors"][0]["message"] == "This is not the next step. Start again."


def test_pending_step_of_a_stranger(kind):
    """The step waits in the session of whoever began it, not for whoever has the code."""
    Program(kind).sign_up(PHONE)
    assert errors_of(Program(kind).post("auth/phone/verify", {"code": sent_code()})) == [(None, "conflict")]
    assert pending(Program(kind).get("auth/session")) == []
