"""Form fields of accounts."""

import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from membership.accounts.phones import validate_mobile
from membership.fields import LineField


class MobileField(forms.CharField):
    """A mainland mobile number as people type it (spaces, dashes, +86, full-width digits); cleans to E.164."""

    widget = forms.TextInput

    def __init__(self, **kwargs):
        kwargs.setdefault("label", _("Mobile number"))
        kwargs.setdefault("max_length", 32)
        super().__init__(**kwargs)
        self.widget.attrs.update({"type": "tel", "inputmode": "tel", "autocomplete": "username"})

    def to_python(self, value):
        text = super().to_python(value)
        digits = "".join(c for c in unicodedata.normalize("NFKC", text) if c not in " -\u00a0()")
        if not digits:
            return ""
        digits = digits.removeprefix("+86") if digits.startswith("+86") else digits
        if digits.startswith("86") and len(digits) == 13:
            digits = digits[2:]
        if not (digits.isascii() and digits.isdigit() and len(digits) == 11):
            raise ValidationError(_("Enter a mainland mobile number of 11 digits."), code="not_mobile")
        phone = f"+86{digits}"
        validate_mobile(phone)
        return phone


class NameForm(forms.Form):
    """What colleagues and the association read as the name of a person."""

    name = LineField(label=_("Full name"), max_length=50, error_messages={"required": _("Enter your name.")})
