"""Pages on which finance acts on one order: money that came, cancelling, taking back. Prices are never changed."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from membership.dues import actions, permissions
from membership.dues.amounts import in_figures
from membership.dues.models import DuesOrder
from membership.dues.staff.forms import PaymentForm, WordsForm
from membership.dues.staff.orders import order_url
from membership.dues.states import OrderState
from membership.exceptions import Refusal


class OrderView(WagtailAdminTemplateMixin, FormView):
    """A form about one order; what the state of now does not allow is said on the page of the order."""

    template_name = "dues/staff/order_action.html"
    header_icon = "list-ul"
    _show_breadcrumbs = True
    title = ""
    button = ""
    is_serious = False

    def dispatch(self, request, *args, **kwargs):
        if not permissions.may_manage_orders(request.user):
            raise PermissionDenied
        obstacle = self.obstacle()
        if obstacle:
            messages.error(request, obstacle)
            return redirect(order_url(self.order))
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def order(self):
        rows = DuesOrder.objects.for_user(self.request.user).with_received().select_related("unit", "level")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def missing(self):
        return self.order.amount - self.order.received

    def obstacle(self):
        """Why it cannot be done now, or ""; the verb asks again under its lock."""
        raise NotImplementedError

    def consequences(self):
        """What follows, in sentences."""
        raise NotImplementedError

    def act(self, cleaned):
        """Call the verb; returns the words for afterwards."""
        raise NotImplementedError

    def get_page_title(self):
        return self.title

    def get_page_subtitle(self):
        return self.order.number

    def get_breadcrumbs_items(self):
        return [
            {"url": reverse("dues_orders_modeladmin_index"), "label": _("Dues orders")},
            {"url": order_url(self.order), "label": self.order.number},
            {"url": "", "label": self.title},
        ]

    def form_valid(self, form):
        try:
            words = self.act(form.cleaned_data)
        except Refusal as refusal:
            return self.refused(form, refusal)
        messages.success(self.request, words)
        return redirect(order_url(self.order))

    def refused(self, form, refusal):
        form.add_error(None, str(refusal))
        return self.form_invalid(form)

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(
            order=self.order,
            missing=self.missing,
            back_url=order_url(self.order),
            consequences=self.consequences(),
            button=self.button or self.title,
            is_serious=self.is_serious,
            **kwargs,
        )
        context["media"] = context["form"].media
        return context


def _not_open(order):
    words = _("The order is “%(state)s” now: this cannot be done.")
    return "" if order.is_open else words % {"state": order.get_state_display()}


class ConfirmView(OrderView):
    """确认到账: the whole, or a part with the rest still waiting."""

    title = gettext_lazy("Confirm arrival")
    form_class = PaymentForm

    def obstacle(self):
        return _not_open(self.order)

    def consequences(self):
        order = self.order
        years = ngettext("%(years)s year", "%(years)s years", order.years) % {"years": order.years}
        return [
            _("With the last fen the order is paid: %(years)s, %(period)s.") % {"years": years, "period": order.period},
            _("The administrator of the unit is then told by text message, once."),
            _("A smaller amount is booked as a part: the order stays open, and no year is paid yet."),
            _("Prices do not change here. What was booked wrongly is taken back by a counter-entry."),
        ]

    def get_initial(self):
        return {
            "amount": f"{self.missing:.2f}",
            "payer_name": self.order.payer_name,
            "received": f"{self.order.received:.2f}",
        }

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "missing": self.missing}

    def act(self, cleaned):
        is_paid = actions.record_payment(self.order, by=self.request.user, **cleaned)
        if is_paid:
            return _("Order %(number)s is paid. The unit is told.") % {"number": self.order.number}
        left = self.missing - cleaned["amount"]
        words = _("%(amount)s yuan have been booked; the order still lacks %(left)s yuan.")
        return words % {"amount": in_figures(cleaned["amount"]), "left": in_figures(left)}

    def refused(self, form, refusal):
        """What was booked meanwhile is shown; the amount is to be looked at again, all else stays as typed."""
        if refusal.code == "too_much":
            form.add_error("amount", str(refusal))
            return self.form_invalid(form)
        if refusal.code != "stale":
            messages.error(self.request, str(refusal))
            return redirect(order_url(self.order))
        del self.order
        if obstacle := self.obstacle():
            messages.error(self.request, obstacle)
            return redirect(order_url(self.order))
        form.data = form.data.copy()
        form.data["received"] = f"{self.order.received:.2f}"
        form.add_error("amount", str(refusal))
        return self.form_invalid(form)


class CancelView(OrderView):
    """取消 on a ground that the unit reads."""

    title = gettext_lazy("Cancel the order")
    form_class = WordsForm
    is_serious = True

    def obstacle(self):
        if self.order.is_open and self.order.received:
            return _("Money has been booked for this order. Take it back first, then cancel.")
        return _not_open(self.order)

    def consequences(self):
        return [
            _("The order is closed and keeps its number; the unit can order anew."),
            _("The unit reads the reason on the page of the order."),
            _("Money that comes later with its code waits on the desk of the bank import."),
        ]

    def act(self, cleaned):
        actions.cancel_order(self.order, by=self.request.user, reason=cleaned["reason"])
        return _("Order %(number)s has been cancelled.") % {"number": self.order.number}


class ReverseView(OrderView):
    """冲正: all money of the order."""

    title = gettext_lazy("Take back by counter-entry")
    form_class = WordsForm
    is_serious = True

    def obstacle(self):
        return "" if self.order.received else _("No payment stands for this order: there is nothing to take back.")

    def consequences(self):
        words = _("A counter-entry of %(amount)s yuan is written; the payments stay in the books.")
        said = [words % {"amount": in_figures(-self.order.received)}]
        if self.order.state == OrderState.PAID:
            said += [
                _("The years %(period)s are no longer paid, and the order is closed; the unit can order anew.")
                % {"period": self.order.period},
                _("The administrator of the unit is told by text message."),
            ]
        else:
            said.append(_("The order stays open and waits for the whole amount again."))
        if self.order.invoices.standing().exists():
            said.append(_("An invoice stands for this order: void it as well."))
        return [*said, _("What came by a bank statement lies on the desk again. It cannot be undone.")]

    def act(self, cleaned):
        actions.reverse_payments(self.order, by=self.request.user, reason=cleaned["reason"])
        return _("The payments of order %(number)s have been taken back.") % {"number": self.order.number}


urlpatterns = [
    path("<int:pk>/confirm/", ConfirmView.as_view(), name="dues_order_confirm"),
    path("<int:pk>/cancel/", CancelView.as_view(), name="dues_order_cancel"),
    path("<int:pk>/reverse/", ReverseView.as_view(), name="dues_order_reverse"),
]
