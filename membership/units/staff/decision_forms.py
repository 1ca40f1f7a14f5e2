"""What a reviewer fills in to decide: level and number, words to send back or to refuse, a colleague, a note."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from membership.fields import LineField
from membership.units.actions import next_member_no
from membership.units.models import Level
from membership.units.states import ReviewSubject
from membership.units.verdicts import REMARK_MAX

ORDINARY = "ordinary"
PAGE_FORM = "review-form"  # the id of the one form of the page, to which fields all over it belong


class OnThePage(forms.Form):
    """A part of the one form of the page."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for bound in self:
            bound.field.widget.attrs["form"] = PAGE_FORM


class ApproveForm(OnThePage):
    """通过: the level, the number and the day; for old members that hand in no papers, how they were checked (T37)."""

    level = forms.ModelChoiceField(
        label=_("Level"),
        queryset=Level.objects.none(),
        empty_label=None,
        error_messages={"required": _("Choose the level.")},
    )
    member_no = LineField(label=_("Member number"), max_length=30, required=False)
    since = forms.DateField(
        label=_("Member since"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Enter the day."), "invalid": _("Enter the day, such as 2026-11-25.")},
    )
    waiver_checked = forms.BooleanField(
        label=_("I have checked that the unit was a formal member on that day"),
        error_messages={"required": _("Tick that you have checked the old membership.")},
    )
    waiver_reason = LineField(
        label=_("How it was checked"),
        max_length=200,
        error_messages={"required": _("Say how it was checked, for example in which list of members.")},
    )

    def __init__(self, review, *args, **kwargs):
        super().__init__(*args, prefix="approve", **kwargs)
        self.review = review
        membership = review.membership
        if review.subject == ReviewSubject.APPLICATION:
            levels = Level.objects.filter(body_kind=membership.body.kind).order_by("rank")
            self.fields["level"].queryset = levels
            self.fields["level"].label_from_instance = lambda level: level.name
            if not self.is_bound:
                self.initial = self._initial(membership, levels)
        else:
            for name in ("level", "member_no", "since"):
                del self.fields[name]
        if not review.waives_papers:
            del self.fields["waiver_checked"], self.fields["waiver_reason"]

    @staticmethod
    def _initial(membership, levels):
        unit = membership.unit
        is_old = membership.is_certification and unit.was_member_before and unit.joined_on
        number = membership.member_no or (next_member_no(membership.body) if membership.is_certification else "")
        return {
            "level": membership.level_id or next((level.pk for level in levels if level.slug == ORDINARY), None),
            "member_no": number,
            "since": unit.joined_on if is_old else timezone.localdate(),
        }

    @property
    def decision(self):
        """What the verb is given."""
        return {name: value for name, value in self.cleaned_data.items() if name != "waiver_checked"}


class WordsForm(OnThePage):
    """The words that the unit reads."""

    remark = forms.CharField(
        label=_("Words to the unit"),
        max_length=REMARK_MAX,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Say what is to be mended or why: the unit reads these words.")},
    )

    @property
    def decision(self):
        return {"remark": self.cleaned_data["remark"]}


class HandOnForm(forms.Form):
    """转交: a colleague who may decide on this."""

    to = forms.ModelChoiceField(
        label=_("Colleague"),
        queryset=None,
        empty_label=_("Choose a colleague"),
        error_messages={"required": _("Choose a colleague."), "invalid_choice": _("Choose a colleague.")},
    )

    def __init__(self, people, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["to"].queryset = people


class NoteForm(forms.Form):
    """A word among the staff."""

    text = forms.CharField(
        label=_("Internal note"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Write the note.")},
    )
