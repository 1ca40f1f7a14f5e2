"""What the staff types on the board of a notice: a filter, a new deadline, why a receipt goes back."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from membership.fields import LineField
from membership.units.models import Body, Level

MOMENT = "%Y-%m-%dT%H:%M"  # as browsers type it


class BoardFilterForm(forms.Form):
    """Which units of a notice are meant: by name, by body, by level. What it does not know reaches nobody."""

    q = LineField(label=_("Unit name"), required=False, max_length=100)
    body = forms.ModelChoiceField(Body.objects.all(), label=_("Association body"), required=False)
    level = forms.ModelChoiceField(Level.objects.all(), label=_("Level"), required=False)

    def __init__(self, data):
        super().__init__({name: data.get(name, "") for name in self.base_fields})
        self.fields["body"].empty_label = _("All bodies")
        self.fields["level"].empty_label = _("All levels")
        self.fields["q"].widget.attrs["placeholder"] = _("Unit name")
        for field in self.fields.values():  # they stand in one line, without visible labels
            field.widget.attrs["aria-label"] = field.label

    @property
    def typed(self):
        """[(name, value)] of what was filled in, to carry it along."""
        return [(name, value) for name, value in self.data.items() if value.strip()]

    def narrow(self, deliveries):
        """The deliveries that the filter leaves."""
        if not self.typed:
            return deliveries
        if not self.is_valid():
            return deliveries.none()
        wanted = self.cleaned_data
        return deliveries.of_units(body=wanted["body"], level=wanted["level"], text=wanted["q"])


class ExtendDeadlineForm(forms.Form):
    """Until when receipts are taken now."""

    until = forms.DateTimeField(
        label=_("New deadline"),
        widget=forms.DateTimeInput(format=MOMENT, attrs={"type": "datetime-local"}),
        error_messages={
            "required": _("Enter the new deadline."),
            "invalid": _("Enter a date and a time, such as 2026-12-01 18:00."),
        },
    )

    def clean_until(self):
        until = self.cleaned_data["until"]
        if until <= timezone.now():
            raise forms.ValidationError(_("The new deadline lies in the past. Choose a later one."))
        return until


class SendBackForm(forms.Form):
    """What the unit is to correct."""

    reason = LineField(
        label=_("What is to be corrected"),
        max_length=200,
        help_text=_("The unit reads it, and the beginning of it in a text message."),
        error_messages={"required": _("Say what is to be corrected: the unit reads it.")},
    )


class RecallForm(forms.Form):
    """Why a notice is taken back."""

    reason = LineField(
        label=_("Why it is recalled"),
        max_length=200,
        help_text=_("The units read it in place of the notice."),
        error_messages={"required": _("Say why the notice is recalled: the units read it.")},
    )
