"""The headless face of sign-up, login and change of number: allauth's own endpoints, with our captcha and our limits.

Mounted before allauth's, at the same addresses, for browsers (session cookie) and apps (session token) alike.
"""

from http import HTTPStatus

from allauth.account.internal.flows.password_change import change_password, finalize_password_change
from allauth.headless.account import inputs, response, views
from allauth.headless.base.response import AuthenticationResponse, ForbiddenResponse
from allauth.headless.base.views import AuthenticatedAPIView
from allauth.headless.constants import Client
from allauth.headless.internal.restkit.inputs import CharField, Input
from allauth.headless.mfa import inputs as mfa_inputs
from allauth.headless.mfa import views as mfa_views
from allauth.mfa.adapter import get_adapter as get_mfa_adapter
from allauth.mfa.utils import is_mfa_enabled
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.urls import include, path
from django.utils.decorators import method_decorator

from membership.accounts import allauth_forms
from membership.accounts.logins import entered_code_lately
from membership.accounts.second_factor import may_lose


class LoginInput(allauth_forms.LoginFields, inputs.LoginInput):
    number_field = "phone"


class SignUpInput(allauth_forms.CheckedNumber, inputs.SignupInput):
    pass


class RequestLoginCodeInput(allauth_forms.RequestLoginCodeForm, Input):
    pass


class ConfirmLoginCodeInput(allauth_forms.ConfirmLoginCodeForm, Input):
    pass


class VerifyPhoneInput(allauth_forms.VerifyPhoneForm, Input):
    pass


class ChangePhoneInput(allauth_forms.ChangePhoneForm, Input):
    pass


class ResendCodeInput(allauth_forms.ResendCodeForm, Input):
    pass


class NewPasswordInput(Input):
    new_password = CharField()

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_new_password(self):
        password = self.cleaned_data["new_password"]
        validate_password(password, self.user)
        return password


class LoginView(views.LoginView):
    input_class = LoginInput


@method_decorator(transaction.atomic, name="dispatch")
class SignUpView(views.SignupView):
    """One transaction: a refused text message leaves no half-made account."""

    input_class = {"POST": SignUpInput}


class RequestLoginCodeView(views.RequestLoginCodeView):
    input_class = RequestLoginCodeInput


class ConfirmLoginCodeView(views.ConfirmLoginCodeView):
    input_class = ConfirmLoginCodeInput


class ResendLoginCodeView(views.ResendLoginCodeView):
    handle_json_input = True
    input_class = ResendCodeInput


class VerifyPhoneView(views.VerifyPhoneView):
    input_class = VerifyPhoneInput


class ResendPhoneCodeView(views.ResendPhoneVerificationCodeView):
    handle_json_input = True
    input_class = ResendCodeInput


class ChangePhoneView(views.ManagePhoneView):
    """A number that somebody else has is answered like any other; its holder is told."""

    input_class = {"POST": ChangePhoneInput}

    def post(self, request, *args, **kwargs):
        allauth_forms.change_of_number(request, self.input).send()
        pending = {"phone": self.input.cleaned_data["phone"], "verified": False}
        return response.PhoneNumbersResponse(request, [pending], status=HTTPStatus.ACCEPTED)


class NewPasswordView(AuthenticatedAPIView):
    """忘记密码 for programs: after a login by code, within ten minutes, a new password without the old one."""

    input_class = {"POST": NewPasswordInput}

    def get_input_kwargs(self):
        return {"user": self.request.user}

    def post(self, request, *args, **kwargs):
        if not entered_code_lately(request):
            return ForbiddenResponse(request)
        change_password(request.user, self.input.cleaned_data["new_password"])
        finalize_password_change(request, request.user)
        return AuthenticationResponse(request)


class ReauthenticateView(views.ReauthenticateView):
    """Who has a second factor shows it again; the password alone does not count."""

    def post(self, request, *args, **kwargs):
        if is_mfa_enabled(request.user):
            return ForbiddenResponse(request)
        return super().post(request, *args, **kwargs)


class RemovePasskeysInput(mfa_inputs.DeleteWebAuthnInput):
    def clean_authenticators(self):
        authenticators = self.cleaned_data["authenticators"]
        if not may_lose(self.user, authenticators):
            raise get_mfa_adapter().validation_error("cannot_delete_authenticator")
        return authenticators


class PasskeysView(mfa_views.ManageWebAuthnView):
    """Staff who must have a second factor keep the last one."""

    input_class = mfa_views.ManageWebAuthnView.input_class | {"DELETE": RemovePasskeysInput}


def _of(client):
    return [
        path("auth/login", LoginView.as_api_view(client=client)),
        path("auth/signup", SignUpView.as_api_view(client=client)),
        path("auth/code/request", RequestLoginCodeView.as_api_view(client=client)),
        path("auth/code/confirm", ConfirmLoginCodeView.as_api_view(client=client)),
        path("auth/code/resend", ResendLoginCodeView.as_api_view(client=client)),
        path("auth/phone/verify", VerifyPhoneView.as_api_view(client=client)),
        path("auth/phone/verify/resend", ResendPhoneCodeView.as_api_view(client=client)),
        path("account/phone", ChangePhoneView.as_api_view(client=client)),
        path("auth/reauthenticate", ReauthenticateView.as_api_view(client=client)),
        path("account/authenticators/webauthn", PasskeysView.as_api_view(client=client)),
        path("account/password/forgotten", NewPasswordView.as_api_view(client=client)),
    ]


urlpatterns = [
    path("browser/v1/", include(_of(Client.BROWSER))),
    path("app/v1/", include(_of(Client.APP))),
    path("", include("allauth.headless.urls")),
]
