"""Forms of the office about members: levels, decisions on standing, categories, the rules of membership."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.widgets import AdminDateInput

from membership.fields import LineField
from membership.units import actions, uploads
from membership.units.models import Document, Level, Qualification, QualificationCategory
from membership.units.states import DocumentKind

REMARK_MAX = 500
GRADE_MAX = Qualification._meta.get_field("grade").max_length
BETWEEN_GRADES = re.compile(r"[、,，;；/|\n]+")


class ReasonForm(forms.Form):
    """暂停, 恢复 or 退会 on a ground that the unit reads."""

    remark = LineField(
        label=_("Reason"),
        max_length=REMARK_MAX,
        help_text=_("The unit can read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Give the reason: the unit reads it.")},
    )


class LevelForm(forms.Form):
    """调整等级: the level, its first day, the ground, and the document that decided it."""

    level = forms.ModelChoiceField(
        label=_("New level"),
        queryset=Level.objects.none(),
        empty_label=_("Please choose"),
        error_messages={"required": _("Choose the new level.")},
    )
    since = forms.DateField(
        label=_("In force from"),
        widget=AdminDateInput,
        initial=timezone.localdate,
        help_text=_("Today or earlier, for example the day of the meeting that elected."),
        error_messages={"required": _("Enter the first day."), "invalid": _("Enter the day as 2026-01-31.")},
    )
    remark = LineField(
        label=_("Ground"),
        max_length=REMARK_MAX,
        help_text=_("For example: elected by the third session of the fifth council."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Enter the ground of the decision.")},
    )
    file = forms.FileField(
        label=_("Deciding document"),
        required=False,
        help_text=_("Optional; PDF, JPG or PNG, up to 20 MB."),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )
    # A file that has been stored while another field was wrong.
    kept = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, membership, **kwargs):
        super().__init__(*args, **kwargs)
        self.membership = membership
        levels = Level.objects.filter(body_kind=membership.body.kind).exclude(pk=membership.level_id)
        self.fields["level"].queryset = levels.order_by("rank")
        self.fields["level"].label_from_instance = lambda level: level.name
        self.document = None

    def clean_since(self):
        day = self.cleaned_data["since"]
        if day > timezone.localdate():
            raise ValidationError(_("The day lies in the future."), code="in_the_future")
        return day

    def keep_file(self, *, by):
        """Store what was uploaded, or find what an earlier attempt stored; a wrong file is an error of its field."""
        upload, kept = self.cleaned_data.get("file"), self.cleaned_data.get("kept")
        if upload:
            facts = {"unit": self.membership.unit, "kind": DocumentKind.LEVEL_DECISION, "by": by}
            try:
                self.document = actions.store_document(upload, accept=uploads.SCANS, **facts)
            except ValidationError as wrong:
                self.add_error("file", wrong)
        elif kept:
            mine = Document.objects.filter(unit=self.membership.unit, kind=DocumentKind.LEVEL_DECISION, uploaded_by=by)
            self.document = mine.filter(pk=kept).first()


class CategoryForm(WagtailAdminModelForm):
    """A qualification category; grades may be separated as one likes."""

    class Meta:
        model = QualificationCategory
        fields = ["group", "name", "grades", "sort_order", "is_open"]

    def clean_grades(self):
        grades = [grade.strip() for grade in BETWEEN_GRADES.split(self.cleaned_data["grades"]) if grade.strip()]
        if len(set(grades)) != len(grades):
            raise ValidationError(_("A grade stands there twice."), code="twice")
        if too_long := next((grade for grade in grades if len(grade) > GRADE_MAX), None):
            raise ValidationError(_("“%(grade)s” is too long for a grade."), code="long", params={"grade": too_long})
        return QualificationCategory.SEPARATOR.join(grades)
