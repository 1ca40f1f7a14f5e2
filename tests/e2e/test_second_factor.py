"""The second factor in the browser: an app that is computed, a passkey of Chromium's virtual authenticator."""

import re

import pytest
from allauth.mfa.models import Authenticator

from tests.factories import PASSWORD, UnitFactory, clerk
from tests.membership.accounts.factors import code
from tests.membership.units.conftest import employee


@pytest.fixture
def editor(settings):
    settings.STAFF_MFA_REQUIRED = True
    return employee("编辑", phone="+8613800000001", name="王晓编")


def reauthenticate(page):
    page.locator("#id_password").fill(PASSWORD)
    page.locator("form .btn-submit").click()


def give_passkeys(page):
    """A device that keeps passkeys and recognises its owner."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    return devtools, devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]


def test_staff_set_up_an_app_go_on_and_come_back_by_both_factors(log_in, visit, editor):
    page = log_in(editor, next_url="/cms/account/")
    page.wait_for_url("**/accounts/2fa/")
    page.get_by_role("link", name="设置", exact=True).click()
    reauthenticate(page)
    page.wait_for_url("**/totp/activate/")
    assert page.locator("img.qr").evaluate("picture => picture.naturalWidth > 0")
    secret = page.locator(".totp-secret").inner_text()
    page.locator("#id_code").fill(code(secret))
    page.get_by_role("button", name="开启").click()
    page.wait_for_url("**/recovery-codes/")
    assert page.locator(".recovery-codes li").count() == 10
    page.get_by_role("link", name="继续前往").click()
    page.wait_for_url(re.compile(r"^http://[^/]+/cms/account/"))

    again = log_in(editor)
    again.wait_for_url("**/2fa/authenticate/**")
    again.locator("#id_code").fill(code(secret))
    again.locator("form .btn-submit").click()
    again.wait_for_url("**/cms/")


def test_a_passkey_is_added_used_as_the_only_factor_renamed_and_removed(log_in, visit, editor):
    page = log_in(editor)
    give_passkeys(page)
    page.goto("/accounts/2fa/webauthn/add/")
    reauthenticate(page)
    page.wait_for_url("**/webauthn/add/")
    page.locator("#id_name").fill("办公电脑")
    page.locator("#id_passwordless").check()
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/recovery-codes/")
    page.goto("/cms/")
    assert page.url.endswith("/cms/")

    page.context.clear_cookies()
    page.goto("/accounts/login/?next=/cms/account/")
    page.locator("#passkey_login").click()
    page.wait_for_url(re.compile(r"^http://[^/]+/cms/account/"))

    page.goto("/accounts/2fa/webauthn/")
    assert page.locator(".facts dt").all_inner_texts() == ["办公电脑"]
    page.get_by_role("link", name="重命名").click()
    page.get_by_role("link", name="使用通行密钥").click()
    page.locator("#mfa_webauthn_reauthenticate").click()
    page.wait_for_url("**/edit/")
    page.locator("#id_name").fill("家里电脑")
    page.get_by_role("button", name="保存").click()
    page.wait_for_url("**/webauthn/")
    assert page.locator(".facts dt").all_inner_texts() == ["家里电脑"]
    page.get_by_role("link", name="移除").click()
    page.get_by_role("button", name="移除").click()
    assert "协会要求工作人员使用两步验证" in page.locator("#error-summary").inner_text()
    assert Authenticator.objects.filter(user=editor, type="webauthn").count() == 1


def test_a_passkey_is_the_second_step_after_the_password(log_in, visit, settings):
    member = clerk(UnitFactory(certified=True), phone="+8613811138111")
    page = log_in(member, size="phone")
    give_passkeys(page)
    page.goto("/accounts/2fa/webauthn/add/")
    reauthenticate(page)
    page.locator("#mfa_webauthn_add").click()
    page.wait_for_url("**/recovery-codes/")
    page.context.clear_cookies()
    page.goto("/accounts/login/?next=/portal/messages/")
    page.locator("#id_login").fill("13811138111")
    page.locator("#id_password").fill(PASSWORD)
    page.locator("form .btn-submit").first.click()
    page.wait_for_url("**/2fa/authenticate/**")
    page.locator("#mfa_webauthn_authenticate").click()
    page.wait_for_url(re.compile(r"^http://[^/]+/portal/messages/"))


def test_a_device_without_the_passkey_is_told_so_in_words(visit):
    page = visit("phone")
    devtools, device = give_passkeys(page)
    page.goto("/accounts/login/")
    devtools.send("WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False})
    assert page.locator("[data-passkey-failed]").is_hidden()
    page.locator("#passkey_login").click()
    page.locator("[data-passkey-failed]").wait_for(state="visible")
    assert page.locator("[data-passkey-missing]").is_hidden()
