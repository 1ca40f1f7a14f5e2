"""Template tags of the open site: lists of open notices, and the facts around one page."""

from django import template

from home import listing
from home.notice_parts import parts_of as notice_parts_of
from home.summaries import summary
from home.trail import Crumbs, steps_to
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


@register.simple_tag(takes_context=True)
def notice_parts(context, notice):
    """What the page of a notice shows, in parts (`home.notice_parts`)."""
    return notice_parts_of(notice, context["request"])


@register.simple_tag(takes_context=True)
def crumbs(context, page, here):
    """The way to a page (`home.trail`) and what stands at its end."""
    return Crumbs(steps_to(context["request"], page), here)


register.filter("summary", summary)


@register.filter
def receipt_mark(notice):
    """The kind of receipt that the notice asks for, as it stands before its title; empty without one."""
    return ReceiptKind(notice.receipt_kind).label if notice.asks_receipt else ""
