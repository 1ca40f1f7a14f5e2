"""填写单位信息, first part: who the unit is and whom to ask."""

from django import forms
from django.utils.translation import gettext_lazy as _

from membership.fields import LineField
from membership.units.forms.fields import CreditCodeField, TelephoneField, to_be_chosen
from membership.units.regions import Province
from membership.units.states import UnitType


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
        choices=to_be_chosen(UnitType.choices),
        error_messages={"required": _("Choose the type of the unit.")},
    )
    province = forms.ChoiceField(
        label=_("Place"),
        choices=to_be_chosen(Province.choices),
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
