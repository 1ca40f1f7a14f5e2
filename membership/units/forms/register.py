"""填写单位信息, first part: who the unit is and whom to ask."""

from django import forms
from django.utils.translation import gettext_lazy as _

from membership.fields import LineField
from membership.units.forms.fields import IdentityFields, TelephoneField, to_be_chosen
from membership.units.regions import Province
from membership.units.states import UnitType


class RegisterUnitForm(IdentityFields):
    """填写单位信息, first part: who the unit is and whom to ask (guide 一.(二))."""

    field_order = ["name", "uscc", "unit_type", "province", "legal_representative", "contact_name", "contact_phone"]

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
    contact_name = LineField(
        label=_("Contact person"),
        max_length=50,
        help_text=_("Whom the association calls about this unit"),
        error_messages={"required": _("Enter the contact person.")},
    )
    contact_phone = TelephoneField(
        label=_("Contact phone"), max_length=30, error_messages={"required": _("Enter the contact phone.")}
    )
