"""The menu of the open site, from the page tree: sections below the home page, and what editors show below them."""

from typing import NamedTuple

from wagtail.models import Page, Site

from home.listing import public
from home.shared_facts import kept


class Entry(NamedTuple):
    """A page in the menu: its address, the editors' sentence on it, and where the reader is."""

    title: str
    url: str
    note: str = ""
    is_here: bool = False  # the page itself
    is_inside: bool = False  # the page or one below it
    children: tuple = ()


def of_request(request):
    """The entries that everybody may see, each with its children; made once for a request."""
    if not hasattr(request, "_site_menu"):
        request._site_menu = _entries(request)
    return request._site_menu


def pages_of_request(request):
    """{path: page} of the pages in the menu, the home page among them: what stands above a page is mostly there."""
    if not hasattr(request, "_pages_by_path"):
        site = Site.find_for_request(request)
        pages = [site.root_page, *(page for page, _url in _pages(request, site))] if site else []
        request._pages_by_path = {page.path: page for page in pages}
    return request._pages_by_path


def around(request):
    """The entry of the menu that the reader is inside of, if there is more in it to go to; else None."""
    return next((entry for entry in of_request(request) if entry.is_inside and entry.children), None)


def _entries(request):
    site = Site.find_for_request(request)
    if site is None:
        return ()
    here, top, below = request.path, site.root_page.depth + 1, {}
    entries = []
    for page, url in _pages(request, site):
        entry = Entry(page.title, url, page.search_description, here == url, here.startswith(url))
        if page.depth == top:
            entries.append((page.path, entry))
        else:
            below.setdefault(page.path[: -Page.steplen], []).append(entry)
    return tuple(entry._replace(children=tuple(below.get(path, ()))) for path, entry in entries)


def _pages(request, site):
    """[(page, address)] of the menu in the order of the tree, asked once for a request."""
    if not hasattr(request, "_menu_pages"):
        request._menu_pages = kept(("menu", site.pk), lambda: _read(request, site.root_page))
    return request._menu_pages


def _read(request, root):
    pages = Page.objects.live().in_menu().descendant_of(root).filter(depth__lte=root.depth + 2)
    return [(page, page.get_url(request)) for page in public(pages).order_by("path")]
