"""资质证书: the rows of certificates in the profile of a unit (guide 一.(二).2)."""

import uuid
from itertools import groupby

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from membership.fields import LineField
from membership.units.forms.fields import DayField, PaperField, as_id, to_be_chosen
from membership.units.models import QualificationCategory
from membership.units.states import DocumentKind

MAX_QUALIFICATIONS = 20
MAX_ROWS_SHOWN = 40  # more than allowed come back with the words that say so, but not without end
ROWS = "qualifications"
ENTRIES = ("id", "category", "grade", "certificate_no", "issuer", "valid_until", "document")


class CategorySelect(forms.Select):
    """Two levels in one list: groups, and the names in them; every name says which grades it has."""

    grades_of = {}

    def create_option(self, name, value, *args, **kwargs):
        option = super().create_option(name, value, *args, **kwargs)
        grades = self.grades_of.get(str(value), [])
        option["attrs"]["data-grades"] = QualificationCategory.SEPARATOR.join(grades)
        return option


class Catalogue:
    """The categories that a unit may choose: those offered, and those that it has chosen before. One query."""

    def __init__(self, chosen=()):
        named = {int(pk) for pk in chosen if str(pk).isascii() and str(pk).isdigit() and len(str(pk)) < 10}
        known = QualificationCategory.objects.offered() | QualificationCategory.objects.filter(pk__in=named)
        self.categories = list(known.distinct())
        self.grades_of = {str(category.pk): category.grade_list for category in self.categories}

    @property
    def choices(self):
        groups = groupby(self.categories, key=lambda category: category.group)
        return to_be_chosen([(group, [(str(each.pk), each.name) for each in members]) for group, members in groups])

    @property
    def grades(self):
        """Every grade that there is, each once."""
        return list(dict.fromkeys(grade for grades in self.grades_of.values() for grade in grades))


class QualificationForm(forms.Form):
    """One certificate."""

    id = forms.CharField(required=False, widget=forms.HiddenInput)
    category = forms.ChoiceField(
        label=_("Qualification category"),
        widget=CategorySelect,
        error_messages=dict.fromkeys(["required", "invalid_choice"], _("Choose the category of the certificate.")),
    )
    grade = forms.CharField(label=_("Grade"), required=False, widget=forms.Select)
    certificate_no = LineField(label=_("Certificate number"), required=False, max_length=60)
    issuer = LineField(label=_("Issued by"), required=False, max_length=100)
    valid_until = DayField(label=_("Valid until"), required=False)
    document = PaperField(DocumentKind.QUALIFICATION, label=_("Scan of the certificate"))

    def __init__(self, *args, catalogue, found, **kwargs):
        super().__init__(*args, **kwargs)
        self.catalogue = catalogue
        self.fields["category"].choices = catalogue.choices
        self.fields["category"].widget.grades_of = catalogue.grades_of
        self.fields["grade"].widget.choices = [("", _("No grade")), *((grade, grade) for grade in catalogue.grades)]
        self.fields["document"].found = found
        for field in self.fields.values():
            field.widget.attrs.setdefault("autocomplete", "off")

    def clean(self):
        cleaned = super().clean()
        grades = self.catalogue.grades_of.get(cleaned.get("category"), [])
        grade = cleaned.get("grade", "")
        if grade not in (grades or [""]) and "category" in cleaned:
            one_of = QualificationCategory.SEPARATOR.join(grades)
            words = _("Choose the grade: %(grades)s.") if grades else _("This category has no grades.")
            self.add_error("grade", ValidationError(words, code="grade", params={"grades": one_of}))
        if cleaned.get("document") is None and "document" not in self.errors:
            self.add_error("document", _("Upload the scan of the certificate."))
        return cleaned

    @property
    def plain(self):
        """The row as it is handed in; a new one gets its id here."""
        cleaned = self.cleaned_data
        return {
            "id": str(as_id(cleaned["id"]) or uuid.uuid4()),
            "category": int(cleaned["category"]),
            "grade": cleaned["grade"],
            "certificate_no": cleaned["certificate_no"],
            "issuer": cleaned["issuer"],
            "valid_until": str(cleaned["valid_until"] or ""),
            "document": str(cleaned["document"].pk),
        }


class QualificationRows(forms.BaseFormSet):
    """The certificates; a row in which nothing has been entered is passed over."""

    default_error_messages = {
        **forms.BaseFormSet.default_error_messages,
        "too_many_forms": _("At most %(num)d certificates can be entered."),
    }

    def get_form_kwargs(self, index):
        return {**super().get_form_kwargs(index), "empty_permitted": True, "use_required_attribute": False}

    @property
    def filled(self):
        return [row for row in self.forms if row.has_changed()]

    @property
    def plain(self):
        """The rows as they are handed in, once the formset is valid; no two of them share an id."""
        rows, known = [], set()
        for row in self.filled:
            entry = row.plain
            if entry["id"] in known:
                entry["id"] = str(uuid.uuid4())
            known.add(entry["id"])
            rows.append(entry)
        return rows


QualificationFormSet = forms.formset_factory(
    QualificationForm,
    formset=QualificationRows,
    extra=0,
    max_num=MAX_QUALIFICATIONS,
    absolute_max=MAX_ROWS_SHOWN,
    validate_max=True,
    can_delete=True,
)


def rows_in(data, more=0):
    """The rows that were posted, without those ticked for deletion, with `more` blank ones at the end."""
    total = str(data.get(f"{ROWS}-TOTAL_FORMS", ""))
    count = min(int(total), MAX_ROWS_SHOWN) if total.isascii() and total.isdigit() and len(total) < 10 else 0
    rows = []
    for number in range(count):
        row = {name: str(data.get(f"{ROWS}-{number}-{name}") or "") for name in ENTRIES}
        if f"{ROWS}-{number}-document-remove" in data:
            row["document"] = ""
        if not data.get(f"{ROWS}-{number}-DELETE"):
            rows.append((row if is_filled(row) else row | {"id": ""}) | {"number": number})
    return [*rows, *(dict.fromkeys(ENTRIES, "") | {"number": -1} for _number in range(more))]


def is_filled(row):
    """Whether anything has been entered into the row."""
    return any(row.get(name) for name in ENTRIES if name != "id")


def as_rows_posted(rows):
    """The same rows as a browser posts them."""
    posted = {f"{ROWS}-TOTAL_FORMS": len(rows), f"{ROWS}-INITIAL_FORMS": 0}
    for number, row in enumerate(rows):
        posted |= {f"{ROWS}-{number}-{name}": row.get(name, "") for name in ENTRIES}
    return posted
