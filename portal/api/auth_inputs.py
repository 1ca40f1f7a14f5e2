"""What programs send to sign up, to log in and to change: the forms of the pages, filled in by JSON."""

from allauth.account.adapter import get_adapter
from allauth.headless.account import inputs
from allauth.headless.internal.restkit.inputs import BooleanField, CharField, Input

from membership.accounts import allauth_forms
from membership.accounts.forms import MobileField


class PictureCode:
    """`"captcha": {"key": …, "answer": …}` for the field that has two entries on the page."""

    def __init__(self, data, **kwargs):
        told = data.get("captcha")
        if isinstance(told, dict):
            data = {**data, "captcha_0": told.get("key"), "captcha_1": told.get("answer")}
        super().__init__(data=data, **kwargs)


def password_field(**kwargs):
    """A password as it was typed: allauth's own inputs cut spaces off that the pages keep."""
    return CharField(strip=False, **kwargs)


class LoginInput(PictureCode, allauth_forms.LoginFields, inputs.LoginInput):
    number_field = "phone"

    phone = MobileField()
    password = password_field()
    remember = BooleanField(required=False)


class SignUpInput(PictureCode, allauth_forms.CheckedNumber, inputs.SignupInput):
    password_name = "password"  # noqa: S105 - a field

    password = password_field()


class RequestLoginCodeInput(PictureCode, allauth_forms.RequestLoginCodeForm, Input):
    pass


class ConfirmLoginCodeInput(allauth_forms.ConfirmLoginCodeForm, Input):
    pass


class VerifyPhoneInput(allauth_forms.VerifyPhoneForm, Input):
    pass


class ChangePhoneInput(PictureCode, allauth_forms.ChangePhoneForm, Input):
    pass


class ResendCodeInput(PictureCode, allauth_forms.ResendCodeForm, Input):
    pass


class ChangePasswordInput(inputs.ChangePasswordInput):
    current_password = password_field(required=False)
    new_password = password_field()


class NewPasswordInput(Input):
    new_password = password_field()

    def __init__(self, *args, user, **kwargs):
        self.user = user
        super().__init__(*args, **kwargs)

    def clean_new_password(self):
        return get_adapter().clean_password(self.cleaned_data["new_password"], user=self.user)
