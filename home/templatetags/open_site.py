"""Template tags of the open site: lists of open notices, and the facts around one page."""

from django import template

from cms.models import ActivityPage
from home import listing
from home.summaries import summary
from home.trail import ancestors
from membership.tracking.states import ReceiptKind

register = template.Library()


@register.simple_tag(takes_context=True)
def open_listing(context, index):
    """One page of the open notices below `index`, as the reader's query string asks; read once for head and list."""
    request = context["request"]
    if not hasattr(request, "_open_listing"):
        request._open_listing = listing.read_listing(index, request.GET)
    return request._open_listing


@register.simple_tag
def newest_by_category():
    """[(category, its newest open notices, their index)] for the home page."""
    return listing.newest_by_category()


@register.simple_tag
def neighbours(notice):
    """The open notices published just after and just before this one."""
    newer, older = listing.neighbours(notice)
    return {"newer": newer, "older": older}


@register.simple_tag
def event_of(page):
    """The page itself if it has dates and a venue, else None."""
    return page if isinstance(page, ActivityPage) else None


@register.simple_tag
def files_of(notice):
    """The attachments of a notice, each with its file loaded."""
    return notice.attachments.select_related("attachment")


@register.simple_tag(takes_context=True)
def ancestors_of(context, page):
    """The pages above this one, from the home page down; the home page is known already."""
    return ancestors(context["request"], page)


@register.simple_tag(takes_context=True)
def full_url_of(context, page, query=""):
    """The one address under which search engines shall know the page; empty outside of every site."""
    url = page.get_full_url(context["request"]) or ""
    return f"{url}?{query}" if url and query else url


register.filter("summary", summary)


@register.filter
def receipt_mark(notice):
    """The kind of receipt that the notice asks for, as it stands before its title; empty without one."""
    return ReceiptKind(notice.receipt_kind).label if notice.asks_receipt else ""
