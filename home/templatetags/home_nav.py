"""The navigation of the open site: the menu, and the part of it that a reader is inside of."""

from typing import NamedTuple

from django import template
from django.urls import reverse

from home import menu

register = template.Library()


class Nav(NamedTuple):
    """What the navigation shows; the same for all readers of a page."""

    sections: tuple
    is_home: bool
    is_search: bool


@register.simple_tag(takes_context=True)
def site_nav(context):
    """The entries of the menu (`home.menu.Entry`) with their children, and whether the reader is at one of its ends."""
    request = context["request"]
    return Nav(menu.of_request(request), request.path == "/", request.path == reverse("home:search"))


@register.simple_tag(takes_context=True)
def side_nav(context):
    """The entry that the reader is inside of, if it has children; else None."""
    return menu.around(context["request"])
