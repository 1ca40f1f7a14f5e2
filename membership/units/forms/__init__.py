"""Forms of units, by noun: the first facts, the profile with its certificates, contact, persons."""

from membership.units.forms.fields import CreditCodeField, TelephoneField
from membership.units.forms.people import InviteForm, RebindPhoneForm
from membership.units.forms.profile import ContactForm, UnitProfileForm
from membership.units.forms.register import RegisterUnitForm

__all__ = [
    "ContactForm",
    "CreditCodeField",
    "InviteForm",
    "RebindPhoneForm",
    "RegisterUnitForm",
    "TelephoneField",
    "UnitProfileForm",
]
