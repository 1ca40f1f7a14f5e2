"""Addresses of allauth that our own views answer, and those that it has not."""

from django.urls import path

from portal.views import entrance, second_factor

urlpatterns = [
    path("signup/", entrance.SignUpView.as_view(), name="account_signup"),
    path("phone/verify/", entrance.verify_phone, name="account_verify_phone"),
    path("phone/change/", entrance.ChangePhoneView.as_view(), name="account_change_phone"),
    path("login/code/confirm/", entrance.ConfirmLoginCodeView.as_view(), name="account_confirm_login_code"),
    path("password/forgotten/", entrance.ForgottenPasswordView.as_view(), name="forgotten_password"),
    path("password/forgotten/new/", entrance.SetForgottenPasswordView.as_view(), name="set_forgotten_password"),
    path("2fa/webauthn/keys/<int:pk>/remove/", second_factor.RemovePasskeyView.as_view(), name="mfa_remove_webauthn"),
]
