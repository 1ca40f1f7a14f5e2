"""Form fields for what people type or paste: one line or several, free of characters that nobody can see."""

import re
import unicodedata

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# Left behind by copying from office programs and web pages; they carry no meaning.
WITHOUT_WIDTH = dict.fromkeys([0x200B, 0x2060, 0xFEFF, 0x00AD])
# Would let a text show in another order than it is stored.
TURNS_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def readable(text):
    """The text without marks of no width; raises ValidationError for control characters."""
    text = text.translate(WITHOUT_WIDTH)
    for character in text:
        if character in "\t\n\r":
            continue
        if character in TURNS_DIRECTION or unicodedata.category(character) in {"Cc", "Cs"}:
            raise ValidationError(
                _("This contains characters that cannot be read. Delete them and type the text again."),
                code="unreadable",
            )
    return text


class LineField(forms.CharField):
    """One line: white space inside it becomes one space."""

    def to_python(self, value):
        return re.sub(r"\s+", " ", readable(super().to_python(value))).strip()


class TextField(forms.CharField):
    """Several lines; a line end counts as one character, as in the browser."""

    widget = forms.Textarea

    def to_python(self, value):
        text = readable(super().to_python(value))
        return re.sub(r"\r\n?", "\n", text).strip()
