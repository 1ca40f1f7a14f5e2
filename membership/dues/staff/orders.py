"""订单: the register of dues orders with its search, filters and workbook, and the page of one order."""

from django.http import FileResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import InspectView

from membership.audit.registers import ReadOnly, RegisterView, cell_label
from membership.dues import actions, permissions
from membership.dues.actions.exports import WHILE_WAITING
from membership.dues.amounts import in_figures
from membership.dues.models import BankEntry, DuesOrder, Payment, Refund
from membership.dues.staff.filters import OrderFilter
from membership.dues.staff.invoice_pages import order_invoices
from membership.dues.staff.order_history import log_of, steps_of
from membership.dues.states import ON_DESK, OrderState
from membership.office_files import XLSX
from membership.units.models import Document
from membership.units.previews import previews_of

TONES = {
    OrderState.AWAITING_PAYMENT: "open",
    OrderState.AWAITING_CONFIRMATION: "todo",
    OrderState.PAID: "paid",
    OrderState.CANCELLED: "over",
    OrderState.EXPIRED: "over",
    OrderState.REVERSED: "bad",
}
TABS = (OrderState.AWAITING_CONFIRMATION, OrderState.AWAITING_PAYMENT, OrderState.PAID)


def order_url(order):
    return reverse("dues_orders_modeladmin_inspect", args=[order.pk])


class OrdersAreSeen(ReadOnly):
    """Finance and whoever reads its books."""

    def user_can_list(self, user):
        return permissions.may_see_orders(user)

    def user_can_inspect_obj(self, user, obj):
        """Asked for every row of a list that holds visible rows only; the page itself asks for its row."""
        return True


class OrderListView(RegisterView):
    """The list, or what it shows as a workbook: at once, or made by the worker when it is long."""

    FORMATS = (RegisterView.FORMAT_XLSX,)

    def get_queryset(self, request=None):
        request = request or self.request
        self.filter = OrderFilter(request.GET)
        chosen, orders = self.filter.chosen, super().get_queryset(request)
        return orders.none() if chosen is None else orders.narrowed(**chosen)

    @cached_property
    def counts(self):
        return DuesOrder.objects.for_user(self.request.user).counts_by_state()

    def count_all(self):
        return sum(self.counts.values())

    def tabs(self):
        """[(address, label, number, whether it is shown)] of the states that somebody works on."""
        counts = self.counts
        shown = self.request.GET.get("state", "")
        tabs = [(self.index_url, gettext("All orders"), sum(counts.values()), not shown)]
        return tabs + [
            (f"{self.index_url}?state={state}", state.label, counts[state], shown == state) for state in TABS
        ]

    def as_spreadsheet(self, queryset, spreadsheet_format):
        user = self.request.user
        if queryset.count() > WHILE_WAITING:
            job = actions.request_workbook("orders", by=user, title=gettext("Dues orders"), chosen=self.filter.chosen)
            return HttpResponseRedirect(reverse("job_progress", args=[job.pk]))
        workbook = actions.export_orders(queryset, by=user)
        return FileResponse(workbook, as_attachment=True, filename=workbook.name, content_type=XLSX)


class OrderPage(InspectView):
    """One order: what was ordered, what the invoice shall say, what came, what was done, what may be done."""

    def check_action_permitted(self, user):
        if not self.permission_helper.user_can_list(user):
            return False
        return bool(get_object_or_404(DuesOrder.objects.for_user(user), pk=self.instance.pk))

    def get_page_title(self):
        return self.instance.number

    def get_page_subtitle(self):
        return ""

    def get_meta_title(self):
        return self.instance.number

    def get_fields_dict(self):
        """The template shows the facts."""
        return []

    def get_context_data(self, **kwargs):
        user = self.request.user
        rows = DuesOrder.objects.for_user(user).with_received()
        order = rows.select_related("unit", "level", "proof", "placed_by", "closed_by").get(pk=self.instance.pk)
        payments = list(
            Payment.objects.for_user(user).filter(order=order).select_related("recorded_by", "reverses").reverse()
        )
        refunds = Refund.objects.for_user(user).filter(order=order).select_related("recorded_by", "reversal")
        return super().get_context_data(
            **order_invoices(order, user),
            tone=TONES[order.state],
            missing=order.amount - order.received,
            is_overdue=order.is_open and order.pay_by < timezone.localdate(),
            lines=list(order.lines.all()),
            payments=payments,
            preview=self.preview(order, user),
            refunds=refunds,
            refunded=order.refunds.total(),
            may_refund=permissions.may_manage_orders(user),
            refundable=_refundable(user, payments),
            on_desk=_on_desk(user, payments),
            steps=steps_of(order, payments, refunds),
            log=log_of(order, user),
            verbs=verbs_for(user, order),
            **kwargs,
        )

    @staticmethod
    def preview(order, user):
        """The proof of transfer as images of its pages, or None."""
        proofs = previews_of(Document.objects.for_user(user).filter(pk=order.proof_id)) if order.proof_id else []
        return proofs[0] if proofs else None


def _refundable(user, payments):
    """[(payment, yuan)] of what was entered by hand, taken back, and not yet given back."""
    if not permissions.may_manage_orders(user):
        return []
    rows = Payment.objects.refundable().filter(pk__in=[payment.pk for payment in payments])
    found = [(payment, payment.amount - payment.refunds.total()) for payment in rows]
    return [(payment, in_figures(left)) for payment, left in found if left > 0]


def _on_desk(user, payments):
    """Credits of the bank that lie on the desk after a payment of the order was taken back."""
    keys = {payment.entry_id for payment in payments if payment.reverses_id and payment.entry_id}
    return list(BankEntry.objects.for_user(user).filter(pk__in=keys, state__in=ON_DESK)) if keys else []


def verbs_for(user, order):
    """[(address, label, whether it is the main one)] of the pages on which this person may act on the order now.

    `order` is loaded `with_received`.
    """
    if not permissions.may_manage_orders(user):
        return []
    verbs = []
    if order.is_open:
        verbs.append(("confirm", _("Confirm arrival"), True))
    if order.is_open and not order.received:
        verbs.append(("cancel", _("Cancel the order"), False))
    if order.received:
        verbs.append(("reverse", _("Take back by counter-entry"), False))
    return [(reverse(f"dues_order_{name}", args=[order.pk]), label, is_main) for name, label, is_main in verbs]


class OrderAdmin(ModelAdmin):
    model = DuesOrder
    index_view_class = OrderListView
    base_url_path = "dues/orders"
    menu_label = _("Dues orders")
    menu_icon = "list-ul"
    add_to_admin_menu = False  # it stands in the menu 会费
    permission_helper_class = OrdersAreSeen
    inspect_view_enabled = True
    history_view_enabled = False
    inspect_view_class = OrderPage
    index_view_extra_css = ["units/register.css", "dues/office.css"]
    dues_css = ["dues/office.css", "dues/bank.css", "dues/invoices.css"]
    inspect_view_extra_css = ["units/register.css", "viewer.css", *dues_css]
    inspect_view_extra_js = ["viewer.js"]
    list_display = ("number", "unit", "level_name", "period_of", "yuan", "yuan_received", "mark", "ordered", "until")
    list_export = ("number",)
    list_per_page = 20
    ordering = ("-placed_at", "-pk")
    empty_value_display = "--"

    def get_queryset(self, request):
        return DuesOrder.objects.for_user(request.user).with_received().for_list()

    def level_name(self, order):
        return order.level.name

    level_name.short_description = _("Level")

    def period_of(self, order):
        return f"{order.first_year}" if order.years == 1 else f"{order.first_year}–{order.last_year}"

    period_of.short_description = _("Dues years")

    def yuan(self, order):
        return in_figures(order.amount)

    yuan.short_description = _("Yuan")

    def yuan_received(self, order):
        text = in_figures(order.received)
        is_part = order.is_open and order.received
        return (
            format_html('{} <span class="dues-mark dues-mark--bad">{}</span>', text, _("differs")) if is_part else text
        )

    yuan_received.short_description = _("Received")

    def mark(self, order):
        return format_html(
            '<span class="dues-mark dues-mark--{}">{}</span>', TONES[order.state], OrderState(order.state).label
        )

    mark.short_description = _("State")

    def ordered(self, order):
        return f"{timezone.localtime(order.placed_at):%Y-%m-%d %H:%M}"

    ordered.short_description = _("Ordered at")

    def until(self, order):
        day = f"{order.pay_by:%Y-%m-%d}"
        is_late = order.is_open and order.pay_by < timezone.localdate()
        return format_html('{} <span class="dues-mark dues-mark--bad">{}</span>', day, _("late")) if is_late else day

    until.short_description = _("To be paid by")

    def get_extra_class_names_for_field_col(self, obj, field_name):
        if field_name in ("yuan", "yuan_received"):
            return ["nowrap", "dues-number"]
        return [] if field_name == "unit" else ["nowrap"]

    def get_extra_attrs_for_field_col(self, obj, field_name):
        return cell_label(self, field_name)

    def register_indexing(self):
        """Orders are found through their units; Wagtail's index of references need not follow them."""
