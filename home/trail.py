"""The way to a page: the pages above it."""

from typing import NamedTuple

from wagtail.models import Page, Site

from home.menu import pages_of_request
from home.shared_facts import kept


class Step(NamedTuple):
    """A page on the way: `url` as on this site, `full_url` as search engines know it, `feed` if it has one."""

    title: str
    url: str
    full_url: str
    feed: str


class Crumbs(NamedTuple):
    """The way to a page, and what stands at its end."""

    steps: tuple[Step, ...]
    here: str


def steps_to(request, page):
    """The pages above this one, from the home page down; of a page that stands below none of them, the home page."""
    site, above = Site.find_for_request(request), page.path[: -Page.steplen]
    if site is None:
        return ()
    known = vars(request).setdefault("_steps_to", {})  # found once for a request, also where nothing is kept
    if above not in known:
        known[above] = kept(("trail", site.pk, above), lambda: _read(request, site.root_page, above))
    return known[above]


def _read(request, root, above):
    paths = [above[:length] for length in range(len(root.path), len(above) + 1, Page.steplen)]
    known = pages_of_request(request)  # most stand in the menu
    missing = [path for path in paths if path not in known]
    if missing:
        known |= {page.path: page for page in Page.objects.filter(path__in=missing)}
    found = [known[path] for path in paths if path in known] or [root]
    return tuple(_step(request, page, root) for page in found)


def _step(request, page, root):
    return Step(page.title, page.get_url(request) or "", page.get_full_url(request) or "", feed_path(page, root))


def has_feed(page_type):
    """Whether pages of this type are indexes: others may stand below them."""
    return page_type is not None and bool(page_type.allowed_subpage_models())


def feed_path(page, root):
    """Where an index stands below the home page: its part of the addresses of its feeds; empty where it has none."""
    return page.url_path.removeprefix(root.url_path).strip("/") if has_feed(page.specific_class) else ""
