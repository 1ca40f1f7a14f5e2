"""统一社会信用代码 after GB 32100-2015: 18 characters, the last one a check character."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS = [pow(3, i, 31) for i in range(17)]
DIGITS = "0123456789"
# Who registers: organs of the state, of the army (A), of agriculture (N) and others (Y).
AUTHORITIES = "123456789ANY"
REGION = range(3, 9)
NO_MEANING = re.compile(r"[\s\-\u200b\u2060\ufeff\u00ad]")


def normalise(text):
    """Upper case, half width, no spaces, dashes or marks that nobody can see."""
    return NO_MEANING.sub("", unicodedata.normalize("NFKC", text).upper())


def check_character(first17):
    """The 18th character of a code that starts with these 17 characters of the alphabet."""
    total = sum(ALPHABET.index(c) * weight for c, weight in zip(first17, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def validate_uscc(code):
    """Say which character of a normalised credit code is wrong; raises ValidationError."""
    if len(code) != 18:
        raise ValidationError(
            _("The credit code has 18 characters, you entered %(count)s."), code="length", params={"count": len(code)}
        )
    for position, character in enumerate(code, start=1):
        if character not in _allowed_at(position):
            raise ValidationError(
                _("Character %(position)s of the credit code cannot be “%(character)s”."),
                code="character",
                params={"position": position, "character": character},
            )
    if check_character(code[:17]) != code[17]:
        raise ValidationError(
            _("The credit code does not match its last character, the check character. Compare it with the licence."),
            code="check",
        )


def _allowed_at(position):
    """The characters that may stand there: who registered, what kind, where (GB/T 2260), organisation code, check."""
    if position == 1:
        return AUTHORITIES
    return DIGITS if position in REGION else ALPHABET
