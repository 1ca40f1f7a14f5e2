"""Every flow of the headless face, for browsers and for apps."""

import pytest
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)

from membership.accounts.models import Consent, SmsCode, User
from membership.messaging.gateways import memory
from tests.captcha import ANSWER
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

pytestmark = pytest.mark.django_db
NEW_PHONE, NEW_PASSWORD = "13900002222", "xin-de-mi-ma-2026"


@pytest.fixture(params=["browser", "app"])
def kind(request):
    return request.param


@pytest.fixture
def program(kind):
    return Program(kind)


@pytest.fixture
def person(outsider):
    """A member with an account; the outsider's is there as well."""
    return UserFactory(phone=f"+86{PHONE}", name="李四")


@pytest.fixture
def inside(program, person):
    assert program.log_in(PHONE, KNOWN_PASSWORD).status_code == 200
    return program


def totp_code(secret):
    """What the authenticator on the telephone shows."""
    return format_hotp_value(hotp_value(secret, list(yield_hotp_counters_from_time())[-1]))


def is_inside(program):
    return program.get("auth/session").status_code == 200


class TestSignUp:
    def test_to_the_session(self, program):
        assert pending(program.sign_up()) == ["verify_phone"]
        assert User.objects.get().phone_verified is False
        answer = program.post("auth/phone/verify", {"code": sent_code()})
        assert answer.status_code == 200
        user = User.objects.get()
        assert (user.phone_verified, Consent.objects.get().user) == (True, user)
        assert is_inside(program)
        assert answer.json()["data"]["user"] == {
            "id": user.pk,
            "display": "139****1111",
            "has_usable_password": True,
        }

    @pytest.mark.parametrize("typed", ["139 0000 1111", "+86 139-0000-1111", "１３９００００１１１１", "8613900001111"])
    def test_numbers_as_people_type_them(self, program, typed):
        assert pending(program.sign_up(typed)) == ["verify_phone"]
        assert str(User.objects.get().phone) == f"+86{PHONE}"

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"captcha": {"key": "x", "answer": ANSWER}}, ("captcha", "invalid")),
            ({"captcha": None}, ("captcha", "required")),
            ({"captcha": {}}, ("captcha", "required")),
            ({"captcha": "hyzj"}, ("captcha", "required")),
            ({"phone": "02886000000"}, ("phone", "not_mobile")),
            ({"phone": "+1 415 555 0100"}, ("phone", "not_mobile")),
            ({"phone": ""}, ("phone", "required")),
            ({"password": ""}, ("password", "required")),
            ({"password": "short"}, ("password", "password_too_short")),
            ({"password": f"my{PHONE}x"}, ("password", "own_number")),
            ({"agree": False}, ("agree", "required")),
        ],
    )
    def test_refused(self, program, change, error):
        answer = program.sign_up(**change)
        assert answer.status_code == 400
        assert error in errors_of(answer)
        assert (User.objects.count(), SmsCode.objects.count(), memory.outbox) == (0, 0, [])

    def test_a_captcha_serves_once(self, program):
        used = captcha()
        assert errors_of(program.sign_up(captcha=used, agree=False)) == [("agree", "required")]
        assert errors_of(program.sign_up(captcha=used)) == [("captcha", "invalid")]

    def test_wrong_captcha_is_used_up(self, program):
        tried = captcha(answer="nope")
        assert errors_of(program.sign_up(captcha=tried)) == [("captcha", "invalid")]
        assert errors_of(program.sign_up(captcha={**tried, "answer": ANSWER})) == [("captcha", "invalid")]

    def test_new_code(self, program):
        program.sign_up()
        old = sent_code()
        an_hour_later()
        assert program.post("auth/phone/verify/resend", {"captcha": captcha()}).status_code == 200
        assert sent_code() != old
        assert errors_of(program.post("auth/phone/verify", {"code": old})) == [("code", "incorrect_code")]
        assert program.post("auth/phone/verify", {"code": sent_code()}).status_code == 200

    def test_new_code_asks_for_a_captcha(self, program):
        program.sign_up()
        assert errors_of(program.post("auth/phone/verify/resend")) == [("captcha", "required")]

    def test_password_is_kept_as_typed(self, program):
        program.sign_up(password=f" {PASSWORD} ")
        program.post("auth/phone/verify", {"code": sent_code()})
        assert User.objects.get().check_password(f" {PASSWORD} ")
        assert Program(program.kind).log_in(PHONE, f" {PASSWORD} ").status_code == 200

    def test_whoever_is_inside_does_not_sign_up(self, inside):
        assert errors_of(inside.sign_up(NEW_PHONE)) == [(None, "conflict")]
        assert not User.objects.filter(phone=f"+86{NEW_PHONE}").exists()


class TestLogin:
    def test_by_password(self, program, person):
        answer = program.log_in("139-0000-1111", KNOWN_PASSWORD)
        assert (answer.status_code, answer.json()["data"]["user"]["display"]) == (200, "李四")
        assert is_inside(program)

    def test_wrong_password(self, program, person):
        answer = program.log_in(PHONE, WRONG)
        assert errors_of(answer) == [("password", "phone_password_mismatch")]
        assert answer.json()["errors"][0]["message"] == "手机号或密码不正确"
        assert not is_inside(program)

    def test_captcha_after_three_failures(self, program, person):
        for _ in range(3):
            assert errors_of(program.log_in(PHONE, WRONG)) == [("password", "phone_password_mismatch")]
        assert errors_of(program.log_in(PHONE, KNOWN_PASSWORD)) == [("captcha", "required")]
        body = {"phone": PHONE, "password": KNOWN_PASSWORD}
        wrong = program.post("auth/login", {**body, "captcha": captcha("nope")})
        assert errors_of(wrong) == [("captcha", "invalid")]
        assert program.post("auth/login", {**body, "captcha": captcha()}).status_code == 200

    def test_by_code(self, program, person):
        assert pending(program.ask_code(PHONE)) == ["login_by_code"]
        assert errors_of(program.post("auth/code/confirm", {"code": "0"})) == [("code", "incorrect_code")]
        assert program.post("auth/code/confirm", {"code": sent_code()}).status_code == 200
        assert is_inside(program)

    def test_code_needs_a_captcha(self, program, person):
        assert errors_of(program.post("auth/code/request", {"phone": PHONE})) == [("captcha", "required")]
        assert memory.outbox == []

    def test_new_code(self, program, person):
        program.ask_code(PHONE)
        an_hour_later()
        assert errors_of(program.post("auth/code/resend")) == [("captcha", "required")]
        assert program.post("auth/code/resend", {"captcha": captcha()}).status_code == 200
        assert program.post("auth/code/confirm", {"code": sent_code()}).status_code == 200

    @pytest.mark.parametrize("path", ["auth/code/confirm", "auth/phone/verify"])
    def test_no_step_is_pending(self, program, path):
        assert errors_of(program.post(path, {"code": "123456"})) == [(None, "conflict")]

    @pytest.mark.parametrize("path", ["auth/code/resend", "auth/phone/verify/resend"])
    def test_nothing_to_send_again(self, program, path):
        assert errors_of(program.post(path, {"captcha": captcha()})) == [(None, "conflict")]

    def test_five_wrong_codes_void_it(self, program, person):
        program.ask_code(PHONE)
        for _ in range(5):
            assert errors_of(program.post("auth/code/confirm", {"code": "0"})) == [("code", "incorrect_code")]
        assert errors_of(program.post("auth/code/confirm", {"code": sent_code()})) == [(None, "conflict")]

    def test_code_of_another_purpose(self, program, person):
        Program("app").ask_code(PHONE)
        code = sent_code()
        other = Program(program.kind)
        other.sign_up(NEW_PHONE)
        assert errors_of(other.post("auth/phone/verify", {"code": code})) == [("code", "incorrect_code")]

    def test_logout(self, inside):
        old = inside.token
        answer = inside.delete("auth/session", {})
        assert answer.status_code == 401
        inside.token = old
        assert inside.get("auth/session").status_code == (410 if inside.kind == "app" else 401)

    def test_logout_without_a_body(self, inside):
        assert inside.delete("auth/session").status_code == 401

    def test_closed_account(self, inside, person):
        User.objects.filter(pk=person.pk).update(is_active=False)
        assert inside.get("auth/session").status_code == (410 if inside.kind == "app" else 401)


class TestPassword:
    def test_change(self, inside, person):
        elsewhere = Program("app")
        elsewhere.log_in(PHONE, KNOWN_PASSWORD)
        old = inside.token
        body = {"current_password": KNOWN_PASSWORD, "new_password": NEW_PASSWORD}
        assert inside.post("account/password/change", body).status_code == 200
        assert is_inside(inside)
        assert elsewhere.get("auth/session").status_code == 410
        if inside.kind == "app":
            assert inside.token != old
            inside.token = old
            assert inside.get("auth/session").status_code == 410
        person.refresh_from_db()
        assert person.check_password(NEW_PASSWORD)

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"current_password": WRONG}, ("current_password", "enter_current_password")),
            ({"current_password": ""}, ("current_password", "required")),
            ({"new_password": "short"}, ("new_password", "password_too_short")),
            ({"new_password": f"{PHONE}a"}, ("new_password", "own_number")),
        ],
    )
    def test_refused(self, inside, person, change, error):
        body = {"current_password": KNOWN_PASSWORD, "new_password": NEW_PASSWORD, **change}
        assert errors_of(inside.post("account/password/change", body)) == [error]
        person.refresh_from_db()
        assert person.check_password(KNOWN_PASSWORD)

    def test_forgotten(self, program, person):
        elsewhere = Program("app")
        elsewhere.log_in(PHONE, KNOWN_PASSWORD)
        program.ask_code(PHONE)
        program.post("auth/code/confirm", {"code": sent_code()})
        weak = program.post("account/password/forgotten", {"new_password": "short"})
        assert errors_of(weak) == [("new_password", "password_too_short")]
        assert program.post("account/password/forgotten", {"new_password": NEW_PASSWORD}).status_code == 200
        assert is_inside(program)
        assert elsewhere.get("auth/session").status_code == 410
        person.refresh_from_db()
        assert person.check_password(NEW_PASSWORD)

    def test_forgotten_without_a_code(self, inside, person):
        answer = inside.post("account/password/forgotten", {"new_password": NEW_PASSWORD})
        assert errors_of(answer) == [(None, "code_needed")]
        person.refresh_from_db()
        assert person.check_password(KNOWN_PASSWORD)

    def test_forgotten_by_a_visitor(self, program):
        assert program.post("account/password/forgotten", {"new_password": NEW_PASSWORD}).status_code == 401

    def test_reauthenticate(self, inside):
        assert errors_of(inside.post("auth/reauthenticate", {"password": WRONG})) == [
            ("password", "incorrect_password")
        ]
        assert inside.post("auth/reauthenticate", {"password": KNOWN_PASSWORD}).status_code == 200


class TestNumber:
    def ask(self, program, phone=NEW_PHONE, **changes):
        body = {"phone": phone, "password": KNOWN_PASSWORD, "captcha": captcha(), **changes}
        return program.post("account/phone", body)

    def test_change(self, inside, person):
        elsewhere = Program("app")
        elsewhere.log_in(PHONE, KNOWN_PASSWORD)
        assert inside.get("account/phone").json()["data"] == [{"phone": f"+86{PHONE}", "verified": True}]
        answer = self.ask(inside)
        assert (answer.status_code, answer.json()["data"]) == (202, [{"phone": f"+86{NEW_PHONE}", "verified": False}])
        old = inside.token
        assert inside.post("auth/phone/verify", {"code": sent_code(NEW_PHONE)}).status_code == 200
        assert inside.get("account/phone").json()["data"] == [{"phone": f"+86{NEW_PHONE}", "verified": True}]
        assert (inside.token != old) == (inside.kind == "app")
        assert elsewhere.get("auth/session").status_code == 410
        sessions = inside.get("auth/sessions").json()["data"]
        assert [session["is_current"] for session in sessions] == [True]
        fresh = Program("app")
        assert errors_of(fresh.log_in(PHONE, KNOWN_PASSWORD)) == [("password", "phone_password_mismatch")]
        assert fresh.log_in(NEW_PHONE, KNOWN_PASSWORD).status_code == 200

    @pytest.mark.parametrize(
        ("change", "error"),
        [
            ({"password": WRONG}, ("password", "incorrect_password")),
            ({"captcha": None}, ("captcha", "required")),
            ({"phone": PHONE}, ("phone", "same_as_current")),
            ({"phone": "12345"}, ("phone", "not_mobile")),
        ],
    )
    def test_refused(self, inside, change, error):
        assert errors_of(self.ask(inside, **change)) == [error]
        assert SmsCode.objects.count() == 0

    def test_number_of_somebody_else(self, inside, outsider):
        taken = str(outsider.user.phone)
        answer, other = self.ask(inside, taken), self.ask(inside, NEW_PHONE)
        assert (answer.status_code, other.status_code) == (202, 202)
        assert answer.json()["data"][0].keys() == other.json()["data"][0].keys()
        (text,) = [text for to, text in memory.outbox if to == taken]
        assert not any(c.isdigit() for c in text)

    def test_visitor(self, program):
        assert program.get("account/phone").status_code == 401
        assert errors_of(self.ask(program)) == [(None, "conflict")]


class TestSessions:
    def test_end_another(self, inside, outsider):
        elsewhere = Program("app")
        elsewhere.log_in(PHONE, KNOWN_PASSWORD)
        foreign = Program("app")
        foreign.log_in(str(outsider.user.phone), KNOWN_PASSWORD)
        listed = inside.get("auth/sessions").json()["data"]
        assert sorted(session["is_current"] for session in listed) == [False, True]
        (other,) = [session["id"] for session in listed if not session["is_current"]]
        (theirs,) = [session["id"] for session in foreign.get("auth/sessions").json()["data"]]
        assert errors_of(inside.delete("auth/sessions", {"sessions": [theirs]})) == [("sessions", "invalid_choice")]
        assert is_inside(foreign)
        assert inside.delete("auth/sessions", {"sessions": [other]}).status_code == 200
        assert elsewhere.get("auth/session").status_code == 410
        assert is_inside(inside)

    def test_visitor(self, program):
        assert program.get("auth/sessions").status_code == 401


class TestSecondFactor:
    def test_login(self, program, person):
        secret = generate_totp_secret()
        TOTP.activate(person, secret)
        assert pending(program.log_in(PHONE, KNOWN_PASSWORD)) == ["mfa_authenticate"]
        assert not is_inside(program)
        assert program.member_api("/me").status_code == 401
        wrong = program.post("auth/2fa/authenticate", {"code": "000"})
        assert errors_of(wrong) == [("code", "incorrect_code")]
        code = totp_code(secret)
        assert program.post("auth/2fa/authenticate", {"code": code}).status_code == 200
        assert is_inside(program)

    def test_code_by_text_message_does_not_replace_it(self, program, person):
        TOTP.activate(person, generate_totp_secret())
        program.ask_code(PHONE)
        assert pending(program.post("auth/code/confirm", {"code": sent_code()})) == ["mfa_authenticate"]
        assert program.post("account/password/forgotten", {"new_password": NEW_PASSWORD}).status_code == 401

    def test_switch_on(self, inside):
        assert inside.get("account/authenticators").json()["data"] == []
        answer = inside.get("account/authenticators/totp")
        secret = answer.json()["meta"]["secret"]
        assert answer.status_code == 404
        assert inside.post("account/authenticators/totp", {"code": totp_code(secret)}).status_code == 401
        inside.post("auth/reauthenticate", {"password": KNOWN_PASSWORD})
        secret = inside.get("account/authenticators/totp").json()["meta"]["secret"]
        assert inside.post("account/authenticators/totp", {"code": totp_code(secret)}).status_code == 200
        kinds = {row["type"] for row in inside.get("account/authenticators").json()["data"]}
        assert kinds == {"totp", "recovery_codes"}
