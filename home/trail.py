"""The way to a page: the pages above it."""

from wagtail.models import Site


def ancestors(request, page):
    """The pages above this one, from the home page down; looked up once for head and body of the page."""
    site = Site.find_for_request(request)
    if site is None:
        return []
    known = request.__dict__.setdefault("_ancestors", {})
    if page.path not in known:
        root = site.root_page
        is_deep = page.depth and page.depth > root.depth + 1
        known[page.path] = [root, *(page.get_ancestors().filter(depth__gt=root.depth) if is_deep else [])]
    return known[page.path]
