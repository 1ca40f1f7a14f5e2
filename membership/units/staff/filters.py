"""What the lists of the office are narrowed by."""

from datetime import timedelta

from django import forms
from django.contrib.admin import SimpleListFilter
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from membership.units.models import Body, Level, Membership, QualificationCategory
from membership.units.regions import Province
from membership.units.states import BodyKind, MembershipState, UnitType

SEARCH_MAX = 100
EXPIRED = "expired"
# How far ahead the office looks for certificates that run out.
HORIZONS = [
    ("7", _("Within 7 days")),
    ("30", _("Within 30 days")),
    ("60", _("Within 60 days")),
    (EXPIRED, _("Run out already")),
]


def days_of(horizon, today):
    """(first, last) day that a horizon of `HORIZONS` covers; without a first day for what has run out."""
    if horizon == EXPIRED:
        return None, today - timedelta(days=1)
    return today, today + timedelta(days=int(horizon))


def bodies_for(user):
    """The bodies that this person may choose from: all, or the association and the own branches."""
    if user.has_perm("units.view_unit"):
        return Body.objects.all()
    return Body.objects.filter(kind=BodyKind.ASSOCIATION) | Body.objects.filter(body_staff__user=user)


def any_of(choices):
    return [("", _("All")), *choices]


class LevelChoices(forms.models.ModelChoiceIterator):
    """Levels under the kind of body that has them."""

    def __iter__(self):
        yield ("", _("All"))
        levels = list(self.queryset)
        for kind in BodyKind:
            yield (kind.label, [(level.pk, level.name) for level in levels if level.body_kind == kind])


class LevelField(forms.ModelChoiceField):
    iterator = LevelChoices


class RegisterFilter(forms.Form):
    """What the member register is searched for and narrowed by."""

    q = forms.CharField(
        label=_("Search"),
        required=False,
        max_length=SEARCH_MAX,
        widget=forms.TextInput(
            attrs={"type": "search", "placeholder": _("Name, credit code, contact or telephone"), "autocomplete": "off"}
        ),
    )
    body = forms.ModelChoiceField(
        label=_("Member of"), queryset=Body.objects.none(), required=False, empty_label=_("All")
    )
    level = LevelField(label=_("Level"), queryset=Level.objects.none(), required=False)
    unit_type = forms.ChoiceField(label=_("Unit type"), choices=any_of(UnitType.choices), required=False)
    province = forms.ChoiceField(label=_("Place"), choices=any_of(Province.choices), required=False)
    standing = forms.ChoiceField(
        label=_("State of certification"), choices=any_of(MembershipState.choices), required=False
    )
    expiring = forms.ChoiceField(label=_("Qualifications"), choices=any_of(HORIZONS), required=False)

    def __init__(self, data, *, user):
        super().__init__(data)
        self.user = user
        self.fields["body"].queryset = bodies_for(user).distinct()
        self.fields["level"].queryset = Level.objects.all()

    def clean(self):
        cleaned = super().clean()
        body, level = cleaned.get("body"), cleaned.get("level")
        if body and level and body.kind != level.body_kind:
            self.add_error("level", _("This body has no such level."))
        return cleaned

    @property
    def is_used(self):
        return any(self.data.get(name) for name in self.fields)

    def narrow(self, units):
        """The units that fit; none when the form says that something cannot be."""
        if not self.is_valid():
            return units.none()
        chosen = self.cleaned_data
        units = units.matching(chosen["q"])
        wanted = {name: chosen[name] for name in ("body", "level") if chosen[name]}
        if wanted:
            units = units.standing_in(Membership.objects.for_register(self.user).filter(**wanted))
        if chosen["standing"]:
            units = units.with_certification(chosen["standing"])
        if chosen["expiring"]:
            units = units.running_out(*days_of(chosen["expiring"], timezone.localdate()))
        return units.filter(**{name: chosen[name] for name in ("unit_type", "province") if chosen[name]})


class ByGroup(SimpleListFilter):
    """Which group of qualification categories."""

    title = _("group")
    parameter_name = "group"

    def lookups(self, request, model_admin):
        groups = QualificationCategory.objects.order_by("sort_order").values_list("group", flat=True)
        return [(group, group) for group in dict.fromkeys(groups)]

    def queryset(self, request, queryset):
        return queryset.filter(group=self.value()) if self.value() else queryset
