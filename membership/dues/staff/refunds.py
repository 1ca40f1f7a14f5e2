"""退款 in the office: recording what went back of a credit or of a payment taken back, and taking that back."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from membership.dues import actions, permissions, resolutions
from membership.dues.amounts import in_figures
from membership.dues.models import BankEntry, DuesOrder, Payment, Refund
from membership.dues.staff.document_forms import RefundForm, WithDocument
from membership.dues.staff.forms import WordsForm
from membership.dues.staff.orders import order_url
from membership.dues.states import ON_DESK
from membership.exceptions import Refusal


class RefundPage(WagtailAdminTemplateMixin, FormView):
    """A form about money that goes or went back; what cannot be done now is said on the page that it came from."""

    header_icon = "rotate"
    _show_breadcrumbs = True
    title = ""
    is_serious = False
    at_field = {}

    def dispatch(self, request, *args, **kwargs):
        if not permissions.may_manage_orders(request.user):
            raise PermissionDenied
        if obstacle := self.obstacle():
            messages.error(request, obstacle)
            return redirect(self.back_url)
        return super().dispatch(request, *args, **kwargs)

    def get_page_title(self):
        return self.title

    def get_breadcrumbs_items(self):
        return [{"url": self.back_url, "label": self.origin}, {"url": "", "label": self.title}]

    def form_valid(self, form):
        try:
            words = self.act(form.cleaned_data)
        except Refusal as refusal:
            if refusal.code in ("stale", "not_taken_back"):
                messages.error(self.request, str(refusal))
                return redirect(self.back_url)
            form.add_error(self.at_field.get(refusal.code), str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, words)
        return redirect(self.back_url)

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs):
        facts = {"facts": self.facts(), "consequences": self.consequences(), "is_serious": self.is_serious}
        context = super().get_context_data(back_url=self.back_url, button=self.title, **facts, **kwargs)
        context["media"] = context["form"].media
        return context


class RecordRefundView(WithDocument, RefundPage):
    """登记退款."""

    title = gettext_lazy("Record a refund")
    form_class = RefundForm
    at_field = {"too_much": "amount", "too_early": "paid_on"}
    asks_order = False
    told = gettext_lazy("The administrator of the unit is told by text message.")

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "user": self.request.user, "asks_order": self.asks_order}

    def consequences(self):
        return [
            _("The refund is a row of its own in the books; nothing that was booked is changed by it."),
            self.told,
            _("The money itself is transferred at the bank; here it is only recorded."),
        ]

    def transfer(self, cleaned):
        names = ("amount", "paid_on", "payee", "account", "reason", "document")
        return actions.Transfer(**{name: cleaned[name] for name in names})

    def words(self, cleaned):
        return _("A refund of %(amount)s yuan has been recorded.") % {"amount": in_figures(cleaned["amount"])}


class RefundCreditView(RecordRefundView):
    """What no order took of a credit of the bank."""

    asks_order = True
    told = gettext_lazy("With an order number the administrator of its unit is told by text message.")

    @cached_property
    def entry(self):
        entries = BankEntry.objects.for_user(self.request.user).select_related("suggestion").with_booked()
        return get_object_or_404(entries, pk=self.kwargs["pk"])

    @property
    def back_url(self):
        return reverse("dues_entry", args=[self.entry.pk])

    @property
    def origin(self):
        return str(self.entry)

    def obstacle(self):
        if self.entry.state in ON_DESK:
            return ""
        return _("Nothing of this credit lies on the desk: there is nothing to give back.")

    def facts(self):
        entry = self.entry
        return [
            (_("Payer"), entry.payer_name),
            (_("Day of arrival"), f"{entry.booked_on:%Y-%m-%d}"),
            (_("Yuan of the credit"), in_figures(entry.amount)),
            (_("Yuan booked for orders"), in_figures(entry.booked)),
            (_("Yuan refunded"), in_figures(entry.refunded)),
            (_("Yuan that can be given back"), in_figures(entry.rest)),
        ]

    def get_initial(self):
        """The order that the credit is about, as far as the books know one."""
        entry = self.entry
        order = entry.suggestion or DuesOrder.objects.filter(payments__entry=entry).order_by("-pk").first()
        return {
            "amount": f"{entry.rest:.2f}",
            "left": f"{entry.rest:.2f}",
            "payee": entry.payer_name[:100],
            "account": entry.payer_account,
            "number": order.number if order else "",
        }

    def act(self, cleaned):
        order, left = cleaned["number"], cleaned["left"]
        actions.refund_credit(self.entry, self.transfer(cleaned), by=self.request.user, rest=left, order=order)
        return self.words(cleaned)


class RefundPaymentView(RecordRefundView):
    """A payment that was entered by hand and taken back."""

    @cached_property
    def payment(self):
        rows = Payment.objects.for_user(self.request.user).select_related("order__unit")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @cached_property
    def left(self):
        return left_of(self.payment)

    @property
    def back_url(self):
        return order_url(self.payment.order)

    @property
    def origin(self):
        return self.payment.order.number

    def obstacle(self):
        return "" if self.left > 0 else _("Nothing of this payment is there to be given back.")

    def facts(self):
        payment = self.payment
        return [
            (_("Order number"), payment.order.number),
            (_("Unit"), payment.order.unit.name),
            (_("Day of arrival"), f"{payment.received_on:%Y-%m-%d}"),
            (_("Yuan taken back"), in_figures(payment.amount)),
            (_("Yuan that can be given back"), in_figures(self.left)),
        ]

    def get_initial(self):
        return {
            "amount": f"{self.left:.2f}",
            "left": f"{self.left:.2f}",
            "payee": self.payment.payer_name or self.payment.order.payer_name,
        }

    def act(self, cleaned):
        actions.refund_payment(self.payment, self.transfer(cleaned), by=self.request.user, left=cleaned["left"])
        return self.words(cleaned)


def left_of(payment):
    """Yuan of this payment that may still be recorded as given back; 0 for one that stands or came by a statement."""
    if not Payment.objects.refundable().filter(pk=payment.pk).exists():
        return 0
    return payment.amount - payment.refunds.total()


class TakeBackRefundView(RefundPage):
    """A refund that was recorded by mistake."""

    title = gettext_lazy("Take the refund back")
    template_name = "dues/staff/document_form.html"
    form_class = WordsForm
    is_serious = True

    @cached_property
    def refund(self):
        rows = Refund.objects.for_user(self.request.user).select_related("order__unit", "entry")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def back_url(self):
        refund = self.refund
        return order_url(refund.order) if refund.order else reverse("dues_entry", args=[refund.entry_id])

    @property
    def origin(self):
        return str(self.refund.order or self.refund.entry)

    def obstacle(self):
        stands = Refund.objects.standing().filter(pk=self.refund.pk).exists()
        return "" if stands else _("This refund has been taken back already.")

    def facts(self):
        refund = self.refund
        return [
            (_("Payee"), refund.payee),
            (_("Paid back on"), f"{refund.paid_on:%Y-%m-%d}"),
            (_("Yuan paid back"), in_figures(refund.amount)),
            (_("Reason"), refund.reason),
        ]

    def consequences(self):
        said = [_("A counter-entry is written; the refund stays on record with your reason.")]
        return [*said, _("What it was taken from lies on the desk again.")] if self.refund.entry_id else said

    def act(self, cleaned):
        actions.take_back_refund(self.refund, by=self.request.user, reason=cleaned["reason"])
        return _("The refund has been taken back.")


@require_safe
def document(request, pk):
    """The receipt of the bank for a refund, for readers of the books."""
    if not permissions.may_see_orders(request.user):
        raise PermissionDenied
    refund = get_object_or_404(Refund.objects.for_user(request.user).exclude(document=""), pk=pk)
    return resolutions.download_file(refund.document, refund.document_name)


urlpatterns = [
    path("entries/<int:pk>/", RefundCreditView.as_view(), name="dues_refund_entry"),
    path("payments/<int:pk>/", RefundPaymentView.as_view(), name="dues_refund_payment"),
    path("<int:pk>/take-back/", TakeBackRefundView.as_view(), name="dues_take_back_refund"),
    path("<int:pk>/document/", document, name="dues_refund_document"),
]
