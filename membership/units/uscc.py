"""统一社会信用代码 after GB 32100-2015: 18 characters, the last one a check character."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = [pow(3, i, 31) for i in range(17)]


def normalise(text):
    """Upper case, half width, no spaces or dashes."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).upper() if c not in " -")


def check_character(first17):
    """The 18th character of a code that starts with these 17 characters of the alphabet."""
    total = sum(ALPHABET.index(c) * weight for c, weight in zip(first17, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def validate_uscc(code):
    """Say which character of a credit code is wrong; raises ValidationError."""
    if len(code) != 18:
        raise ValidationError(
            _("The credit code has 18 characters, you entered %(count)s."), params={"count": len(code)}
        )
    for position, character in enumerate(code, start=1):
        if character not in ALPHABET:
            raise ValidationError(
                _("Character %(position)s of the credit code, “%(character)s”, is not used in credit codes."),
                params={"position": position, "character": character},
            )
    if check_character(code[:17]) != code[17]:
        raise ValidationError(_("The credit code does not match its check character. Compare it with the licence."))
