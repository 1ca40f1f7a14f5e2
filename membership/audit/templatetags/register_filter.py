"""The fields by which a list of the office is narrowed: drawn once per process while they offer and hold the same."""

from functools import lru_cache

from django import template
from django.forms import ModelChoiceField
from django.template.loader import get_template
from django.utils.translation import get_language

register = template.Library()
KEPT = 300  # fields


@register.simple_tag
def filter_field(field):
    """Wagtail's `formattedfield`: drawing seven of them takes longer than the rows of the list."""
    return _draw(get_language(), Seen(field))


class Seen:
    """A bound field by all that is seen of it: one that looks the same is the same.

    Choices that a form's class names itself stay as they are; those that are set later, or come from the database, are
    looked at.
    """

    def __init__(self, field):
        widget, errors = field.field.widget, tuple(field.errors)
        own = type(field.form).base_fields[field.name]
        is_fixed = not isinstance(own, ModelChoiceField) and getattr(own, "choices", None)
        choices = () if is_fixed else tuple(_plain(choice) for choice in getattr(widget, "choices", ()))
        attributes = tuple((name, str(value)) for name, value in widget.attrs.items())
        value = tuple(field.value()) if isinstance(field.value(), list) else field.value()
        words = str(field.label), str(field.help_text), errors
        self.facts = (type(field.form), field.auto_id, field.html_name, value, choices, attributes, *words)
        self.field = field

    def __eq__(self, other):
        return self.facts == other.facts

    def __hash__(self):
        return hash(self.facts)


def _plain(choice):
    """(value, label) or (group, choices of the group) with words as they are now."""
    value, label = choice
    return str(value), tuple(_plain(each) for each in label) if isinstance(label, list | tuple) else str(label)


@lru_cache(maxsize=KEPT)
def _draw(language, seen):
    html = get_template("audit/filter_field.html").render({"field": seen.field})
    seen.field = None  # what is kept holds no form, and so no person
    return html
