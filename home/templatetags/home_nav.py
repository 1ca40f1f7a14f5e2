"""The navigation bar of the open site."""

from django import template
from wagtail.models import Site

from home import listing

register = template.Library()


@register.simple_tag(takes_context=True)
def site_nav(context):
    """Sections that editors show in menus: title, address, their sentence, and whether the reader is inside."""
    request = context["request"]
    site = Site.find_for_request(request)
    if site is None:
        return []
    pages = listing.public(site.root_page.get_children().live().in_menu())
    sections = [(page.title, page.get_url(request), page.search_description) for page in pages]
    return [
        {"title": title, "url": url, "note": note, "active": request.path.startswith(url)}
        for title, url, note in sections
    ]
