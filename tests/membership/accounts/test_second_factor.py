"""The second factor: set up, asked at login, required of the staff, limited, taken back by the administrator."""

import re
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from captcha.models import CaptchaStore
from django.contrib.auth import get_user
from django.core import checks
from django.test import Client

from membership.accounts import actions
from membership.accounts.checks import staff_need_a_second_factor
from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.messaging.gateways import memory
from membership.messaging.models import OutboundMessage
from tests.captcha import ANSWER
from tests.factories import PASSWORD, UnitFactory, UserFactory, clerk
from tests.membership.units.conftest import employee

pytestmark = pytest.mark.django_db

LOGIN, AUTHENTICATE, INDEX = "/accounts/login/", "/accounts/2fa/authenticate/", "/accounts/2fa/"
ACTIVATE, DEACTIVATE, CODES = f"{INDEX}totp/activate/", f"{INDEX}totp/deactivate/", f"{INDEX}recovery-codes/"
REAUTHENTICATE = f"{INDEX}reauthenticate/"
VOID = "输错次数过多，请 5 分钟后再试"
WRONG = "验证码不正确或已使用，请等待下一个验证码"


@pytest.fixture
def required(settings):
    settings.STAFF_MFA_REQUIRED = True


@pytest.fixture
def editor():
    return employee("编辑", phone="+8613800000001", name="王晓编")


@pytest.fixture
def member():
    return clerk(UnitFactory(certified=True), phone="+8613811138111", name="李四")


def code(secret, later=0):
    return format_hotp_value(hotp_value(secret, int(time.time() + later) // 30))


def with_app(user):
    """Give the person an app and recovery codes; returns the app's secret."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def with_passkey(user):
    return Authenticator.objects.create(user=user, type="webauthn", data={"name": "办公电脑", "credential": {}})


def enter(client, user, next_url=""):
    data = {"login": str(user.phone).removeprefix("+86"), "password": PASSWORD}
    return client.post(LOGIN, data | ({"next": next_url} if next_url else {}))


def confirm(client, secret):
    """Log in with both factors."""
    return client.post(AUTHENTICATE, {"code": code(secret)})


def errors(response):
    return [str(error) for said in response.context["form"].errors.values() for error in said]


def kinds(user):
    return sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))


# --- Set up ---------------------------------------------------------------------------------------------------------
@pytest.fixture(params=["member", "editor"])
def person(request):
    return request.getfixturevalue(request.param)


def test_person_sets_up_an_app_after_the_password(client, person, django_capture_on_commit_callbacks):
    enter(client, person)
    first = client.get(ACTIVATE)
    assert first["Location"] == f"/accounts/reauthenticate/?next={ACTIVATE.replace('/', '%2F')}"
    assert client.post(first["Location"], {"password": PASSWORD, "next": ACTIVATE})["Location"] == ACTIVATE
    secret = client.get(ACTIVATE).context["form"].secret

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post(ACTIVATE, {"code": code(secret)})

    assert (response.status_code, response["Location"]) == (302, CODES)
    assert kinds(person) == ["recovery_codes", "totp"]
    assert AuditEntry.objects.about(person).filter(verb="accounts.second_factor").get().after == {"added": "totp"}


def test_secrets_are_sealed_in_the_database(member):
    secret = with_app(member)
    codes = Authenticator.objects.get(user=member, type="recovery_codes")
    assert secret not in str(Authenticator.objects.get(user=member, type="totp").data)
    assert len(codes.wrap().get_unused_codes()) == 10
    assert codes.data["seed"].startswith("gAAAA")


def test_wrong_code_sets_up_nothing(client, member):
    enter(client, member)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    client.get(ACTIVATE)
    response = client.post(ACTIVATE, {"code": "000000"})
    assert errors(response) == [WRONG]
    assert (kinds(member), AuditEntry.objects.filter(verb="accounts.second_factor").count()) == ([], 0)


def test_app_and_passkey_never_show_the_whole_number(client, member):
    enter(client, member)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    url = client.get(ACTIVATE).context["totp_url"]
    assert "13811138111" not in url
    assert url.startswith("otpauth://totp/%E6%9D%8E%E5%9B%9B%20138%2A%2A%2A%2A8111?")
    user = client.get(f"{INDEX}webauthn/add/").context["js_data"]["creation_options"]["publicKey"]["user"]
    assert user["name"] == "李四 138****8111"


def test_password_alone_changes_nothing_about_a_factor(client, member):
    enter(client, member)
    with_app(member)  # meanwhile, elsewhere
    assert client.get(DEACTIVATE)["Location"].startswith(REAUTHENTICATE)
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD})["Location"].startswith(REAUTHENTICATE)
    client.post(DEACTIVATE)
    client.post(f"{CODES}generate/")
    assert client.get(CODES)["Location"].startswith(REAUTHENTICATE)
    assert kinds(member) == ["recovery_codes", "totp"]


def test_password_alone_changes_nothing_over_the_headless_face(client, member):
    enter(client, member)
    with_app(member)
    base = "/api/auth/browser/v1"
    told = client.post(f"{base}/auth/reauthenticate", {"password": PASSWORD}, content_type="application/json")
    gone = client.delete(f"{base}/account/authenticators/totp", content_type="application/json")
    assert (told.status_code, gone.status_code) == (403, 401)
    assert kinds(member) == ["recovery_codes", "totp"]


# --- Login ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("next_url", ["", "/portal/messages/"])
def test_password_and_code_let_in(client, member, next_url):
    secret = with_app(member)
    response = enter(client, member, next_url)
    assert response["Location"].startswith(AUTHENTICATE)
    assert get_user(client).is_authenticated is False
    assert client.post(response["Location"], {"code": code(secret)})["Location"] == (next_url or "/portal/")
    assert get_user(client) == member


def test_a_code_of_the_app_lets_in_once(member):
    with time_machine.travel(time.time(), tick=False):
        secret = with_app(member)
        first, second = Client(), Client()
        enter(first, member)
        enter(second, member)
        confirm(first, secret)
        again = confirm(second, secret)
        assert errors(again) == [WRONG]
        assert (get_user(first), get_user(second).is_authenticated) == (member, False)


def test_a_recovery_code_lets_in_once(member):
    with_app(member)
    codes = Authenticator.objects.get(user=member, type="recovery_codes").wrap().get_unused_codes()
    first, second = Client(), Client()
    for browser in (first, second):
        enter(browser, member)
        answer = browser.post(AUTHENTICATE, {"code": codes[3]})
    assert errors(answer) == [WRONG]
    assert (get_user(first), get_user(second).is_authenticated) == (member, False)
    left = Authenticator.objects.get(user=member, type="recovery_codes").wrap().get_unused_codes()
    assert left == codes[:3] + codes[4:]


def test_six_wrong_codes_stop_even_the_right_one(member):
    secret = with_app(member)
    answers = []
    for _number in range(6):
        browser = Client()  # a session of its own each: the limit is the account's
        enter(browser, member)
        answers.append(errors(browser.post(AUTHENTICATE, {"code": "abcdef"})))
    right = confirm(browser, secret)
    assert answers[:5] == [[WRONG]] * 5
    assert answers[5] == errors(right) == [VOID]
    assert get_user(browser).is_authenticated is False


def test_wrong_codes_are_counted_over_the_headless_face_too(member):
    secret = with_app(member)
    browser = Client()
    login = {"phone": str(member.phone), "password": PASSWORD}
    base = "/api/auth/browser/v1/auth"
    assert browser.post(f"{base}/login", login, content_type="application/json").status_code == 401
    typed = ["abcdef"] * 5 + [code(secret)]
    answers = [browser.post(f"{base}/2fa/authenticate", {"code": c}, content_type="application/json") for c in typed]
    assert {answer.status_code for answer in answers} == {400}
    assert get_user(browser).is_authenticated is False


def test_wrong_codes_of_one_account_leave_others_in_peace(member, editor):
    with_app(member)
    secret = with_app(editor)
    rival = Client()
    enter(rival, member)
    for _number in range(6):
        rival.post(AUTHENTICATE, {"code": "abcdef"})
    browser = Client()
    enter(browser, editor)
    assert confirm(browser, secret)["Location"] == "/cms/"


def test_wrong_passwords_lock_nobody_out(member):
    for _number in range(8):
        Client().post(LOGIN, {"login": "13811138111", "password": "wrong-password"})
    assert "captcha" in Client().post(LOGIN, {"login": "13811138111", "password": PASSWORD}).context["form"].errors


# --- Required of the staff ------------------------------------------------------------------------------------------
GUARDED = ["/cms/", "/cms/pages/", "/cms/users/", "/cms/account/", "/cms/phones/", "/portal/", "/portal/me/"]


@pytest.mark.parametrize("path", GUARDED)
def test_staff_without_a_factor_are_led_to_set_one_up(client, editor, required, path):
    enter(client, editor)
    response = client.get(path)
    assert (response.status_code, response["Location"]) == (302, INDEX)
    assert "协会后台需要两步验证" in client.get(INDEX).content.decode()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_staff_land_where_they_wanted_after_the_set_up(client, editor, required):
    enter(client, editor)
    client.get("/cms/pages/?q=x")
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    secret = client.get(ACTIVATE).context["form"].secret
    assert client.post(ACTIVATE, {"code": code(secret)})["Location"] == CODES
    page = client.get(CODES)
    assert 'href="/cms/pages/?q=x"' in page.content.decode()
    assert client.get("/cms/").status_code == 200
    assert 'href="/cms/pages/?q=x"' not in client.get(CODES).content.decode()


def test_staff_with_a_factor_pass_by_both(client, editor, required):
    secret = with_app(editor)
    enter(client, editor, "/cms/pages/")
    assert confirm(client, secret)["Location"] == "/cms/pages/"
    assert client.get("/cms/").status_code == 200


def test_a_session_older_than_the_factor_shows_it_and_goes_on(client, editor, required):
    enter(client, editor)
    secret = with_app(editor)
    response = client.get("/cms/pages/")
    assert response["Location"] == f"{REAUTHENTICATE}?next=%2Fcms%2Fpages%2F"
    assert client.post(response["Location"], {"code": code(secret)})["Location"] == "/cms/pages/"
    assert client.get("/cms/").status_code == 200


def test_a_second_factor_added_by_an_old_session_opens_nothing(client, editor, required):
    enter(client, editor)
    with_app(editor)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    assert client.get(f"{INDEX}webauthn/add/")["Location"].startswith(REAUTHENTICATE)
    assert client.get("/cms/").status_code == 302


def test_text_message_alone_opens_nothing_and_sets_up_nothing(client, editor, required):
    captcha = {"captcha_0": CaptchaStore.generate_key(), "captcha_1": ANSWER}
    client.post("/accounts/login/code/", {"phone": "13800000001", **captcha})
    sent = re.search(r"\d{6}", memory.outbox[-1][1])[0]
    client.post("/accounts/login/code/confirm/", {"code": sent})
    assert get_user(client) == editor
    assert client.get("/cms/")["Location"] == INDEX
    assert client.get(ACTIVATE)["Location"].startswith("/accounts/reauthenticate/")
    client.post("/accounts/reauthenticate/", {"password": "wrong-password"})
    assert client.post(ACTIVATE, {"code": "000000"})["Location"].startswith("/accounts/reauthenticate/")


def test_text_message_and_code_of_the_app_let_in(client, editor, required):
    secret = with_app(editor)
    captcha = {"captcha_0": CaptchaStore.generate_key(), "captcha_1": ANSWER}
    client.post("/accounts/login/code/", {"phone": "13800000001", **captcha})
    client.post("/accounts/login/code/confirm/", {"code": re.search(r"\d{6}", memory.outbox[-1][1])[0]})
    assert get_user(client).is_authenticated is False
    assert confirm(client, secret)["Location"] == "/cms/"


@pytest.mark.parametrize("path", ["/cms/", "/cms/pages/add/"])
def test_posts_are_stopped_too(client, editor, required, path):
    enter(client, editor)
    assert client.post(path, {"title": "x"})["Location"] == INDEX


def test_member_api_is_closed_to_staff_without_a_factor(client, editor, required):
    enter(client, editor)
    assert client.get("/api/member/v1/me").status_code == 403


def test_members_are_not_asked(client, member, required):
    enter(client, member)
    assert client.get("/portal/").status_code == 200


def test_nobody_is_asked_where_it_is_not_required(client, editor):
    enter(client, editor)
    assert client.get("/cms/").status_code == 200


def test_anonymous_are_sent_to_the_login_as_ever(client, required):
    assert client.get("/cms/")["Location"].startswith("/cms/login/")


def test_session_token_of_the_headless_face_is_no_door(editor, required):
    with_app(editor)
    login = {"phone": str(editor.phone), "password": PASSWORD}
    token = Client().post("/api/auth/app/v1/auth/login", login, content_type="application/json").json()["meta"]
    assert Client(headers={"x-session-token": token["session_token"]}).get("/cms/").status_code == 302


# --- The last factor stays ------------------------------------------------------------------------------------------
@pytest.fixture
def inside(client, editor, required):
    """An editor who has passed by the app and just shown it again."""
    secret = with_app(editor)
    enter(client, editor)
    confirm(client, secret)
    with time_machine.travel(time.time() + 31):
        client.post(REAUTHENTICATE, {"code": code(secret)})
    return client


def test_staff_keep_the_last_factor(inside, editor):
    response = inside.post(DEACTIVATE)
    assert errors(response) == ["协会要求工作人员使用两步验证，请先设置另一种方式再移除"]
    assert kinds(editor) == ["recovery_codes", "totp"]


def test_staff_may_part_with_one_of_two(inside, editor):
    with_passkey(editor)
    assert inside.post(DEACTIVATE)["Location"] == INDEX
    assert kinds(editor) == ["recovery_codes", "webauthn"]


def test_staff_keep_the_last_passkey(inside, editor):
    passkey = with_passkey(editor)
    Authenticator.objects.filter(user=editor, type="totp").delete()
    response = inside.post(f"{INDEX}webauthn/keys/{passkey.pk}/remove/")
    assert errors(response) == ["协会要求工作人员使用两步验证，请先设置另一种方式再移除"]
    over_api = inside.delete(
        "/api/auth/browser/v1/account/authenticators/webauthn",
        {"authenticators": [passkey.pk]},
        content_type="application/json",
    )
    assert over_api.status_code == 400
    assert kinds(editor) == ["recovery_codes", "webauthn"]


def test_members_switch_it_off_as_they_like(client, member, required):
    secret = with_app(member)
    enter(client, member)
    confirm(client, secret)
    with time_machine.travel(time.time() + 31):
        client.post(REAUTHENTICATE, {"code": code(secret)})
        response = client.post(DEACTIVATE)
    assert (response["Location"], kinds(member)) == (INDEX, [])


def test_recovery_codes_are_shown_downloaded_and_renewed(inside, editor):
    codes = Authenticator.objects.get(user=editor, type="recovery_codes").wrap().get_unused_codes()
    assert inside.get(CODES).context["unused_codes"] == codes
    download = inside.get(f"{CODES}download/")
    assert download.content.decode().split() == codes
    assert "no-store" in download["Cache-Control"]
    inside.post(f"{CODES}generate/")
    renewed = Authenticator.objects.get(user=editor, type="recovery_codes").wrap().get_unused_codes()
    assert len(set(renewed) - set(codes)) == 10


def test_nobody_touches_anothers_passkey(inside, member):
    passkey = with_passkey(member)
    paths = [f"{INDEX}webauthn/keys/{passkey.pk}/{verb}/" for verb in ("remove", "edit")]
    assert [inside.post(path, {"name": "x"}).status_code for path in paths] == [404, 404]
    passkey.refresh_from_db()
    assert passkey.data["name"] == "办公电脑"


# --- Reset by the administrator -------------------------------------------------------------------------------------
def reset_page(user):
    return f"/cms/users/edit/{user.pk}/second-factor/"


def test_administrator_resets_the_factor_of_a_colleague(client, editor):
    with_app(editor)
    old_session = Client()
    old_session.force_login(editor)
    administrator = employee("系统管理员")
    client.force_login(administrator)
    assert reset_page(editor) in client.get(f"/cms/users/edit/{editor.pk}/").content.decode()
    memory.outbox.clear()

    response = client.post(reset_page(editor))

    assert response["Location"] == f"/cms/users/edit/{editor.pk}/"
    assert (kinds(editor), get_user(old_session).is_authenticated) == ([], False)
    entry = AuditEntry.objects.about(editor).get()
    assert (entry.verb, entry.actor, entry.before) == (
        "accounts.reset_second_factor",
        administrator,
        {"factors": ["recovery_codes", "totp"]},
    )
    told = OutboundMessage.objects.get()
    assert (told.template, told.recipient) == ("second_factor_reset", "+8613800000001")


@pytest.mark.parametrize("role", ["编辑", "会员审核", "分会秘书", "财务", "秘书长"])
def test_no_other_role_resets_a_factor(client, editor, role):
    with_app(editor)
    client.force_login(employee(role))
    answers = [client.get(reset_page(editor), follow=True), client.post(reset_page(editor), follow=True)]
    assert {answer.redirect_chain[-1][0] if answer.redirect_chain else "" for answer in answers} <= {"", "/cms/"}
    assert (kinds(editor), AuditEntry.objects.count()) == (["recovery_codes", "totp"], 0)


@pytest.mark.parametrize("whose", ["member", "root"])
def test_members_and_superusers_are_out_of_reach(client, member, whose):
    other = member if whose == "member" else UserFactory(root=True)
    with_app(other)
    client.force_login(employee("系统管理员"))
    assert client.post(reset_page(other)).status_code == 404
    assert (kinds(other), AuditEntry.objects.count()) == (["recovery_codes", "totp"], 0)


def test_reset_of_nothing_and_of_oneself_is_refused(editor):
    administrator = employee("系统管理员")
    with_app(administrator)
    for user, by in ((editor, administrator), (administrator, administrator)):
        with pytest.raises(Refusal):
            actions.reset_second_factor(user, by=by)
    assert (kinds(administrator), AuditEntry.objects.count()) == (["recovery_codes", "totp"], 0)
    assert OutboundMessage.objects.count() == 0


# --- Sessions of the staff ------------------------------------------------------------------------------------------
def test_staff_are_never_remembered_and_go_after_twelve_hours_of_work(editor):
    browser = Client()
    start = time.time()
    with time_machine.travel(start, tick=False) as clock:
        browser.post(LOGIN, {"login": "13800000001", "password": PASSWORD, "remember": "on"})
        for hour in range(1, 12):
            clock.move_to(start + hour * 3_600)
            assert browser.get("/cms/").status_code == 200
        clock.move_to(start + 12 * 3_600 - 1)
        assert browser.get("/cms/").status_code == 200
        clock.move_to(start + 12 * 3_600 + 1)
        assert browser.get("/cms/").status_code == 302
        assert get_user(browser).is_authenticated is False


# --- Check ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("is_required", "debug", "is_demo", "found"),
    [
        (False, False, False, ["accounts.W001"]),
        (True, False, False, []),
        (False, True, False, []),
        (False, False, True, []),
    ],
)
def test_live_site_without_a_second_factor_is_warned(settings, is_required, debug, is_demo, found):
    settings.STAFF_MFA_REQUIRED, settings.DEBUG, settings.IS_DEMO = is_required, debug, is_demo
    assert [warning.id for warning in staff_need_a_second_factor(None)] == found


def test_the_check_is_one_of_those_before_deployment():
    assert staff_need_a_second_factor in checks.registry.registry.deployment_checks
