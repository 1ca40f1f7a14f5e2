"""Template tags of the head of an open page: what programs find in it, and what they can follow from it."""

from django import template
from django.urls import reverse
from wagtail.models import Site

from cms.models import ActivityPage, AssociationSettings
from home import structured
from home.feeds import feed_path, has_feed
from home.menu import pages_of_request
from home.trail import ancestors

register = template.Library()


@register.simple_tag(takes_context=True)
def structured_data(context, page, url, description, type_):
    """schema.org data about the page; none for a preview of a page that has no address yet."""
    if not url:
        return ""
    request, association = context["request"], AssociationSettings.current()
    above = ancestors(request, page)
    if above and page.pk == above[0].pk:
        search_url = request.build_absolute_uri(reverse("home:search"))
        found = [structured.organization(association, url), structured.website(association, url, search_url)]
    else:
        facts = {"url": url, "description": description, "is_article": type_ == "article", "association": association}
        found = [structured.page_itself(page, **facts), structured.breadcrumbs(above, page, request)]
    return structured.as_data_block({"@context": structured.CONTEXT, "@graph": found})


@register.simple_tag(takes_context=True)
def followed_from(context, page):
    """What a reader of this page can follow, [(title, media type, address)]: its index, or the one that it stands in;
    on the home page all of them. Of an activity also its calendar file."""
    request = context["request"]
    site = Site.find_for_request(request)
    if site is None or page.pk is None:
        return []
    root = site.root_page
    if page.pk == root.pk:
        below = [each for each in pages_of_request(request).values() if each.depth == root.depth + 1]
        indexes = [each for each in below if _has_feed(each)]
    else:
        indexes = [each for each in (page, *reversed(ancestors(request, page)[1:])) if _has_feed(each)][:1]
    found = [link for index in indexes for link in _feeds(index, root)]
    if isinstance(page, ActivityPage):
        found.append((page.title, "text/calendar", reverse("home:activity-calendar", args=[page.pk])))
    return found


def _has_feed(page):
    return page.specific_class is not None and has_feed(page.specific_class)


def _feeds(index, root):
    where = feed_path(index, root)
    return [
        (f"{index.title} (RSS)", "application/rss+xml", reverse("home:feed-rss", args=[where])),
        (f"{index.title} (Atom)", "application/atom+xml", reverse("home:feed-atom", args=[where])),
    ]
