"""People with a second factor, and how they use it in tests."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value

from tests.factories import PASSWORD

LOGIN, AUTHENTICATE, INDEX = "/accounts/login/", "/accounts/2fa/authenticate/", "/accounts/2fa/"
ACTIVATE, DEACTIVATE, CODES = f"{INDEX}totp/activate/", f"{INDEX}totp/deactivate/", f"{INDEX}recovery-codes/"
REAUTHENTICATE = f"{INDEX}reauthenticate/"
VOID = "输错次数过多，请重新获取验证码，或几分钟后再试"
WRONG = "验证码不正确或已使用，请等待下一个验证码"


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
