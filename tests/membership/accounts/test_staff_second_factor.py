"""The second factor of the staff: required, kept, taken back by the administrator; how long their sessions live."""

import re
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
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
from tests.factories import PASSWORD, UserFactory
from tests.membership.accounts.factors import (
    ACTIVATE,
    CODES,
    DEACTIVATE,
    INDEX,
    LOGIN,
    REAUTHENTICATE,
    code,
    confirm,
    enter,
    errors,
    kinds,
    with_app,
    with_passkey,
)
from tests.membership.units.conftest import employee

pytestmark = pytest.mark.django_db

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
        (False, False, False, ["accounts.E001"]),
        (True, False, False, []),
        (False, True, False, []),
        (False, False, True, []),
    ],
)
def test_live_site_without_a_second_factor_does_not_start(settings, is_required, debug, is_demo, found):
    settings.STAFF_MFA_REQUIRED, settings.DEBUG, settings.IS_DEMO = is_required, debug, is_demo
    assert [warning.id for warning in staff_need_a_second_factor(None)] == found


def test_the_check_is_one_of_those_before_deployment():
    assert staff_need_a_second_factor in checks.registry.registry.deployment_checks
