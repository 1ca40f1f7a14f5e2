"""Returning a receipt: the form's POST and the page that confirms it (guide 二.(二))."""

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from membership.exceptions import Refusal
from membership.tracking import actions
from membership.tracking.forms import ReceiptForm
from portal.mailbox import agenda_of, current_receipt, delivery_or_404, repeated_receipt
from portal.marks import Message, saved_words
from portal.views.gates import for_certified_units
from portal.views.messages import message_page

WRONG_VERSION = 2**31 - 2


@require_http_methods(["GET", "HEAD", "POST"])
@for_certified_units
def submit(request, pk):
    """Return the receipt or a revision of it; whatever is refused comes back with everything that was typed.

    Whoever comes without a form (after a login in between, or by the switch of language) is led to the message.
    """
    delivery = delivery_or_404(request, pk)
    if request.method != "POST":
        return redirect("portal:message", pk=delivery.pk)
    items = agenda_of(delivery)
    if not delivery.is_open_for_receipt(timezone.now()):
        return _closed(request, delivery, items)
    add_row = "add_row" in request.POST
    form = ReceiptForm.for_delivery(delivery, items, request.POST, request.FILES, by=request.user, add_row=add_row)
    if add_row or not form.is_valid():
        known = _posted(request, "draft_version") if "draft_version" in request.POST else None
        return message_page(request, delivery, form=form, draft_version=known, status=200 if add_row else 422)
    try:
        actions.submit_receipt(delivery, by=request.user, **form.answers())
    except Refusal as refusal:
        return _after_refusal(request, delivery, form, refusal)
    return redirect("portal:receipt-done", pk=delivery.pk)


def _closed(request, delivery, items):
    """Too late, or recalled: why, with what was typed; no file is kept any more."""
    form = ReceiptForm.for_delivery(delivery, items, request.POST, by=request.user)
    form.forget_errors()
    refusal = actions.refusal_to_submit(delivery, delivery.receipt_version)
    return message_page(request, delivery, form=form, refusal=refusal, status=409)


def _after_refusal(request, delivery, form, refusal):
    """The same button pressed twice leads to the same page; anything else is shown beside what stands now."""
    delivery = delivery_or_404(request, delivery.pk)
    if repeated_receipt(delivery, form, request.user):
        return redirect("portal:receipt-done", pk=delivery.pk)
    form.build_on(delivery.receipt_version)
    return message_page(request, delivery, form=form, refusal=refusal, status=409)


@require_safe
@for_certified_units
def done(request, pk):
    """回执已提交: number, time, person, and until when it may be revised."""
    delivery = delivery_or_404(request, pk)
    receipt = current_receipt(delivery)
    if receipt is None or delivery.recalled_at:
        return redirect("portal:message", pk=delivery.pk)
    activity = getattr(delivery.notice, "activitypage", None)
    context = {"message": Message(delivery, timezone.now()), "receipt": receipt, "activity": activity}
    return render(request, "portal/messages/receipt_done.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@for_certified_units
def save_draft(request, pk):
    """保存草稿: by itself (htmx, receipts.js: says when, or 409 who was quicker) or by the button, which leads back.

    Whoever comes without a form is led to the message, as by `submit`.
    """
    delivery = delivery_or_404(request, pk)
    if request.method != "POST":
        return redirect("portal:message", pk=delivery.pk)
    items = agenda_of(delivery)
    is_open = delivery.is_open_for_receipt(timezone.now())
    if not is_open and not request.htmx:
        return _closed(request, delivery, items)
    form = ReceiptForm.for_delivery(delivery, items, request.POST, request.FILES if is_open else {}, by=request.user)
    form.forget_errors(but=["file"])
    try:
        draft = _keep(request, delivery, form)
    except Refusal as refusal:
        return _draft_refused(request, delivery, form, refusal)
    if request.htmx:
        context = {"draft": draft, "words": saved_words(draft, timezone.now())}
        return render(request, "portal/messages/_draft_answer.html", context)
    if form.errors:
        return message_page(request, delivery, form=form, draft_version=draft.version, status=422)
    messages.success(request, _("The draft has been saved. It has not been returned yet."), extra_tags="toast")
    return redirect(f"{reverse('portal:message', args=[delivery.pk])}?revise=1#receipt-form")


def _keep(request, delivery, form):
    """The draft as typed; a Refusal when the receipt was returned since the page was opened, or is too late."""
    version = _posted(request, "version")
    if version != delivery.receipt_version or not delivery.is_open_for_receipt(timezone.now()):
        raise actions.refusal_to_submit(delivery, version)
    values, known = form.entries, _posted(request, "draft_version")
    return actions.save_receipt_draft(delivery, by=request.user, version=known, values=values)


def _draft_refused(request, delivery, form, refusal):
    if request.htmx:
        return render(request, "portal/messages/_draft_answer.html", {"refusal": refusal}, status=409)
    words = _("What you entered stands below and has not been saved. Saving again replaces what was saved before.")
    delivery = delivery_or_404(request, delivery.pk)
    form.build_on(delivery.receipt_version)
    return message_page(request, delivery, form=form, refusal=Refusal(f"{refusal} {words}"), status=409)


def _posted(request, name):
    """The number in this hidden field; an impossible one when it is none."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else WRONG_VERSION
