"""Form fields of accounts."""

import re
import unicodedata

from allauth.account.adapter import get_adapter
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from membership.accounts.phones import validate_mobile
from membership.fields import LineField

# What stands between digits, and marks that address books leave around a copied number.
BETWEEN_DIGITS = re.compile(r"[\s()\-\u2010-\u2015\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class TelephoneInput(forms.TextInput):
    """Telephones show their number pad for it."""

    input_type = "tel"


class MobileField(forms.CharField):
    """A mainland mobile number as people type it (spaces, dashes, +86, full-width digits); cleans to E.164."""

    widget = TelephoneInput

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Mobile number"))
        kwargs.setdefault("max_length", 32)
        kwargs.setdefault("error_messages", {"required": _("Enter the mobile number.")})
        super().__init__(**kwargs)
        self.widget.attrs.update({"inputmode": "tel", "autocomplete": "username"})

    def to_python(self, value):
        text = super().to_python(value)
        digits = BETWEEN_DIGITS.sub("", unicodedata.normalize("NFKC", text))
        if not digits:
            return ""
        if digits.startswith("86") and len(digits) == 13:
            digits = digits[2:]
        phone = f"+86{digits.removeprefix('+86')}"
        validate_mobile(phone)
        return phone


class ProfileForm(forms.Form):
    """What colleagues and the association read about a person, and how the person hears of notices."""

    name = LineField(label=_("Full name"), max_length=50, error_messages={"required": _("Enter your name.")})
    position = LineField(label=_("Position"), max_length=50, required=False)
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    notify_by_sms = forms.BooleanField(label=_("Tell me of notices by text message"), required=False)
    notify_by_email = forms.BooleanField(label=_("Tell me of notices by e-mail"), required=False)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("notify_by_email") and not cleaned.get("email") and "email" not in self.errors:
            self.add_error("email", _("Enter the e-mail address to which notices are sent."))
        return cleaned


class CloseAccountForm(forms.Form):
    """注销账号 cannot be taken back, so the person enters the password and says so."""

    password = forms.CharField(
        label=_("Login password"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Enter your login password.")},
    )
    is_sure = forms.BooleanField(
        label=_("I know that a closed account cannot be opened again"),
        error_messages={"required": _("Confirm that the account is to be closed.")},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self):
        password = self.cleaned_data["password"]
        if not get_adapter().reauthenticate(self.user, password):
            raise ValidationError(_("The password is not correct."), code="incorrect_password")
        return password
