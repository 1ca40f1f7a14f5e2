"""Returning a receipt: the form's POST and the page that confirms it (guide 二.(二))."""

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from membership.exceptions import Refusal
from membership.tracking import actions
from membership.tracking.forms import ReceiptForm
from portal.mailbox import agenda_of, current_receipt, delivery_or_404, repeated_receipt
from portal.marks import Message
from portal.views.gates import for_certified_units
from portal.views.messages import message_page


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
        form = ReceiptForm.for_delivery(delivery, items, request.POST, by=request.user)
        form.forget_errors()
        refusal = actions.refusal_to_submit(delivery, delivery.receipt_version)
        return message_page(request, delivery, form=form, refusal=refusal, status=409)
    add_row = "add_row" in request.POST
    form = ReceiptForm.for_delivery(delivery, items, request.POST, request.FILES, by=request.user, add_row=add_row)
    if add_row:
        return message_page(request, delivery, form=form)
    if not form.is_valid():
        return message_page(request, delivery, form=form, status=422)
    try:
        actions.submit_receipt(delivery, by=request.user, **form.answers())
    except Refusal as refusal:
        return _after_refusal(request, delivery, form, refusal)
    return redirect("portal:receipt-done", pk=delivery.pk)


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
    context = {"message": Message(delivery, timezone.now()), "receipt": receipt}
    return render(request, "portal/messages/receipt_done.html", context)
