"""订单管理 (guide 三.(三)–(五)): the orders of the unit, where to pay one, what became of it, its invoice."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from membership.dues import actions, slips
from membership.dues.forms import ProofForm, ReissueForm, SendInvoiceForm
from membership.dues.models import DuesSettings
from membership.exceptions import Refusal
from membership.units.actions import store_document
from membership.units.states import DocumentKind
from portal.books import account_of, order_or_404, own_orders, shared_address, slip_or_404
from portal.dues_marks import OrderView, story
from portal.views.gates import for_certified_units
from portal.views.papers import hand_out

PER_PAGE = 20


@require_safe
@for_certified_units
def index(request):
    """The orders of the unit, the newest first."""
    orders = own_orders(request).with_received().with_invoices().for_list()
    page = Paginator(orders, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "portal/orders/list.html", {"page": page, "rows": [OrderView(order) for order in page]})


@require_safe
@for_certified_units
def detail(request, number):
    """缴费信息, 开票信息, what has happened, and the invoice with what may be asked about it."""
    return order_page(request, order_or_404(request, number))


@require_safe
@for_certified_units
def pay(request, number):
    """Step 3, 转账缴费: how much, to which account, with which code, until when. A closed order shows its details."""
    order = order_or_404(request, number)
    return _transfer_page(request, order, ProofForm()) if order.is_open else redirect("portal:order", number=number)


@require_http_methods(["GET", "HEAD", "POST"])
@for_certified_units
def prove(request, number):
    """上传转账凭证."""
    order = order_or_404(request, number)
    if request.method != "POST":
        return redirect("portal:pay-order", number=number)
    if not order.is_open:
        messages.error(request, _("The order is closed: a proof can no longer be uploaded."))
        return redirect("portal:order", number=number)
    form = ProofForm(request.POST, request.FILES)
    document = _kept(request, order, form)
    if document is None:
        return _transfer_page(request, order, form, status=422)
    try:
        actions.upload_proof(order, by=request.user, document=document)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("portal:order", number=number)
    messages.success(request, _("The proof of transfer has been uploaded.") + _confirmed_within())
    return redirect("portal:pay-order", number=number)


def _confirmed_within():
    words = ngettext(
        "The association confirms the transfer within %(n)s working day.",
        "The association confirms the transfer within %(n)s working days.",
        days := DuesSettings.current().confirm_days,
    )
    return words % {"n": days}


def _kept(request, order, form):
    """The file as a document of the unit; None when it was refused, and the form says why."""
    if form.is_valid():
        upload, kind = form.cleaned_data["file"], DocumentKind.PAYMENT_PROOF
        try:
            return store_document(upload, unit=order.unit, kind=kind, by=request.user)
        except ValidationError as refused:
            form.add_error("file", refused)
    return None


@require_POST
@for_certified_units
def cancel(request, number):
    """取消订单, as long as no money has been booked for it."""
    order = order_or_404(request, number)
    try:
        actions.cancel_order(order, by=request.user)
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("portal:order", number=number)
    messages.success(request, _("The order has been cancelled. You can choose the years anew."))
    return redirect("portal:dues")


@require_safe
@for_certified_units
def slip(request, number):
    """缴费通知单 as PDF, for as long as there is something to pay."""
    order = slip_or_404(request, number)
    context = {"order": order, "account": DuesSettings.current()}
    return hand_out(request, "pdf/payment_slip.html", context, _("Payment slip") + f"_{order.number}")


@login_not_required
@never_cache
@require_safe
def shared_slip(request, token):
    """发送给财务: the payment slip for whoever holds the link; it shows the slip alone and dies with the order."""
    order = slips.order_of(token)
    is_open = order is not None and order.is_open
    context = {"order": order if is_open else None, "account": DuesSettings.current()}
    response = render(request, "portal/orders/shared.html", context, status=200 if is_open else 404)
    response["X-Robots-Tag"] = "noindex"
    return response


def order_page(request, order, *, send=None, reissue=None, refusal=None, status=200):
    """The details of an order; `send` and `reissue` are the forms about its invoice as they were filled in."""
    view = OrderView(order)
    context = {
        "view": view,
        "order": order,
        "through": account_of(request).standing.paid_through,
        "payments": order.payments.standing(),
        "story": story(order),
        "rules": DuesSettings.current(),
        "request_open": view.invoice and view.invoice.requests.open().first(),
        "send": send or SendInvoiceForm(initial={"email": order.email}),
        "reissue": reissue or ReissueForm(),
        "refusal": refusal,
    }
    return render(request, "portal/orders/detail.html", context, status=status)


def _transfer_page(request, order, form, status=200):
    context = {
        "order": order,
        "view": OrderView(order),
        "account": DuesSettings.current(),
        "form": form,
        "shared_url": shared_address(order),
    }
    return render(request, "portal/orders/transfer.html", context, status=status)
