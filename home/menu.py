"""The menu of the open site, from the page tree: sections below the home page, and what editors show below them."""

from dataclasses import dataclass, field

from wagtail.models import Page, Site

from home.listing import public


@dataclass
class Entry:
    """A page in the menu: its address, the editors' sentence on it, and where the reader is."""

    title: str
    url: str
    note: str = ""
    is_here: bool = False  # the page itself
    is_inside: bool = False  # the page or one below it
    children: list = field(default_factory=list)


def of_request(request):
    """The entries that everybody may see, each with its children; read once for a request."""
    if not hasattr(request, "_site_menu"):
        request._site_menu = _read(request)
    return request._site_menu


def pages_of_request(request):
    """{path: page} of the pages in the menu, the home page among them: what stands above a page is mostly there."""
    of_request(request)
    return request.__dict__.get("_menu_pages", {})


def around(request):
    """The entry of the menu that the reader is inside of, if there is more in it to go to; else None."""
    return next((entry for entry in of_request(request) if entry.is_inside and entry.children), None)


def _read(request):
    site = Site.find_for_request(request)
    if site is None:
        return []
    root = site.root_page
    pages = Page.objects.live().in_menu().descendant_of(root).filter(depth__lte=root.depth + 2)
    entries, menu = {}, []
    request._menu_pages = {root.path: root}
    for page in public(pages).order_by("path"):
        request._menu_pages[page.path] = page
        url = page.get_url(request)
        entry = Entry(page.title, url, page.search_description, request.path == url, request.path.startswith(url))
        entries[page.path] = entry
        if page.depth == root.depth + 1:
            menu.append(entry)
        elif page.path[: -Page.steplen] in entries:  # below one that is shown
            entries[page.path[: -Page.steplen]].children.append(entry)
    return menu
