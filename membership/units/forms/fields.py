"""Form fields of a unit's facts, kind to what people type and paste, and strict about what they mean."""

import re
import unicodedata
from datetime import date
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from membership.accounts.forms import TelephoneInput
from membership.fields import LineField
from membership.units.uscc import normalise, validate_uscc

# A mobile number, a landline with its area code and perhaps an extension, or a service number.
TELEPHONE = re.compile(r"1[3-9]\d{9}|0\d{2,3}-?\d{3,4}-?\d{4}(-\d{1,6})?|[48]00-?\d{3}-?\d{4}")


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
        text = unicodedata.normalize("NFKC", super().to_python(value))
        return re.sub(r"^\((0\d{2,3})\)", r"\1-", re.sub(r"[\u2010-\u2015]", "-", re.sub(r"\s", "", text)))

    def validate(self, value):
        super().validate(value)
        if value and not TELEPHONE.fullmatch(value):
            raise ValidationError(
                _("Enter a mobile number, or a landline with its area code such as 028-86000000."), code="telephone"
            )


def to_be_chosen(choices):
    """The choices below a line that asks to choose."""
    return [("", _("Please choose")), *choices]


class UnitNameField(LineField):
    """The name of a unit; marks and digits alone are none."""

    def validate(self, value):
        super().validate(value)
        if value and not any(character.isalpha() for character in value):
            raise ValidationError(_("Enter the full name of the unit."), code="no_name")


class DigitsField(LineField):
    """So many digits; full-width ones and spaces between them are accepted."""

    def __init__(self, *, shortest, longest, words, **kwargs):
        self.shape, self.words = re.compile(rf"[0-9]{{{shortest},{longest}}}"), words
        super().__init__(max_length=60, **kwargs)
        self.widget.attrs.update({"inputmode": "numeric", "autocomplete": "off"})

    def to_python(self, value):
        return re.sub(r"\s", "", unicodedata.normalize("NFKC", super().to_python(value)))

    def validate(self, value):
        super().validate(value)
        if value and not self.shape.fullmatch(value):
            raise ValidationError(self.words, code="digits")


class MailField(LineField):
    """An e-mail address."""

    default_validators = forms.EmailField.default_validators
    widget = forms.EmailInput

    def __init__(self, **kwargs):
        super().__init__(max_length=254, **kwargs)

    def run_validators(self, value):
        try:
            super().run_validators(value)
        except ValidationError as refused:
            words = _("Enter a complete e-mail address, such as name@example.com.")
            raise ValidationError(words, code="invalid") from refused


class WebsiteField(LineField):
    """The address of a website; https is added when it is left out."""

    def __init__(self, **kwargs):
        super().__init__(max_length=200, **kwargs)
        self.widget.attrs.update({"inputmode": "url", "autocomplete": "url"})

    def to_python(self, value):
        text = super().to_python(value)
        return f"https://{text}" if text and "://" not in text else text

    def run_validators(self, value):
        try:
            super().run_validators(value)
            if value:
                forms.URLField(assume_scheme="https").clean(value)
        except ValidationError as refused:
            raise ValidationError(_("Enter a complete web address, such as www.example.com."), code="url") from refused


class NumberField(LineField):
    """A number of at least 0 and at most `largest`; thousands separators, spaces and full-width digits are accepted."""

    def __init__(self, *, largest, places, words, **kwargs):
        self.largest, self.words = largest, words
        self.shape = re.compile(rf"[0-9]{{1,15}}(\.[0-9]{{1,{places}}})?" if places else "[0-9]{1,15}")
        super().__init__(max_length=60, **kwargs)
        self.widget.attrs.update({"inputmode": "decimal" if places else "numeric", "autocomplete": "off"})

    def to_python(self, value):
        return re.sub(r"[\s,，]", "", unicodedata.normalize("NFKC", super().to_python(value)))

    def validate(self, value):
        super().validate(value)
        if value and not (self.shape.fullmatch(value) and float(value) <= self.largest):
            raise ValidationError(self.words, code="number")


class DayInput(forms.DateInput):
    """The calendar of the browser; where there is none, a line of text."""

    input_type = "date"

    def format_value(self, value):
        return str(value) if value else ""


class DayField(LineField):
    """A day as 2023-12-31, 2023/12/31, 2023.12.31, 20231231 or 2023年12月31日; cleans to a date or None."""

    widget = DayInput
    SHAPE = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?|([0-9]{4})([0-9]{2})([0-9]{2})")
    EARLIEST = date(1900, 1, 1)

    def __init__(self, **kwargs):
        super().__init__(max_length=60, **kwargs)

    def to_python(self, value):
        text = re.sub(r"\s", "", unicodedata.normalize("NFKC", super().to_python(value)))
        if not text:
            return None
        found = self.SHAPE.fullmatch(text)
        try:
            day = date(*(int(part) for part in found.groups() if part)) if found else None
        except ValueError:
            day = None
        if day is None or day < self.EARLIEST:
            raise ValidationError(_("Enter a day that exists, such as 2023-12-31."), code="invalid")
        return day

    def run_validators(self, value):
        """The text has been judged; a date has no characters to count."""


class PaperInput(forms.TextInput):
    """The id of a stored file; the page draws what stands for it."""


class PaperField(forms.Field):
    """The file that was stored for one kind of paper, named by its id; cleans to the document or None.

    `found` is {id: document} of the files that the unit has: the form sets it.
    """

    widget = PaperInput

    def __init__(self, kind, **kwargs):
        self.kind, self.found = kind, {}
        super().__init__(required=False, **kwargs)

    def clean(self, value):
        if not value:
            return None
        document = self.found.get(str(value))
        if document is None or document.kind != self.kind:
            raise ValidationError(_("A file is no longer there. Upload it again."), code="gone")
        return document


class IdentityFields(forms.Form):
    """Who the unit is: asked at the first meeting, and again in the whole profile."""

    name = UnitNameField(
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
    legal_representative = LineField(
        label=_("Legal representative"),
        max_length=50,
        error_messages={"required": _("Enter the legal representative.")},
    )


def as_id(text):
    """The text as a UUID, or None when it is none."""
    try:
        return UUID(str(text))
    except ValueError:
        return None
