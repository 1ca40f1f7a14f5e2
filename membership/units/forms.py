"""Forms of units: the first facts of a unit, and the number of a colleague, a lost number bound anew."""

import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from membership.accounts.forms import MobileField, TelephoneInput
from membership.accounts.models import User
from membership.fields import LineField
from membership.units import uploads
from membership.units.regions import Province
from membership.units.states import UnitType
from membership.units.uscc import normalise, validate_uscc

# A mobile number, a landline with its area code and perhaps an extension, or a service number.
TELEPHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{7,8}(-\d{1,6})?|[48]00-?\d{3}-?\d{4}")


class CreditCodeField(forms.CharField):
    """统一社会信用代码 as it is typed or pasted; cleans to 18 characters in upper case, or says which one is wrong."""

    def to_python(self, value):
        return normalise(super().to_python(value))

    def validate(self, value):
        super().validate(value)
        validate_uscc(value)


class TelephoneField(LineField):
    """A telephone in mainland China, mobile or landline."""

    widget = TelephoneInput

    def to_python(self, value):
        return re.sub(r"\s", "", unicodedata.normalize("NFKC", super().to_python(value)).replace("—", "-"))

    def validate(self, value):
        super().validate(value)
        if value and not TELEPHONE.fullmatch(value):
            raise ValidationError(
                _("Enter a mobile number, or a landline with its area code such as 028-86000000."), code="telephone"
            )


def _to_be_chosen(choices):
    return [("", _("Please choose")), *choices]


class RegisterUnitForm(forms.Form):
    """填写单位信息, first part: who the unit is and whom to ask (guide 一.(二))."""

    name = LineField(
        label=_("Unit name"),
        min_length=2,
        max_length=100,
        help_text=_("As on the business licence"),
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
        error_messages={
            "required": _("Enter the name of the unit."),
            "min_length": _("Enter the full name of the unit."),
        },
    )
    uscc = CreditCodeField(
        label=_("Credit code"),
        max_length=60,
        help_text=_("18 characters, printed on the business licence"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
        error_messages={"required": _("Enter the credit code.")},
    )
    unit_type = forms.ChoiceField(
        label=_("Unit type"),
        choices=_to_be_chosen(UnitType.choices),
        error_messages={"required": _("Choose the type of the unit.")},
    )
    province = forms.ChoiceField(
        label=_("Place"),
        choices=_to_be_chosen(Province.choices),
        help_text=_("Where the unit is registered"),
        error_messages={"required": _("Choose the province.")},
    )
    legal_representative = LineField(
        label=_("Legal representative"),
        max_length=50,
        error_messages={"required": _("Enter the legal representative.")},
    )
    contact_name = LineField(
        label=_("Contact person"),
        max_length=50,
        help_text=_("Whom the association calls about this unit"),
        error_messages={"required": _("Enter the contact person.")},
    )
    contact_phone = TelephoneField(
        label=_("Contact phone"), max_length=30, error_messages={"required": _("Enter the contact phone.")}
    )


class InviteForm(forms.Form):
    """邀请同事: the mobile number with which the colleague logs in or will sign up."""

    phone = MobileField(
        label=_("Mobile number of the colleague"), error_messages={"required": _("Enter the mobile number.")}
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["phone"].widget.attrs["autocomplete"] = "off"


class RebindPhoneForm(forms.Form):
    """换绑手机号: the new number twice, why, and the letter with the stamp of the unit."""

    phone = MobileField(label=_("New mobile number"))
    again = MobileField(label=_("New mobile number again"))
    reason = LineField(label=_("Reason"), max_length=200)
    letter = forms.FileField(
        label=_("Stamped letter"),
        help_text=_(
            "PDF, JPG or PNG: the request of the unit with its stamp, the name of the person and both numbers."
        ),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )

    def clean_phone(self):
        phone = self.cleaned_data["phone"]
        if User.objects.filter(phone=phone, phone_verified=True).exists():
            raise ValidationError(_("This mobile number already has an account."), code="phone_taken")
        return phone

    def clean_letter(self):
        letter = self.cleaned_data["letter"]
        uploads.inspect(letter, uploads.SCANS)
        return letter

    def clean(self):
        cleaned = super().clean()
        if {"phone", "again"} <= cleaned.keys() and cleaned["phone"] != cleaned["again"]:
            self.add_error("again", _("The two numbers are not the same."))
        return cleaned
