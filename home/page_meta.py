"""What programs find in the head of an open page, as a value: who it is, what it is about, what follows from it."""

from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from django.urls import reverse
from wagtail.models import Site

from cms.context_processors import FooterLines, footer_lines
from cms.models import ActivityPage
from cms.values import Activity
from home import structured
from home.menu import pages_of_request
from home.trail import Step, feed_path, steps_to


class Link(NamedTuple):
    """What can be followed from the page: a feed, a calendar file."""

    title: str
    media_type: str
    url: str


class Meta(NamedTuple):
    """`url` is the one address under which search engines shall know the page; empty outside of every site, and for a
    preview of a page that has no address yet. `search_url` is that of the search, on the home page alone."""

    url: str
    title: str  # the editors' words for search engines, else that of the page
    headline: str
    description: str
    is_article: bool
    published_at: datetime | None
    modified_at: datetime | None
    activity: Activity | None
    association: FooterLines
    steps: tuple[Step, ...]
    search_url: str
    followed: tuple[Link, ...]

    @property
    def data_block(self):
        """schema.org data about the page."""
        return structured.data_block(self) if self.url else ""


def meta_of(page, request, *, description, is_article, query):
    """`query` is the part of the query string that makes another page of it: a further page of a list."""
    url, site = page.get_full_url(request) or "", Site.find_for_request(request)
    is_home = site is not None and page.pk == site.root_page.pk
    return Meta(
        f"{url}?{query}" if url and query else url,
        page.seo_title or page.title,
        page.title,
        description,
        is_article,
        page.first_published_at,
        page.last_published_at,
        Activity.of(page) if isinstance(page, ActivityPage) else None,
        footer_lines(),
        () if is_home else steps_to(request, page),
        request.build_absolute_uri(reverse("home:search")) if is_home else "",
        tuple(_followed(page, request, site, is_home)),
    )


def _followed(page, request, site, is_home):
    """Its own feeds, or those of the index that it stands in; on the home page all of them. Of an activity also its
    calendar file."""
    if site is None or page.pk is None:
        return
    root = site.root_page
    if is_home:
        below = [each for each in pages_of_request(request).values() if each.depth == root.depth + 1]
        indexes = [(each.title, feed_path(each, root)) for each in below]
    else:
        above = ((step.title, step.feed) for step in reversed(steps_to(request, page)))
        indexes = [each for each in ((page.title, feed_path(page, root)), *above) if each[1]][:1]
    for title, where in indexes:
        if where:
            yield from _feeds(title, where)
    if isinstance(page, ActivityPage):
        yield Link(page.title, "text/calendar", reverse("home:activity-calendar", args=[page.pk]))


@lru_cache
def _feeds(title, where):
    return (
        Link(f"{title} (RSS)", "application/rss+xml", reverse("home:feed-rss", args=[where])),
        Link(f"{title} (Atom)", "application/atom+xml", reverse("home:feed-atom", args=[where])),
    )
