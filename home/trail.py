"""The way to a page: the pages above it."""

from wagtail.models import Page, Site

from home import menu


def ancestors(request, page):
    """The pages above this one, from the home page down; those in the menu are not looked up again."""
    site = Site.find_for_request(request)
    if site is None:
        return []
    root = site.root_page
    known = menu.pages_of_request(request)
    lengths = range(len(root.path), len(page.path), Page.steplen)
    paths = [page.path[:length] for length in lengths]
    missing = [path for path in paths if path not in known]
    if missing:
        known.update({above.path: above for above in Page.objects.filter(path__in=missing)})
    return [known[path] for path in paths if path in known] or [root]
