"""Mobile numbers of mainland China: the only numbers that can be accounts."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

MOBILE = re.compile(r"\+86(1[3-9][0-9]{9})")


def validate_mobile(phone):
    """Refuse landlines, 400 numbers and numbers from outside the mainland (phonenumbers calls them valid)."""
    if not MOBILE.fullmatch(str(phone)):
        raise ValidationError(_("Enter a mainland mobile number of 11 digits."), code="not_mobile")


def national(phone):
    """The 11 digits as a person types them, or an empty string."""
    match = MOBILE.fullmatch(str(phone))
    return match[1] if match else ""


def mask(phone):
    """The number as it may be shown to others: 138****8111."""
    digits = national(phone)
    return f"{digits[:3]}****{digits[-4:]}" if digits else ""
