"""Form fields of accounts."""

import re
import unicodedata

from django import forms
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


class NameForm(forms.Form):
    """What colleagues and the association read as the name of a person."""

    name = LineField(label=_("Full name"), max_length=50, error_messages={"required": _("Enter your name.")})
