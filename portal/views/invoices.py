"""The invoice of an order: fetch its files, have them sent by e-mail, ask for another one (guide 三.(五))."""

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from membership.dues import actions
from membership.dues.forms import ReissueForm, SendInvoiceForm
from membership.dues.models import InvoiceFile
from membership.exceptions import Refusal
from portal.books import order_or_404
from portal.dues_marks import OrderView
from portal.views.files import hand_over
from portal.views.gates import for_certified_units
from portal.views.orders import order_page


@require_safe
@for_certified_units
def file(request, number, document):
    """下载发票: one file of the invoice that stands."""
    order = order_or_404(request, number)
    files = InvoiceFile.objects.for_user(request.user).filter(invoice__order=order, invoice__voided_at=None)
    found = get_object_or_404(files.select_related("document", "invoice__order__unit"), document=document)
    stored = actions.download_invoice(found, by=request.user)
    return hand_over(request, stored, found.download_name)


@require_http_methods(["GET", "HEAD", "POST"])
@for_certified_units
def send(request, number):
    """发送到邮箱."""
    order, invoice = _with_invoice(request, number)
    if request.method != "POST":
        return redirect("portal:order", number=number)
    form = SendInvoiceForm(request.POST)
    if not form.is_valid():
        return order_page(request, order, send=form, status=422)
    email = form.cleaned_data["email"]
    try:
        actions.send_invoice(invoice, by=request.user, email=email)
    except Refusal as refusal:
        return order_page(request, order, send=form, refusal=refusal, status=409)
    messages.success(request, _("The invoice is on its way to %(email)s.") % {"email": email})
    return redirect("portal:order", number=number)


@require_http_methods(["GET", "HEAD", "POST"])
@for_certified_units
def reissue(request, number):
    """申请换开."""
    order, invoice = _with_invoice(request, number)
    if request.method != "POST":
        return redirect("portal:order", number=number)
    form = ReissueForm(request.POST)
    if not form.is_valid():
        return order_page(request, order, reissue=form, status=422)
    try:
        actions.request_reissue(invoice, by=request.user, reason=form.cleaned_data["reason"])
    except Refusal as refusal:
        return order_page(request, order, reissue=form, refusal=refusal, status=409)
    messages.success(request, _("Another invoice has been asked for. The association will answer."))
    return redirect("portal:order", number=number)


def _with_invoice(request, number):
    order = order_or_404(request, number)
    invoice = OrderView(order).invoice
    if invoice is None:
        raise Http404
    return order, invoice
