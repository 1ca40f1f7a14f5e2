"""减免 on the page of a unit: waiving years by a resolution, its file, and taking the waiver back."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from membership.dues import actions, owing, permissions, resolutions
from membership.dues.actions.waivers import years_to_waive
from membership.dues.amounts import in_figures
from membership.dues.models import DuesWaiver
from membership.dues.staff.document_forms import WaiverForm, WithDocument
from membership.dues.staff.forms import WordsForm
from membership.dues.staff.unit_dues import BooksView
from membership.dues.standing import Account
from membership.units.models import Unit


class GrantWaiverView(WithDocument, BooksView):
    """减免会费."""

    title = gettext_lazy("Waive dues")
    form_class = WaiverForm
    may = staticmethod(permissions.may_waive)

    @cached_property
    def unit(self):
        return get_object_or_404(Unit.objects.for_user(self.request.user), pk=self.kwargs["pk"])

    @cached_property
    def account(self):
        return Account(self.unit)

    def get_form_kwargs(self):
        priced = [(year, self.account.price_of(year)) for year in years_to_waive(self.account)]
        words = _("%(year)s (%(yuan)s yuan)")
        years = [(year, words % {"year": year, "yuan": in_figures(yuan)}) for year, yuan in priced]
        return {**super().get_form_kwargs(), "years": years}

    def get_context_data(self, **kwargs):
        level = self.account.level
        facts = [
            (_("Unit"), self.unit.name),
            (_("Level"), level.name if level else "--"),
            (_("Years in arrears"), owing.in_short(self.account.standing.arrears) or "--"),
        ]
        said = [
            _("The years ticked count as in order; the unit owes nothing for them and cannot order them."),
            _("They are neither due nor income in the statistics. Prices and orders do not change."),
            _("The administrator of the unit is told by text message."),
        ]
        order = self.account.open_order
        if order:
            words = _("Order %(number)s (%(period)s) is open: years of it can be waived only after it is cancelled.")
            said.insert(0, words % {"number": order.number, "period": order.period})
        return super().get_context_data(facts=facts, consequences=said, button=self.title, **kwargs)

    def act(self, cleaned):
        facts = {name: cleaned[name] for name in ("title", "document_no", "decided_on", "reason")}
        years, resolution = cleaned["years"], cleaned["document"]
        actions.grant_waiver(self.unit, years, by=self.request.user, resolution=resolution, **facts)
        return _("Waived: %(years)s. The unit is told.") % {"years": owing.in_short(years)}


class TakeBackWaiverView(BooksView):
    """撤销减免."""

    title = gettext_lazy("Take the waiver back")
    template_name = "dues/staff/document_form.html"
    form_class = WordsForm
    may = staticmethod(permissions.may_waive)

    @cached_property
    def waiver(self):
        rows = DuesWaiver.objects.for_user(self.request.user).standing().select_related("unit")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    @property
    def unit(self):
        return self.waiver.unit

    def get_context_data(self, **kwargs):
        years = owing.in_short(self.waiver.paid_years.standing().values_list("year", flat=True))
        facts = [
            (_("Unit"), self.unit.name),
            (_("Years waived"), years),
            (_("Resolution"), self.waiver.title),
            (_("Reason"), self.waiver.reason),
        ]
        said = [
            _("The years %(years)s are owed again. The waiver stays on record with your reason.") % {"years": years},
            _("The administrator of the unit is told by text message."),
        ]
        extra = {"facts": facts, "consequences": said, "button": self.title, "is_serious": True}
        return super().get_context_data(**extra, **kwargs)

    def act(self, cleaned):
        actions.take_back_waiver(self.waiver, by=self.request.user, reason=cleaned["reason"])
        return _("The waiver has been taken back.")


@require_safe
def resolution(request, pk):
    """The resolution of a waiver as a download, for readers of the books."""
    if not permissions.may_see_orders(request.user):
        raise PermissionDenied
    waiver = get_object_or_404(DuesWaiver.objects.for_user(request.user), pk=pk)
    return resolutions.download_file(waiver.resolution, waiver.resolution_name)


urlpatterns = [
    path("units/<int:pk>/waive/", GrantWaiverView.as_view(), name="dues_waive"),
    path("waivers/<int:pk>/take-back/", TakeBackWaiverView.as_view(), name="dues_take_back_waiver"),
    path("waivers/<int:pk>/resolution/", resolution, name="dues_waiver_resolution"),
]
