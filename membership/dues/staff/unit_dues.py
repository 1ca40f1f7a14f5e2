"""会费 on the page of a unit: how it stands, which years are paid and by what; 登记历史缴费 and its undoing."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import FormView
from wagtail.admin import messages
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from membership.dues import actions, owing, permissions
from membership.dues.calendar import dues_year
from membership.dues.models import DuesOrder, DuesWaiver, PaidYear
from membership.dues.models.settings import YEARS_MAX
from membership.dues.owing import latest_reminders
from membership.dues.staff.forms import PaidYearsForm, WordsForm
from membership.dues.staff.orders import TONES, order_url
from membership.dues.standing import Account
from membership.dues.states import Standing
from membership.exceptions import Refusal
from membership.units.models import Unit
from membership.units.staff.tabs import UnitTab

YEARS_BACK = 10
# Tones of the page of a unit, which is a room below.
STANDING_TONES = {Standing.PAID: "ok", Standing.ENDING: "soon", Standing.OWING: "late", Standing.NONE: "none"}
ORDER_TONES = {"paid": "ok", "todo": "soon", "bad": "late"}
SHOWN = 50


def tab_url(unit_id):
    return f"{reverse('units_modeladmin_inspect', args=[unit_id])}?tab=dues"


class DuesTab(UnitTab):
    """会费: reviewers see how the unit stands, readers of the books also what was ordered and paid."""

    name, label, order = "dues", gettext_lazy("Membership dues"), 500
    template_name = "dues/staff/unit_dues.html"

    def is_shown(self, user):
        return permissions.may_see_status(user)

    def get_context(self, request, unit):
        user, account = request.user, Account(unit)
        standing = account.standing
        sees_books = permissions.may_see_orders(user)
        context = {
            "unit": unit,
            "standing": standing,
            "state": standing.state.label,
            "tone": STANDING_TONES[standing.state],
            "arrears": owing.in_short(standing.arrears),
            "level": account.level,
            "sees_books": sees_books,
            "may_enter": permissions.may_manage_orders(user),
        }
        return context | self._books(user, unit, account) if sees_books else context

    @staticmethod
    def _books(user, unit, account):
        orders = DuesOrder.objects.for_user(user).filter(unit=unit).with_received().for_list()[:SHOWN]
        years = (
            PaidYear.objects.for_user(user).filter(unit=unit).select_related("level", "order", "waiver", "recorded_by")
        )
        waivers = DuesWaiver.objects.for_user(user).filter(unit=unit).select_related("granted_by", "ended_by")
        waivers = waivers.prefetch_related("paid_years")[:SHOWN]
        return {
            "yearly": account.yearly,
            "orders": [(order, order_url(order), ORDER_TONES.get(TONES[order.state], "none")) for order in orders],
            "years": [(row, order_url(row.order) if row.order else "") for row in years.order_by("-year", "-pk")],
            "may_waive": permissions.may_waive(user),
            "waivers": [(row, owing.in_short(year.year for year in row.paid_years.all())) for row in waivers],
            "reminded_at": latest_reminders([unit.pk]).get(unit.pk),
        }


class BooksView(WagtailAdminTemplateMixin, FormView):
    """A form of finance about the paid years of one unit."""

    header_icon = "tag"
    _show_breadcrumbs = True
    title = ""
    may = staticmethod(permissions.may_manage_orders)

    def dispatch(self, request, *args, **kwargs):
        if not self.may(request.user):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    @property
    def unit(self):
        raise NotImplementedError

    def act(self, cleaned):
        """Call the verb; returns the words for afterwards."""
        raise NotImplementedError

    def get_page_title(self):
        return self.title

    def get_page_subtitle(self):
        return self.unit.name

    def get_breadcrumbs_items(self):
        return [
            {"url": reverse("units_modeladmin_index"), "label": _("Member register")},
            {"url": tab_url(self.unit.pk), "label": self.unit.name},
            {"url": "", "label": self.title},
        ]

    def form_valid(self, form):
        try:
            words = self.act(form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return self.form_invalid(form)
        messages.success(self.request, words)
        return redirect(tab_url(self.unit.pk))

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(unit=self.unit, back_url=tab_url(self.unit.pk), **kwargs)
        context["media"] = context["form"].media
        return context


class EnterYearsView(BooksView):
    """登记历史缴费: years that were paid before this system."""

    title = gettext_lazy("Enter years paid before")
    template_name = "dues/staff/enter_years.html"
    form_class = PaidYearsForm

    @cached_property
    def unit(self):
        return get_object_or_404(Unit.objects.for_user(self.request.user), pk=self.kwargs["pk"])

    def get_form_kwargs(self):
        """Every year that may be meant and is not paid: from joining, ten years back at most, to three ahead."""
        account, this_year = Account(self.unit), dues_year(timezone.now())
        joined = self.unit.joined_on or (account.certification.since if account.certification else None)
        first = max(this_year - YEARS_BACK, joined.year if joined else this_year - YEARS_BACK)
        years = [year for year in range(first, this_year + YEARS_MAX) if year not in account.standing.paid]
        return {**super().get_form_kwargs(), "years": years}

    def act(self, cleaned):
        actions.enter_paid_years(self.unit, cleaned["years"], by=self.request.user, note=cleaned["note"])
        return _("Entered as paid: %(years)s.") % {"years": owing.in_short(cleaned["years"])}


class TakeBackView(BooksView):
    """Undo a year that was entered so."""

    title = gettext_lazy("Take the year back")
    template_name = "dues/staff/take_back.html"
    form_class = WordsForm

    @cached_property
    def paid_year(self):
        years = PaidYear.objects.for_user(self.request.user).filter(order=None, waiver=None).select_related("unit")
        return get_object_or_404(years, pk=self.kwargs["pk"])

    @property
    def unit(self):
        return self.paid_year.unit

    def get_context_data(self, **kwargs):
        return super().get_context_data(paid_year=self.paid_year, **kwargs)

    def act(self, cleaned):
        actions.take_back_paid_year(self.paid_year, by=self.request.user, reason=cleaned["reason"])
        return _("The year %(year)s is no longer entered as paid.") % {"year": self.paid_year.year}


urlpatterns = [
    path("units/<int:pk>/years/", EnterYearsView.as_view(), name="dues_enter_years"),
    path("years/<int:pk>/take-back/", TakeBackView.as_view(), name="dues_take_back"),
]
