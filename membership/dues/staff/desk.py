"""未匹配流水: every credit of the bank by what became of it, and the page of one, where a person decides."""

from datetime import date
from decimal import Decimal

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse, reverse_lazy
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.generic import TemplateView, View
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from membership.dues import actions, permissions
from membership.dues.amounts import in_figures
from membership.dues.models import BankEntry, BankStatement, DuesOrder, Refund
from membership.dues.staff.candidates import chosen_orders, found_orders
from membership.dues.staff.desk_forms import CommentForm, DiscardForm, PartsForm, ReverseForm, SuggestionForm
from membership.dues.staff.statements import DeskMenuItem, DeskOnly
from membership.dues.states import ON_DESK, EntryState
from membership.exceptions import Refusal

PER_PAGE = 50
DESK, ALL = "desk", "all"
TABS = [
    (DESK, gettext_lazy("To be decided")),
    *(
        (state.value, state.label)
        for state in (*ON_DESK, EntryState.MATCHED, EntryState.REFUNDED, EntryState.DISCARDED)
    ),
    (ALL, gettext_lazy("All")),
]


class DeskView(DeskOnly, WagtailAdminTemplateMixin, TemplateView):
    """The list: by state, narrowed by words, amount, days and file."""

    template_name = "dues/staff/desk/index.html"
    header_icon = "tasks"
    _show_breadcrumbs = True
    page_title = gettext_lazy("Credits of the bank")

    def get_breadcrumbs_items(self):
        return [{"url": "", "label": self.get_page_title()}]

    @cached_property
    def narrowing(self):
        """What the address asks for, as far as it makes sense: {name: text}."""
        asked = {name: self.request.GET.get(name, "").strip()[:80] for name in ("q", "from", "to")}
        for name in ("from", "to"):
            try:
                date.fromisoformat(asked[name])
            except ValueError:
                asked[name] = ""
        return asked

    def narrowed(self):
        entries, asked = BankEntry.objects.for_user(self.request.user), self.narrowing
        if asked["q"]:
            entries = entries.matching(asked["q"])
        if asked["from"]:
            entries = entries.filter(booked_on__gte=asked["from"])
        return entries.filter(booked_on__lte=asked["to"]) if asked["to"] else entries

    def get_context_data(self, **kwargs):
        entries = self.narrowed()
        counts, balance = entries.counts(), BankEntry.objects.for_user(self.request.user).balance()
        numbers = {state.value: number for state, number in counts.items()}
        numbers |= {DESK: sum(counts[state] for state in ON_DESK), ALL: sum(counts.values())}
        wanted = self.request.GET.get("state", DESK)
        shown = wanted if wanted in numbers else DESK
        states = {DESK: ON_DESK, ALL: EntryState.values}.get(shown, [shown])
        rows = entries.filter(state__in=states).select_related("suggestion__unit").with_booked()
        page = Paginator(rows.order_by("-booked_on", "-pk"), PER_PAGE).get_page(self.request.GET.get("p"))
        kept = urlencode({name: text for name, text in self.narrowing.items() if text})
        return super().get_context_data(
            tabs=[(key, label, numbers[key], key == shown) for key, label in TABS],
            shown=shown,
            entries=[_line(entry) for entry in page],
            page=page,
            kept=kept,
            asked=self.narrowing,
            balance=_balance(balance),
            statements=BankStatement.objects.for_user(self.request.user).exists(),
            **kwargs,
        )


def _line(entry):
    """An entry with what its row says: its figures, and the one click if there is one."""
    entry.figures, entry.rest_figures = in_figures(entry.amount), in_figures(entry.rest)
    entry.one_click = entry.state == EntryState.SUGGESTED
    return entry


def _balance(balance):
    words = [
        (_("Credits in all"), balance.credits),
        (_("Booked for orders"), balance.booked),
        (_("Waiting on the desk"), balance.on_desk),
        (_("Set aside"), balance.discarded),
        (_("Refunded"), balance.refunded),
    ]
    return [(label, in_figures(yuan)) for label, yuan in words]


class OneEntry(DeskOnly):
    @cached_property
    def entry(self):
        entries = BankEntry.objects.for_user(self.request.user).select_related(
            "statement", "suggestion__unit", "decided_by"
        )
        return _line(get_object_or_404(entries.with_booked(), pk=self.kwargs["pk"]))


class EntryView(OneEntry, WagtailAdminTemplateMixin, TemplateView):
    """One credit: what the bank wrote, what is booked of it, and what may be done now."""

    template_name = "dues/staff/desk/entry.html"
    header_icon = "tasks"
    _show_breadcrumbs = True
    forms = {}

    def get_page_title(self):
        return _("%(yuan)s yuan of %(day)s") % {"yuan": self.entry.figures, "day": f"{self.entry.booked_on:%Y-%m-%d}"}

    def get_breadcrumbs_items(self):
        return [
            {"url": reverse("dues_desk"), "label": _("Credits of the bank")},
            {"url": "", "label": self.get_page_title()},
        ]

    def get_context_data(self, **kwargs):
        entry = self.entry
        payments = entry.payments.standing().select_related("order__unit", "recorded_by")
        refunds = Refund.objects.for_user(self.request.user).filter(entry=entry)
        context = super().get_context_data(entry=entry, payments=[_payment(each) for each in payments], **kwargs)
        context["refunds"] = refunds.select_related("order__unit", "recorded_by", "reversal")
        context["may_refund"] = permissions.may_manage_orders(self.request.user)
        context |= {"state": EntryState(entry.state), "is_on_desk": entry.state in ON_DESK}
        if self.may_work:
            said = {"shown": entry.comment, "words": entry.comment}
            context["comment_form"] = self.forms.get("comment_form") or CommentForm(initial=said)
        if not (self.may_work and entry.state in ON_DESK):
            return context
        user, words = self.request.user, self.request.GET.get("q", "").strip()[:80]
        forms = {"discard_form": DiscardForm(initial={"rest": f"{entry.rest:.2f}"})} | self.forms
        parts_form = forms.pop("parts_form", None)
        picked = parts_form.orders if parts_form else chosen_orders(entry, user, self.request.GET.getlist("order"))
        parts_form = parts_form or PartsForm(entry=entry, orders=picked)
        found = found_orders(entry, user, words, besides=picked)
        return (
            context
            | forms
            | {
                "parts_form": parts_form,
                "words": words,
                "found": [(order, self.address([*picked, order], words)) for order in found],
                "without": [
                    (order, self.address([each for each in picked if each != order], words)) for order in picked
                ],
            }
        )

    def address(self, orders, words):
        """This page with these orders chosen; a 0 says that none is, so that none is chosen by itself."""
        query = [("order", order.pk) for order in orders] or [("order", 0)]
        return f"?{urlencode(query + ([('q', words)] if words else []))}#assign"


def _payment(payment):
    payment.figures = in_figures(payment.amount)
    return payment


class EntryVerb(EntryView):
    """A verb on the entry; without a sound form the page says what is missing."""

    def get(self, request, *args, **kwargs):
        return redirect("dues_entry", self.kwargs["pk"])

    def post(self, request, *args, **kwargs):
        if not self.may_work:
            raise PermissionDenied
        try:
            said = self.do(request)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("dues_entry", self.kwargs["pk"])
        if said is None:
            return self.render_to_response(self.get_context_data(**kwargs), status=422)
        messages.success(request, said)
        return redirect(*self.next())

    def next(self):
        """The desk, or this page while something of the credit is left."""
        entry = BankEntry.objects.get(pk=self.entry.pk)
        return ("dues_entry", entry.pk) if entry.state in ON_DESK else ("dues_desk",)


class AcceptView(EntryVerb):
    """采纳: the order that is suggested, in one click."""

    def do(self, request):
        form, order = SuggestionForm(request.POST), self.entry.suggestion
        if not form.is_valid() or order is None or order.pk != form.cleaned_data["order"]:
            raise Refusal(_("A colleague has just dealt with this credit. Reload the page."), code="stale")
        yuan, rest = form.cleaned_data["yuan"], form.cleaned_data["rest"]
        actions.accept(self.entry, by=request.user, order=order, yuan=yuan, rest=rest)
        return _("%(yuan)s yuan are booked for order %(number)s.") % {"yuan": in_figures(yuan), "number": order.number}


class AssignView(EntryVerb):
    """Book the credit, or parts of it, for the orders that were chosen."""

    def do(self, request):
        keys = request.POST.getlist("order")
        orders = chosen_orders(self.entry, request.user, keys)
        form = PartsForm(request.POST, entry=self.entry, orders=orders)
        if not form.is_valid():
            self.forms = {"parts_form": form}
            return None
        parts, rest = form.cleaned_data["parts"], form.cleaned_data["rest"]
        actions.assign(self.entry, parts, by=request.user, rest=rest)
        yuan = in_figures(sum((yuan for _order, yuan in parts), Decimal(0)))
        words = {"yuan": yuan, "numbers": "、".join(order.number for order, _yuan in parts)}
        return _("%(yuan)s yuan are booked for %(numbers)s.") % words


class DiscardView(EntryVerb):
    """搁置: what is left is no dues, or is paid back."""

    def do(self, request):
        form = DiscardForm(request.POST)
        if not form.is_valid():
            self.forms = {"discard_form": form}
            return None
        rest = form.cleaned_data["rest"]
        actions.discard(self.entry, by=request.user, reason=form.cleaned_data["reason"], rest=rest)
        return _("%(yuan)s yuan are set aside.") % {"yuan": in_figures(rest)}


class RestoreView(EntryVerb):
    """Back to the desk."""

    def do(self, request):
        actions.restore(self.entry, by=request.user)
        return _("The credit is on the desk again.")


class CommentView(EntryVerb):
    """批注: what a colleague should know about the credit."""

    def do(self, request):
        form = CommentForm(request.POST)
        if not form.is_valid():
            self.forms = {"comment_form": form}
            return None
        facts = form.cleaned_data
        actions.comment_on(self.entry, facts["words"], by=request.user, shown=facts["shown"])
        return _("The note is kept.") if facts["words"] else _("There is no note any more.")

    def next(self):
        return ("dues_entry", self.entry.pk)


class ReverseView(OneEntry, WagtailAdminTemplateMixin, TemplateView):
    """冲正: take back what is booked for an order, after reading what that means."""

    template_name = "dues/staff/desk/reverse.html"
    header_icon = "rotate"
    page_title = gettext_lazy("Take payment back")
    form = None

    def dispatch(self, request, *args, **kwargs):
        if not permissions.may_manage_orders(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def order(self):
        orders = DuesOrder.objects.for_user(self.request.user).filter(payments__in=self.entry.payments.standing())
        return get_object_or_404(orders.select_related("unit").distinct(), pk=self.kwargs["order"])

    def get_context_data(self, **kwargs):
        kwargs.pop("order", None)  # the key of the address; the page shows the order itself
        payments = [_payment(each) for each in self.order.payments.standing().select_related("entry")]
        form = self.form or ReverseForm()
        return super().get_context_data(entry=self.entry, order=self.order, payments=payments, form=form, **kwargs)

    def post(self, request, pk, order):
        self.form = ReverseForm(request.POST)
        if not self.form.is_valid():
            return self.render_to_response(self.get_context_data(), status=422)
        try:
            actions.reverse_payments(self.order, by=request.user, reason=self.form.cleaned_data["reason"])
        except Refusal as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(
                request, _("The payment of order %(number)s is taken back.") % {"number": self.order.number}
            )
        return redirect("dues_entry", pk)


class RetryView(DeskOnly, View):
    """重新匹配: for instance after a unit has ordered."""

    def post(self, request):
        try:
            came = actions.retry_matching(by=request.user)
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("dues_desk")
        booked, suggested = came[EntryState.MATCHED], came[EntryState.SUGGESTED]
        said = [
            ngettext("%(n)s credit is booked.", "%(n)s credits are booked.", booked) % {"n": booked},
            ngettext("%(n)s is suggested anew.", "%(n)s are suggested anew.", suggested) % {"n": suggested},
        ]
        messages.success(request, " ".join(said))
        return redirect("dues_desk")


urlpatterns = [
    path("", DeskView.as_view(), name="dues_desk"),
    path("retry/", RetryView.as_view(), name="retry_dues_desk"),
    path("<int:pk>/", EntryView.as_view(), name="dues_entry"),
    path("<int:pk>/accept/", AcceptView.as_view(), name="accept_dues_entry"),
    path("<int:pk>/assign/", AssignView.as_view(), name="assign_dues_entry"),
    path("<int:pk>/comment/", CommentView.as_view(), name="comment_dues_entry"),
    path("<int:pk>/discard/", DiscardView.as_view(), name="discard_dues_entry"),
    path("<int:pk>/restore/", RestoreView.as_view(), name="restore_dues_entry"),
    path("<int:pk>/reverse/<int:order>/", ReverseView.as_view(), name="reverse_dues_entry"),
]


def menu_item():
    label, url = gettext_lazy("Credits of the bank"), reverse_lazy("dues_desk")
    return DeskMenuItem(label, url, name="bank-desk", icon_name="tasks", order=30)
