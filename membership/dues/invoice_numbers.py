"""Numbers of invoices as people type or paste them."""

import re
import unicodedata

from django.utils.translation import gettext as _

from membership.dues.states import NUMBERED_BY_TAX_OFFICE

TAX_OFFICE = re.compile(r"[0-9]{20}")
ANY = re.compile(r"[0-9A-Z][0-9A-Z-]{7,29}")


def clean_number(text):
    """Half width, upper case, without blanks."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).upper()


def number_problem(kind, number):
    """What is wrong with a cleaned number of this kind of invoice, in a sentence; empty if nothing is."""
    if kind in NUMBERED_BY_TAX_OFFICE:
        if not TAX_OFFICE.fullmatch(number):
            return _("An electronic invoice has a number of 20 digits.")
    elif not ANY.fullmatch(number):
        return _("The number has 8 to 30 digits, letters or hyphens.")
    return ""
