"""What the lists of dues are searched for and narrowed by. Their values are plain, so that a job can have them too."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from membership.dues import collection
from membership.dues.calendar import dues_year
from membership.dues.states import OrderState
from membership.fields import LineField
from membership.prepared import Prepared
from membership.units.models import Body, Level
from membership.units.staff.filters import SEARCH_MAX, any_of
from membership.units.states import BodyKind

ONLY = [("overdue", _("Overdue")), ("part_paid", _("Part of the money has come"))]
SUSPENDABLE = [("suspendable", _("May be suspended"))]


@Prepared
def _levels():
    return Level.objects.filter(body_kind=BodyKind.ASSOCIATION).order_by("rank").values_list("pk", "name")


@Prepared
def _branches():
    return Body.objects.filter(kind=BodyKind.BRANCH).order_by("sort_order", "pk").values_list("pk", "name")


class ListFilter(forms.Form):
    """A search and some choices; `chosen` are those made, by name, as plain values."""

    q = LineField(
        label=_("Search"),
        required=False,
        max_length=SEARCH_MAX,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    level = forms.TypedChoiceField(label=_("Level"), required=False, coerce=int, empty_value=None)
    year = forms.TypedChoiceField(label=_("Dues year"), required=False, coerce=int, empty_value=None)
    body = forms.TypedChoiceField(label=_("Member of"), required=False, coerce=int, empty_value=None)

    def __init__(self, data):
        super().__init__(data)
        self.fields["level"].choices = any_of(_levels())
        self.fields["year"].choices = any_of((year, str(year)) for year in self.years())
        self.fields["body"].choices = any_of(_branches())

    def years(self):
        return collection.years_to_choose(dues_year(timezone.now()))

    @property
    def is_used(self):
        return any(self.data.get(name) for name in self.fields)

    @property
    def chosen(self):
        """{name: value}; None when the form says that something cannot be."""
        return {name: value for name, value in self.cleaned_data.items() if value} if self.is_valid() else None


class OrderFilter(ListFilter):
    """订单."""

    state = forms.ChoiceField(label=_("State"), choices=any_of(OrderState.choices), required=False)
    only = forms.ChoiceField(label=_("Only"), choices=any_of(ONLY), required=False)
    field_order = ["q", "state", "year", "level", "body", "only"]

    def __init__(self, data):
        super().__init__(data)
        self.fields["q"].widget.attrs["placeholder"] = _("Order number, remittance code, unit or payer")


class ArrearsFilter(ListFilter):
    """应收清单."""

    only = forms.ChoiceField(label=_("Only"), choices=any_of(SUSPENDABLE), required=False)
    field_order = ["q", "year", "level", "body", "only"]

    def __init__(self, data):
        super().__init__(data)
        self.fields["q"].widget.attrs["placeholder"] = _("Name, credit code, contact or telephone")

    def years(self):
        this_year = dues_year(timezone.now())
        return [year for year in super().years() if year <= this_year]
