"""allauth's forms with our rules: captcha before every code, codes counted by the database, the guide's words."""

import time

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.phone_verification import ChangePhoneVerificationProcess
from allauth.core.exceptions import RateLimited
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from membership.accounts import actions
from membership.accounts.actions.codes import waiting_seconds, words_for
from membership.accounts.captcha import GraphicCodeField
from membership.accounts.forms import MobileField
from membership.accounts.models import SmsCodeSettings, User
from membership.accounts.passwords import NotTheOwnNumber
from membership.accounts.sessions import note_wish
from membership.accounts.states import CodePurpose


def seconds_to_wait(phone):
    """Seconds until the next code may go to the number; None when codes are switched off."""
    return waiting_seconds(phone, SmsCodeSettings.objects.filter(pk=1).first() or SmsCodeSettings())


def refuse_if_too_many(phone):
    """A sentence beside the field before anything is done; the verb that sends counts again, under its lock."""
    wait = seconds_to_wait(phone)
    if wait != 0:
        raise ValidationError(words_for(wait), code="too_many_codes", params={"seconds": wait})


class LoginFields:
    """Number and password; after several failures the captcha as well, for known and unknown numbers alike."""

    number_field = "login"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["password"].error_messages["required"] = _("Enter your login password.")
        if self.is_bound and actions.wants_captcha(self._number()):
            self._ask_captcha()

    def _number(self):
        try:
            return MobileField().clean(self.data.get(self.number_field, ""))
        except ValidationError:
            return ""

    def _ask_captcha(self):
        self.fields["captcha"] = GraphicCodeField()

    def clean(self):
        try:
            return super().clean()
        finally:
            if "captcha" not in self.fields and actions.wants_captcha(self._number()):
                self._ask_captcha()


class LoginForm(LoginFields, allauth.LoginForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.order_fields(["login", "password", "captcha", "remember"])

    def login(self, request, redirect_url=None):
        note_wish(request, remember=self.cleaned_data["remember"])
        return super().login(request, redirect_url)


class CheckedNumber:
    """The limits are told beside the number before anything is stored; the password does not hold the number."""

    password_name = "password1"  # noqa: S105 - a field
    sentences = {"password1": _("Set a password of your own."), "password2": _("Type the password once more.")}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in self.fields.keys() & self.sentences:
            self.fields[name].error_messages["required"] = self.sentences[name]

    def clean_phone(self):
        refuse_if_too_many(self.cleaned_data["phone"])
        return self.cleaned_data["phone"]

    def clean(self):
        """allauth checks the password for somebody without a number."""
        cleaned = super().clean()
        phone, password = self.cleaned_data.get("phone"), self.cleaned_data.get(self.password_name)
        if phone and password:
            try:
                NotTheOwnNumber().validate(password, User(phone=phone))
            except ValidationError as error:
                self.add_error(self.password_name, error)
        return cleaned


class SignUpForm(CheckedNumber, allauth.SignupForm):
    pass


class RequestLoginCodeForm(allauth.RequestLoginCodeForm):
    captcha = GraphicCodeField()
    field_order = ["phone", "captcha"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.order_fields(self.field_order)

    def clean_phone(self):
        refuse_if_too_many(self.cleaned_data["phone"])
        return super().clean_phone()


class ResendCodeForm(forms.Form):
    """A new code to the same number: again a captcha first."""

    captcha = GraphicCodeField()


class CodeForm:
    """The six digits, checked and used up by the verb; what allauth keeps in the session is only the key."""

    purpose = None
    phone = None  # what the code must have been sent to, where the process says so

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["code"] = forms.CharField(
            label=_("Code from the text message"),
            max_length=32,
            error_messages={"required": _("Enter the code from the text message.")},
            widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        )

    def clean_code(self):
        typed = self.cleaned_data["code"]
        if not actions.redeem_code(self.expected_code, typed, purpose=self.get_purpose(), phone=self.phone):
            raise get_adapter().validation_error("incorrect_code")
        return typed

    def get_purpose(self):
        return self.purpose


class ConfirmLoginCodeForm(CodeForm, allauth.ConfirmLoginCodeForm):
    purpose = CodePurpose.LOGIN


class VerifyPhoneForm(CodeForm, allauth.VerifyPhoneForm):
    """The number of a new account, or the new number of one that is logged in."""

    def get_purpose(self):
        return CodePurpose.CHANGE_PHONE if self.user and self.user.phone_verified else CodePurpose.SIGN_UP

    def clean_code(self):
        typed = super().clean_code()
        if not self.user:  # somebody else has signed up with the number since
            raise get_adapter().validation_error("incorrect_code")
        holder = get_adapter().get_user_by_phone(self.phone)
        if holder and holder != self.user:
            raise get_adapter().validation_error("phone_taken")
        return typed


class ChangePhoneForm(allauth.ChangePhoneForm):
    """更换手机 (guide 四.(二)): captcha and new number, and the password because much hangs on it."""

    captcha = GraphicCodeField()
    password = forms.CharField(
        label=_("Login password"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter your login password.")},
    )
    field_order = ["password", "captcha", "phone"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["phone"].label = _("New mobile number")
        self.order_fields(self.field_order)

    def clean_password(self):
        password = self.cleaned_data["password"]
        if not get_adapter().reauthenticate(self.user, password):
            raise get_adapter().validation_error("incorrect_password")
        return password

    def clean_phone(self):
        phone = super().clean_phone()
        refuse_if_too_many(phone)
        return phone


def send_again(process):
    """A new code in a process that waits for one; the ten minutes and the tries begin anew. Raises RateLimited.

    allauth's own `resend` sends nothing to a number that is not expected (and fails for one without account): whoever
    watches would learn that from the limits, so here such a number costs what any other costs.
    """
    before = dict(process.state)
    process.record_resend()
    process.state.update(at=time.time(), failed_attempts=0)
    try:
        process.send()
    except RateLimited:
        process.state.update(before)
        raise
    process.persist()


def change_of_number(request, form):
    """The process that a valid ChangePhoneForm starts; a number that somebody else has gets no code in it."""
    state = ChangePhoneVerificationProcess.initial_state(user=request.user, phone=form.cleaned_data["phone"])
    state["account_already_exists"] = form.account_already_exists
    return ChangePhoneVerificationProcess(request, state)
