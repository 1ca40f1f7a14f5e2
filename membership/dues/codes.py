"""Remittance codes: what a unit writes into the note of its transfer, safe to mistype.

`HF`, six characters without 0 O 1 I L and one check character: of 31 characters, a prime, so that every single wrong
character and every swap of two neighbours is noticed (weighted sum modulo 31).
"""

import re
import unicodedata
from itertools import count

from django.utils.crypto import get_random_string

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
PREFIX = "HF"
LENGTH = 6
PATTERN = re.compile(rf"(?={PREFIX}([{ALPHABET}]{{{LENGTH + 1}}}))")


def new_code():
    """A random code with its check character; that it is unique is for the database."""
    body = get_random_string(LENGTH, ALPHABET)
    return f"{PREFIX}{body}{check_character(body)}"


def check_character(body):
    total = sum(weight * ALPHABET.index(character) for weight, character in zip(count(2), body, strict=False))
    return ALPHABET[total % len(ALPHABET)]


def in_groups(code):
    """As it is printed: HF-7K3M9Q-T."""
    return f"{code[:2]}-{code[2:-1]}-{code[-1]}"


def codes_in(text):
    """Every code that stands in the text of a bank, without repeats, in order.

    Full width, lower case, blanks and punctuation do not matter; what fails its check character is no code.
    """
    plain = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text).upper())
    found = (match[1] for match in PATTERN.finditer(plain))
    return list(dict.fromkeys(f"{PREFIX}{c}" for c in found if check_character(c[:-1]) == c[-1]))
