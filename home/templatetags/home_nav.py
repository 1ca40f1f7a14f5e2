"""The navigation of the open site: the menu, and the part of it that a reader is inside of."""

from django import template

from home import menu

register = template.Library()


@register.simple_tag(takes_context=True)
def site_nav(context):
    """The entries of the menu (`home.menu.Entry`) with their children."""
    return menu.of_request(context["request"])


@register.simple_tag(takes_context=True)
def side_nav(context):
    """The entry that the reader is inside of, if it has children; else None."""
    return menu.around(context["request"])
