"""Forms about the persons of a unit: the number of a colleague, a lost number bound anew."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from membership.accounts.forms import MobileField
from membership.accounts.models import User
from membership.fields import LineField
from membership.units import uploads


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
