"""What visitors of the open site may send."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from membership.units.certificates import tidy_code
from membership.units.models import Unit

CODE_LENGTH = Unit._meta.get_field("certificate_code").max_length


class CertificateCodeForm(forms.Form):
    """The code on a member certificate, as it is typed from paper: with spaces, in small or full-width letters."""

    code = forms.CharField(
        label=_("Check code"),
        max_length=60,
        error_messages={"required": _("Enter the check code printed on the certificate.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )

    def clean_code(self):
        code = tidy_code(self.cleaned_data["code"])
        if len(code) != CODE_LENGTH:
            words = _("The check code has %(length)s letters and digits, you entered %(count)s.")
            raise ValidationError(words, params={"length": CODE_LENGTH, "count": len(code)}, code="length")
        return code
