"""The audience of a notice as editors choose it: checkboxes and named units instead of rows of rules."""

from itertools import groupby
from operator import attrgetter

from django import forms
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext_lazy as _

from cms.models import AudienceRule
from membership.dues.states import YearDues
from membership.tracking.states import AudienceKind
from membership.units.models import Body, Level, Unit
from membership.units.regions import Province
from membership.units.states import BodyKind, UnitType


class UnitPicker(forms.SelectMultiple):
    """Units as chips, found by typing: the page holds the chosen ones only, never the whole register."""

    template_name = "cms/staff/widgets/unit_picker.html"

    class Media:
        css = {"all": ["cms/notice_editor.css"]}
        js = ["cms/unit_picker.js"]

    def get_context(self, name, value, attrs):
        context = forms.Widget.get_context(self, name, value, attrs)
        chosen = [key for key in value or () if str(key).isdigit()]
        context["units"] = Unit.objects.filter(pk__in=chosen).only("name")
        return context


class LevelIterator(ModelChoiceIterator):
    """Levels grouped by the kind of body that they belong to."""

    def __iter__(self):
        for kind, levels in groupby(self.queryset, key=attrgetter("body_kind")):
            yield BodyKind(kind).label, [self.choice(level) for level in levels]


class LevelChoiceField(forms.ModelMultipleChoiceField):
    iterator = LevelIterator

    def label_from_instance(self, level):
        return level.name


def _several(field, queryset, **kwargs):
    return field(queryset=queryset, required=False, widget=forms.CheckboxSelectMultiple, **kwargs)


def _choices(choices, **kwargs):
    return forms.MultipleChoiceField(choices=choices, required=False, widget=forms.CheckboxSelectMultiple, **kwargs)


class AudienceFields(forms.Form):
    """The choices that make up an audience: AND between kinds, OR inside a kind, minus the exclusions."""

    to_all = forms.BooleanField(label=_("All members"), required=False)
    to_bodies = _several(forms.ModelMultipleChoiceField, Body.objects.all(), label=_("Members of these bodies"))
    to_levels = _several(
        LevelChoiceField,
        Level.objects.all(),
        label=_("Members at these levels"),
        help_text=_("A level counts in the bodies chosen above; if none is chosen, in the association."),
    )
    to_types = _choices(UnitType.choices, label=_("Units of these types"))
    to_provinces = _choices(Province.choices, label=_("Units of these provinces"))
    to_dues = _choices(
        YearDues.choices, label=_("Units by their dues"), help_text=_("As the books stand when the notice goes out.")
    )
    to_units = forms.ModelMultipleChoiceField(
        Unit.objects.all(), label=_("Only these units"), required=False, widget=UnitPicker
    )
    not_to_units = forms.ModelMultipleChoiceField(
        Unit.objects.all(), label=_("Except these units"), required=False, widget=UnitPicker
    )

    def chosen_rules(self):
        """The rules that the cleaned choices stand for, unsaved; “All” overrides what is narrower."""
        chosen = self.cleaned_data
        if chosen.get("to_all"):
            rules = [AudienceRule(kind=AudienceKind.ALL)]
        else:
            rules = [
                *(AudienceRule(kind=AudienceKind.BODY, body=body) for body in chosen.get("to_bodies") or ()),
                *(AudienceRule(kind=AudienceKind.LEVEL, level=level) for level in chosen.get("to_levels") or ()),
                *(AudienceRule(kind=AudienceKind.TYPE, value=value) for value in chosen.get("to_types") or ()),
                *(AudienceRule(kind=AudienceKind.PROVINCE, value=value) for value in chosen.get("to_provinces") or ()),
                *(AudienceRule(kind=AudienceKind.DUES, value=value) for value in chosen.get("to_dues") or ()),
                *(AudienceRule(kind=AudienceKind.UNIT, unit=unit) for unit in chosen.get("to_units") or ()),
            ]
        excluded = chosen.get("not_to_units") or ()
        return rules + [AudienceRule(kind=AudienceKind.EXCLUDE, unit=unit) for unit in excluded]


def as_choices(rules):
    """The initial values of AudienceFields that stand for these rules."""
    by_kind = {kind: [] for kind in AudienceKind}
    for rule in rules:
        by_kind[AudienceKind(rule.kind)].append(rule.target)
    narrower = any(by_kind[kind] for kind in AudienceKind if kind not in (AudienceKind.ALL, AudienceKind.EXCLUDE))
    return {
        "to_all": bool(by_kind[AudienceKind.ALL]) and not narrower,
        "to_bodies": by_kind[AudienceKind.BODY],
        "to_levels": by_kind[AudienceKind.LEVEL],
        "to_types": by_kind[AudienceKind.TYPE],
        "to_provinces": by_kind[AudienceKind.PROVINCE],
        "to_dues": by_kind[AudienceKind.DUES],
        "to_units": by_kind[AudienceKind.UNIT],
        "not_to_units": by_kind[AudienceKind.EXCLUDE],
    }


def merged(existing, chosen):
    """The chosen rules, each as the existing row that says the same where there is one, numbered in order."""
    known = {_meaning(rule): rule for rule in existing}
    rules = [known.get(_meaning(rule), rule) for rule in chosen]
    for order, rule in enumerate(rules):
        rule.sort_order = order
    return rules


def _meaning(rule):
    return rule.kind, rule.target
