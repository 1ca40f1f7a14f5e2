"""The questions that a branch asks beside the contact: Wagtail's form fields in, plain answers out."""

import re

from django import forms
from django.conf import settings
from django.utils import timezone, translation
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.contrib.forms.forms import FormBuilder

from membership.fields import LineField, TextField
from membership.units.forms.fields import DayField, MailField, WebsiteField, to_be_chosen

BETWEEN = "；"  # stands between the choices of one answer
LONGEST_TEXT = 1000
MOMENT = re.compile(r"(?P<day>\d{4}-\d\d-\d\d)[ T](?P<time>\d\d:\d\d)(?::[\d.]+)?(?:Z|[+-]\d\d:\d\d)?")


class MomentInput(forms.DateTimeInput):
    """Calendar and clock of the browser; where there are none, a line of text."""

    input_type = "datetime-local"

    def format_value(self, value):
        """A moment as browsers take it; what is none stays as it was typed."""
        found = MOMENT.fullmatch(str(value or ""))
        return "T".join(found.group("day", "time")) if found else value


class MomentField(LineField):
    """A day with a time; cleans to text such as 2026-11-25 09:30."""

    widget = MomentInput

    def __init__(self, **kwargs):
        super().__init__(max_length=40, **kwargs)

    def to_python(self, value):
        text = super().to_python(value)
        if not text:
            return ""
        try:
            found = parse_datetime(text.replace("/", "-"))
        except ValueError:
            found = None
        if found is None:
            raise forms.ValidationError(_("Enter a day with a time, such as 2026-11-25 09:30."), code="invalid")
        return f"{timezone.make_naive(found) if timezone.is_aware(found) else found:%Y-%m-%d %H:%M}"


class QuantityField(forms.DecimalField):
    """A number; separators of thousands, spaces and full-width digits are accepted."""

    widget = forms.TextInput(attrs={"inputmode": "decimal"})
    default_error_messages = {"invalid": _("Enter a number, such as 12 or 12.5.")}

    def __init__(self, **kwargs):
        super().__init__(max_digits=20, decimal_places=6, **kwargs)

    def to_python(self, value):
        return super().to_python(re.sub(r"[\s,，]", "", value) if isinstance(value, str) else value)


class QuestionBuilder(FormBuilder):
    """Wagtail's builder with fields that are kind to what people type and hold no more than we keep."""

    def get_field_options(self, field):
        words = {"required": _("Answer this question."), "invalid_choice": _("Choose one of the answers offered.")}
        return {**super().get_field_options(field), "error_messages": words}

    def get_formatted_field_choices(self, field):
        return [(choice, choice) for choice, _label in super().get_formatted_field_choices(field) if choice]

    def create_singleline_field(self, field, options):
        return LineField(max_length=255, **options)

    def create_multiline_field(self, field, options):
        return TextField(max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 4}), **options)

    def create_date_field(self, field, options):
        return DayField(**options)

    def create_datetime_field(self, field, options):
        return MomentField(**options)

    def create_email_field(self, field, options):
        return MailField(**options)

    def create_url_field(self, field, options):
        return WebsiteField(**options)

    def create_number_field(self, field, options):
        return QuantityField(**options)

    def create_dropdown_field(self, field, options):
        choices = to_be_chosen(self.get_formatted_field_choices(field))
        return forms.ChoiceField(**options | {"choices": choices})

    def create_checkbox_field(self, field, options):
        options["error_messages"] = {"required": _("Tick this box to go on.")}
        return forms.BooleanField(**options)

    def create_multiselect_field(self, field, options):
        """As boxes to tick: a list in which one holds a key down is beyond most people, and telephones."""
        return self.create_checkboxes_field(field, options)

    def create_hidden_field(self, field, options):
        """What nobody sees nobody answers: the value that the branch has set stands."""
        options |= {"required": False, "disabled": True, "widget": forms.HiddenInput}
        return forms.CharField(**options)


def question_field(question, before=None):
    """The form field of one question, showing the answer given `before` (as it was kept) or the branch's default."""
    (field,) = QuestionBuilder([question]).formfields.values()
    if before is not None and not field.disabled:
        field.initial = _as_initial(field, before)
    return field


def answer_words(field, value):
    """What was answered as text, in the language of the association: this is what is kept and what reviewers read."""
    if isinstance(field, forms.BooleanField):
        return _yes() if value else _no()
    if isinstance(value, list):
        return BETWEEN.join(value)
    return "" if value is None else f"{value:f}" if isinstance(field, QuantityField) else str(value)


def _as_initial(field, words):
    if isinstance(field, forms.BooleanField):
        return words == _yes()
    return words.split(BETWEEN) if isinstance(field, forms.MultipleChoiceField) else words


def _yes():
    with translation.override(settings.LANGUAGE_CODE):
        return gettext("Yes")


def _no():
    with translation.override(settings.LANGUAGE_CODE):
        return gettext("No")
