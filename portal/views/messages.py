"""消息管理: the list of what the association has sent to the unit, and the page of one message."""

import unicodedata
from typing import NamedTuple

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from cms.models import NoticeCategory
from cms.values import files_of
from membership.tracking import actions
from membership.tracking.forms import ReceiptForm
from portal.mailbox import (
    FILTERS,
    Lines,
    LinesPaginator,
    agenda_of,
    categories_for,
    current_receipt,
    delivery_or_404,
    earlier_receipts,
    sent_to,
)
from portal.marks import Message, left_to_do, saved_words, step_numbers
from portal.message_parts import Asked, parts_of
from portal.narrowing import MarkAll, Tab, Tabs, Toolbar
from portal.shell import Shell
from portal.views.gates import for_certified_units


class Narrowing(NamedTuple):
    category: NoticeCategory | None
    state: str
    year: int | None
    words: str


PER_PAGE = 20
SEARCH_MAX = 50
PURPOSES = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")
AHEAD = ("prefetch", "preview", "prerender")


@require_safe
@for_certified_units
def index(request):
    """A page of messages under the tab of a category, narrowed by state, year, words; unknown ones narrow nothing."""
    shell, now = Shell.of(request), timezone.now()
    number = request.GET.get("page", "1")
    categories = categories_for(LinesPaginator.to_count(number), unit=shell.unit.pk)
    shell.unread = {each.pk: each.unread for each in categories}
    category = next((c for c in categories if c.slug == request.GET.get("category")), None)
    state = request.GET.get("state", "")
    state = state if state in FILTERS else ""
    years = range(timezone.localdate(now).year, timezone.localdate(shell.unit.created_at).year - 1, -1)
    year = next((y for y in years if str(y) == request.GET.get("year")), None)
    words = as_search(request.GET.get("q", ""))
    narrowing = Narrowing(category, state, year, words)
    page = _paginator(request, narrowing, categories, now).get_page(number)
    to_read = [each for each in ([category] if category else categories) if not each.for_receipts]
    context = {
        "mark_all": any(shell.unread.get(each.pk) for each in to_read) and MarkAll(category.slug if category else ""),
        "category": category,
        "tabs": _tabs(request, categories, category, shell),
        "toolbar": _toolbar(request, narrowing, years),
        "is_filtered": bool(state or year or words),
        "page": page,
        "rows": [Message(delivery, now) for delivery in page.object_list],
    }
    return render(request, "portal/messages/list.html", context)


def _paginator(request, narrowing, categories, now):
    """The messages that are asked for. The list as it is, at which everybody looks, needs no query put together."""
    category, state, year, words = narrowing
    if not (category or state or year or words or request.user.is_staff):
        lines = Lines(PER_PAGE, unit=Shell.of(request).unit.pk, user=request.user.pk)
        return LinesPaginator(lines, PER_PAGE, categories[0].sent if categories else 0, request.GET.get("page", "1"))
    sent = sent_to(request).standing().matching(words)
    sent = sent.filter(category=category) if category else sent
    sent = sent.delivered_in(year) if year else sent
    sent = FILTERS[state][1](sent, now)
    paginator = Paginator(sent.for_list(), PER_PAGE)
    paginator.count = sent.count()  # what the rows show is not needed to count them
    return paginator


def _tabs(request, categories, chosen, shell):
    everything = Tab("", "", shell.unread_total, chosen is None)
    named = (Tab(each.slug, each.name, shell.unread.get(each.pk, 0), each == chosen) for each in categories)
    return Tabs(request.GET.urlencode(), (everything, *named))


def _toolbar(request, narrowing, years):
    category, state, year, words = narrowing
    kept = tuple((name, value) for name, value in (("category", category and category.slug), ("state", state)) if value)
    offered = tuple(years) if len(years) > 1 else ()
    return Toolbar(request.GET.urlencode(), state, kept, offered, year, words)


def as_search(typed):
    """What was typed into the search box, without what no text holds: half-width, one line, at most 50 characters."""
    text = unicodedata.normalize("NFKC", typed)
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:SEARCH_MAX]


@require_POST
@for_certified_units
def mark_all_read(request):
    """全部标为已读: of the tab that is open; back to it."""
    category = NoticeCategory.objects.filter(slug=request.POST.get("category", "")).first()
    actions.mark_all_read(Shell.of(request).unit, by=request.user, category=category)
    messages.success(request, _("All marked as read, except notices that want a receipt."), extra_tags="toast")
    back = reverse("portal:messages")
    return redirect(f"{back}?category={category.slug}" if category else back)


@require_safe
@for_certified_units
def detail(request, pk):
    """The notice with its receipt. That a person opens it marks it as read for the unit."""
    delivery = delivery_or_404(request, pk)
    if delivery.recalled_at:
        return render(
            request, "portal/messages/recalled.html", {"message": Message(delivery, timezone.now())}, status=410
        )
    if delivery.is_unread and opened_by_a_person(request):
        actions.mark_read(delivery, by=request.user)
    return message_page(request, delivery)


def opened_by_a_person(request):
    """Whether somebody looks at the page: no HEAD request and no browser that fetches it in advance."""
    purpose = " ".join(request.headers.get(name, "") for name in PURPOSES).lower()
    return request.method == "GET" and not any(word in purpose for word in AHEAD)


def message_page(request, delivery, *, form=None, refusal=None, draft_version=None, status=200):
    """The page of a message: as it stands, or with the form that was just refused and why.

    `draft_version` is that of the draft from which `form` was made, if it is not the one that stands now.
    """
    message = Message(delivery, timezone.now())
    receipt = current_receipt(delivery)
    draft = getattr(delivery, "draft", None)
    saved = saved_words(draft, message.now) if draft and form is None else ""
    items = agenda_of(delivery) if form is None and _shows_form(request, message, draft) else None
    is_blank = items is not None and not (receipt or draft)
    if items is not None and not is_blank:
        form = _form_begun(request, delivery, items, receipt, draft)
    files = files_of(notice=delivery.notice_id) if not delivery.recalled_at else []
    parts = parts_of(message, getattr(delivery.notice, "activitypage", None), files, with_form=form or is_blank)
    context = parts | {
        "receipt": receipt,
        "earlier": earlier_receipts(delivery),
        "is_sent_back": receipt is not None and receipt.sent_back_at is not None,
        "draft": draft,
        "draft_version": draft_version if draft_version is not None else draft.version if draft else 0,
        "saved": saved,
        "asked": Asked.of(message, items, parts["to_fill_in"]) if is_blank else None,
        "form": form,
        "is_frozen": form is not None and not message.is_open,
        "refusal": refusal,
        "steps": step_numbers(form, parts["to_fill_in"]) if form else {},
        "left_to_do": left_to_do(form) if form and message.is_open else [],
    }
    return render(request, "portal/messages/detail.html", context, status=status)


def _shows_form(request, message, draft):
    """Whether there is a receipt to fill in; False where it is only looked at.

    A draft that came too late is shown as it is, so that the unit can hand it in another way.
    """
    is_owed = not message.has_receipt or "revise" in request.GET
    return message.is_open and is_owed or message.is_closed and draft and not message.has_receipt


def _form_begun(request, delivery, items, receipt, draft):
    """The form with the draft, or with the version returned before."""
    if draft:
        return ReceiptForm.from_draft(delivery, items, draft.values, by=request.user)
    return ReceiptForm.for_delivery(delivery, items, by=request.user, receipt=receipt)
