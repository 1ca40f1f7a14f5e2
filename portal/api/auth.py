"""The headless face of sign-up, login and change of number: allauth's own endpoints, with our captcha and our limits.

For browsers (session cookie) and apps (session token) alike. Every address is named here: what allauth has beside
these (e-mail addresses, the reset by e-mail, tokens of other kinds) is not there.
"""

from http import HTTPStatus

from allauth.account.internal.constants import LoginStageKey
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.internal.flows.password_change import change_password, finalize_password_change
from allauth.account.internal.flows.phone_verification import PhoneVerificationStageProcess
from allauth.account.stages import LoginStageController
from allauth.core.exceptions import RateLimited
from allauth.headless.account import response, views
from allauth.headless.base.response import AuthenticationResponse, ConflictResponse
from allauth.headless.base.views import APIView, AuthenticatedAPIView, ConfigView
from allauth.headless.constants import Client
from allauth.headless.internal.restkit.response import APIResponse, ErrorResponse
from allauth.headless.mfa import inputs as mfa_inputs
from allauth.headless.mfa import views as mfa
from allauth.headless.usersessions.views import SessionsView
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.utils import is_mfa_enabled
from captcha.conf import settings as captcha_settings
from captcha.helpers import captcha_audio_url, captcha_image_url
from captcha.models import CaptchaStore
from django.db import transaction
from django.urls import include, path, re_path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _

from membership.accounts import allauth_forms
from membership.accounts.logins import entered_code_lately
from membership.accounts.second_factor import may_lose
from membership.accounts.sessions import note_wish
from membership.exceptions import Refusal
from portal.api import auth_inputs as inputs
from portal.api.auth_answers import door, fault, nothing_here, too_many


class Limited:
    """An operation that sends a code: where a limit stands in the way the answer is 429 and says for how long."""

    def handle_invalid_input(self, input):
        waits = [error.params["seconds"] for error in _errors(input) if error.code == "too_many_codes"]
        if not waits:
            return super().handle_invalid_input(input)
        told = ErrorResponse(self.request, input=input, status=HTTPStatus.TOO_MANY_REQUESTS)
        return too_many(told, waits[0])


def _errors(input):
    return [error for errors in input.errors.as_data().values() for error in errors]


class CaptchaView(APIView):
    """A new picture for a program to show. It costs one row that goes after five minutes, so nothing limits it."""

    def get(self, request):
        CaptchaStore.remove_expired()
        key = CaptchaStore.generate_key()
        data = {
            "key": key,
            "image_url": captcha_image_url(key),
            "audio_url": captcha_audio_url(key) if captcha_settings.CAPTCHA_FLITE_PATH else None,
            "expires_in": 60 * int(captcha_settings.CAPTCHA_TIMEOUT),
        }
        return APIResponse(request, data=data)


class LoginView(views.LoginView):
    input_class = inputs.LoginInput

    def post(self, request, *args, **kwargs):
        note_wish(request, remember=self.input.cleaned_data["remember"])
        return super().post(request, *args, **kwargs)


@method_decorator(transaction.atomic, name="dispatch")
class SignUpView(Limited, views.SignupView):
    """One transaction: a refused text message leaves no half-made account."""

    input_class = {"POST": inputs.SignUpInput}


class RequestLoginCodeView(Limited, views.RequestLoginCodeView):
    input_class = inputs.RequestLoginCodeInput


class ConfirmLoginCodeView(views.ConfirmLoginCodeView):
    input_class = inputs.ConfirmLoginCodeInput


class ResendView(APIView):
    """A new code to the number of the pending step, a captcha first."""

    input_class = inputs.ResendCodeInput
    stage_key = process_class = None

    def post(self, request, *args, **kwargs):
        stage = LoginStageController.enter(request, self.stage_key)
        process = self.process_class.resume(stage) if stage else None
        if not process or not process.can_resend:
            return ConflictResponse(request)
        try:
            allauth_forms.send_again(process)
        except RateLimited as limit:
            told = fault(429, code=limit.__cause__.code, message=limit)
            return too_many(told, limit.__cause__.seconds)
        return APIResponse(request)


class ResendLoginCodeView(ResendView):
    stage_key, process_class = LoginStageKey.LOGIN_BY_CODE, LoginCodeVerificationProcess


class ResendPhoneCodeView(ResendView):
    stage_key, process_class = LoginStageKey.VERIFY_PHONE, PhoneVerificationStageProcess


class VerifyPhoneView(views.VerifyPhoneView):
    input_class = inputs.VerifyPhoneInput

    def post(self, request, *args, **kwargs):
        try:
            return super().post(request, *args, **kwargs)
        except Refusal as refusal:
            return fault(409, code=refusal.code, message=refusal)


class ChangePhoneView(Limited, views.ManagePhoneView):
    """A number that somebody else has is answered like any other; its holder is told."""

    input_class = {"POST": inputs.ChangePhoneInput}

    def post(self, request, *args, **kwargs):
        allauth_forms.change_of_number(request, self.input).send()
        pending = {"phone": self.input.cleaned_data["phone"], "verified": False}
        return response.PhoneNumbersResponse(request, [pending], status=HTTPStatus.ACCEPTED)


class ChangePasswordView(views.ChangePasswordView):
    input_class = inputs.ChangePasswordInput


class NewPasswordView(AuthenticatedAPIView):
    """忘记密码 for programs: after a login by code, within ten minutes, a new password without the old one."""

    input_class = {"POST": inputs.NewPasswordInput}

    def handle(self, request, *args, **kwargs):
        if not entered_code_lately(request):
            return fault(403, code="code_needed", message=_("Sign in by a code from a text message first."))
        return super().handle(request, *args, **kwargs)

    def get_input_kwargs(self):
        return {"user": self.request.user}

    def post(self, request, *args, **kwargs):
        change_password(request.user, self.input.cleaned_data["new_password"])
        finalize_password_change(request, request.user)
        return AuthenticationResponse(request)


class ReauthenticateView(views.ReauthenticateView):
    """Who has a second factor shows it again; the password alone does not count."""

    def post(self, request, *args, **kwargs):
        if is_mfa_enabled(request.user):
            return fault(403, code="second_factor", message=_("Confirm with your second factor."))
        return super().post(request, *args, **kwargs)


class RemovePasskeysInput(mfa_inputs.DeleteWebAuthnInput):
    def clean_authenticators(self):
        authenticators = self.cleaned_data["authenticators"]
        if not may_lose(self.user, authenticators):
            raise get_mfa_adapter().validation_error("cannot_delete_authenticator")
        return authenticators


class PasskeysView(mfa.ManageWebAuthnView):
    """Staff who must have a second factor keep the last one."""

    input_class = mfa.ManageWebAuthnView.input_class | {"DELETE": RemovePasskeysInput}


ENDPOINTS = {
    "config": ConfigView,
    "captcha": CaptchaView,
    "auth/session": views.SessionView,
    "auth/sessions": SessionsView,
    "auth/login": LoginView,
    "auth/signup": SignUpView,
    "auth/reauthenticate": ReauthenticateView,
    "auth/code/request": RequestLoginCodeView,
    "auth/code/confirm": ConfirmLoginCodeView,
    "auth/code/resend": ResendLoginCodeView,
    "auth/phone/verify": VerifyPhoneView,
    "auth/phone/verify/resend": ResendPhoneCodeView,
    "auth/2fa/authenticate": mfa.AuthenticateView,
    "auth/2fa/reauthenticate": mfa.ReauthenticateView,
    "auth/webauthn/login": mfa.LoginWebAuthnView,
    "auth/webauthn/authenticate": mfa.AuthenticateWebAuthnView,
    "auth/webauthn/reauthenticate": mfa.ReauthenticateWebAuthnView,
    "account/phone": ChangePhoneView,
    "account/password/change": ChangePasswordView,
    "account/password/forgotten": NewPasswordView,
    "account/authenticators": mfa.AuthenticatorsView,
    "account/authenticators/totp": mfa.ManageTOTPView,
    "account/authenticators/recovery-codes": mfa.ManageRecoveryCodesView,
    "account/authenticators/webauthn": PasskeysView,
}


def _of(client):
    return [path(address, door(view.as_api_view(client=client))) for address, view in ENDPOINTS.items()]


urlpatterns = [
    path("browser/v1/", include(_of(Client.BROWSER))),
    path("app/v1/", include(_of(Client.APP))),
    re_path("", nothing_here),
]
