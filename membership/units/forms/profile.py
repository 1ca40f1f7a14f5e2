"""单位信息: the profile of a unit as it is filled in, with its papers and certificates (guide 一.(二))."""

from types import SimpleNamespace

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from membership.fields import LineField, TextField
from membership.units.forms.fields import (
    DayField,
    DigitsField,
    IdentityFields,
    MailField,
    NumberField,
    PaperField,
    TelephoneField,
    WebsiteField,
    as_id,
    to_be_chosen,
)
from membership.units.forms.qualifications import (
    ROWS,
    Catalogue,
    QualificationFormSet,
    as_rows_posted,
    is_filled,
    rows_in,
)
from membership.units.models import Document, MembershipSettings, Unit
from membership.units.papers import missing_documents, required_documents
from membership.units.profile import AT_ONCE, FACTS, plain
from membership.units.regions import Province
from membership.units.states import PAPERS, DocumentKind, UnitType

LONGEST_ENTRY = 5000  # characters of one entry that a draft keeps
RULE_FACTS = ("unit_type", "province", "joined_on", "was_member_before")
YES, NO = "True", "False"


class ContactForm(forms.Form):
    """What changes at once, without a review: whom to ask, where, and how the unit presents itself."""

    contact_department = LineField(label=_("Contact department"), required=False, max_length=50)
    contact_name = LineField(
        label=_("Contact person"), max_length=50, error_messages={"required": _("Enter the contact person.")}
    )
    contact_phone = TelephoneField(
        label=_("Contact phone"),
        max_length=30,
        help_text=_("A mobile number, or a landline such as 028-86000000"),
        error_messages={"required": _("Enter the contact phone.")},
    )
    qq = DigitsField(label="QQ", required=False, shortest=5, longest=12, words=_("A QQ number has 5 to 12 digits."))
    email = MailField(label=_("E-mail"), required=False)
    address = LineField(
        label=_("Address"), max_length=200, error_messages={"required": _("Enter the address of the unit.")}
    )
    postcode = DigitsField(
        label=_("Postcode"), required=False, shortest=6, longest=6, words=_("A postcode has 6 digits.")
    )
    telephone = TelephoneField(label=_("Telephone of the unit"), required=False, max_length=30)
    website = WebsiteField(label=_("Website"), required=False)
    staff_count = NumberField(
        label=_("Number of staff"),
        required=False,
        largest=10_000_000,
        places=0,
        words=_("Enter the number of staff in digits, such as 120."),
    )
    introduction = TextField(
        label=_("Introduction"),
        required=False,
        max_length=1000,
        help_text=_("At most 1000 characters"),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    @classmethod
    def of(cls, unit, data=None):
        """The form with what is on file."""
        return cls(data, initial={name: plain(getattr(unit, name)) for name in AT_ONCE})

    def facts(self):
        """The columns with their values, once the form is valid."""
        cleaned = self.cleaned_data
        return {**cleaned, "staff_count": int(cleaned["staff_count"]) if cleaned["staff_count"] else None}


class UnitProfileForm(IdentityFields, ContactForm):
    """The whole profile. `entries` are what was typed, right or wrong, in the shape of a profile.

    Unless it is to `judge`, nothing is complained about: a draft may lack anything. With `reviewed_only` it holds what
    a certified unit proposes to change; the rest stays as it is on file. Two queries, one more when it judges.
    """

    field_order = [*FACTS, *map(str, PAPERS)]

    unit_type = forms.ChoiceField(
        label=_("Unit type"),
        choices=to_be_chosen(UnitType.choices),
        help_text=_("It decides which certificates are needed"),
        error_messages=dict.fromkeys(["required", "invalid_choice"], _("Choose the type of the unit.")),
    )
    founded_on = DayField(label=_("Founded on"), required=False)
    registered_capital = NumberField(
        label=_("Registered capital (10,000 yuan)"),
        required=False,
        largest=99_999_999_999,
        places=2,
        words=_("Enter the capital in digits, in 10,000 yuan, such as 5000 or 5000.50."),
    )
    province = forms.ChoiceField(
        label=_("Place"),
        choices=to_be_chosen(Province.choices),
        help_text=_("Where the unit is registered"),
        error_messages=dict.fromkeys(["required", "invalid_choice"], _("Choose the province.")),
    )
    city = LineField(label=_("City and district"), required=False, max_length=50)
    joined_on = DayField(label=_("Member since"), error_messages={"required": _("Enter the day of joining.")})
    was_member_before = forms.ChoiceField(
        label=_("Already a formal member?"),
        choices=[(YES, _("Yes, already a formal member")), (NO, _("No, a new application"))],
        widget=forms.RadioSelect,
        error_messages=dict.fromkeys(["required", "invalid_choice"], _("Say whether the unit is a formal member.")),
    )
    business_license = PaperField(DocumentKind.BUSINESS_LICENSE, label=DocumentKind.BUSINESS_LICENSE.label)
    entry_permit = PaperField(DocumentKind.ENTRY_PERMIT, label=DocumentKind.ENTRY_PERMIT.label)
    entry_permit_valid_until = DayField(label=_("Entry permit valid until"), required=False)
    application_form = PaperField(DocumentKind.APPLICATION_FORM, label=DocumentKind.APPLICATION_FORM.label)
    commitment_letter = PaperField(DocumentKind.COMMITMENT_LETTER, label=DocumentKind.COMMITMENT_LETTER.label)

    def __init__(self, entries, *, unit, judge=False, reviewed_only=False):
        self.unit, self.entries = unit, entries
        posted = {**entries["facts"], **entries["documents"]}
        super().__init__(posted if judge else None, initial=posted, use_required_attribute=False)
        self.found = self._files()
        for name in AT_ONCE if reviewed_only else ():
            del self.fields[name]
        for kind in PAPERS:
            self.fields[str(kind)].found = self.found
        self.fields["joined_on"].help_text = _day_of_joining_hint()
        rows = entries["qualifications"]
        self.catalogue = Catalogue(row.get("category", "") for row in rows)
        self.rows = QualificationFormSet(
            as_rows_posted(rows) if judge else None,
            prefix=ROWS,
            initial=None if judge else rows,
            form_kwargs={"catalogue": self.catalogue, "found": self.found},
        )
        self.needs = {rule.kind: rule for rule in required_documents(self._rule_facts())}

    def is_valid(self):
        """Facts and certificates are judged both, so that everything is told at once."""
        rows_are_fine = self.rows.is_valid()
        return super().is_valid() and rows_are_fine and not self.rows.non_form_errors()

    def clean_joined_on(self):
        day = self.cleaned_data["joined_on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day lies ahead. New applicants enter today’s date."), code="future")
        return day

    def clean_founded_on(self):
        day = self.cleaned_data["founded_on"]
        if day and day > timezone.localdate():
            raise ValidationError(_("This day lies ahead."), code="future")
        return day

    def clean_uscc(self):
        uscc = self.cleaned_data["uscc"]
        if Unit.objects.filter(uscc=uscc, submitted_at__isnull=False).exclude(pk=self.unit.pk).exists():
            raise ValidationError(
                _(
                    "A unit with this credit code is registered already. Ask its administrator to invite your mobile "
                    "number, or call the association."
                ),
                code="uscc_taken",
            )
        return uscc

    def clean(self):
        cleaned = super().clean()
        founded, joined = cleaned.get("founded_on"), cleaned.get("joined_on")
        if founded and joined and joined < founded:
            self.add_error("joined_on", gettext("The unit was founded later, on %(day)s.") % {"day": founded})
        papers = {str(kind): cleaned.get(str(kind)) for kind in PAPERS}
        for kind in missing_documents(self._rule_facts(), papers, self._filled_rows()):
            self._tell_missing(kind)
        return cleaned

    def _tell_missing(self, kind):
        if kind == DocumentKind.QUALIFICATION:
            self.rows.non_form_errors().append(gettext("Add at least one qualification certificate."))
        elif str(kind) not in self.errors:
            words = gettext("Upload the file: %(paper)s.") % {"paper": DocumentKind(kind).label}
            self.add_error(str(kind), ValidationError(words, code="missing"))

    def profile(self):
        """What is handed in, once the form is valid: a profile in plain values, with what is on file for the rest."""
        facts = {name: plain(getattr(self.unit, name)) for name in FACTS}
        facts |= {name: plain(self.cleaned_data[name]) for name in FACTS if name in self.cleaned_data}
        facts["was_member_before"] = self.cleaned_data["was_member_before"] == YES
        documents = {str(kind): self.cleaned_data[str(kind)] for kind in PAPERS}
        return {
            "facts": facts,
            "documents": {kind: str(document.pk) if document else "" for kind, document in documents.items()},
            "qualifications": self.rows.plain,
        }

    def tell_refused(self, refused, *, alone):
        """Say beside their fields which uploads could not be taken, {name of a paper or index of a row: sentences}.

        With `alone` nothing else is complained about.
        """
        if alone:
            self.errors.clear()
            self.rows.non_form_errors().clear()
            for row in self.rows.forms:
                row.errors.clear()
        for place, sentences in refused.items():
            owner, name = (self, place) if isinstance(place, str) else (self.rows.forms[place], "document")
            owner.errors[name] = owner.error_class(sentences)

    def gaps(self, names):
        """How many of these required fields and papers have nothing in them yet."""
        blank = [name for name in names if name in self.fields and self.fields[name].required and not self._typed(name)]
        wanted = [kind for kind in PAPERS if str(kind) in names and self.needs[kind].needed]
        papers = [kind for kind in wanted if not self._typed(str(kind))]
        rows_owed = ROWS in names and self.needs[DocumentKind.QUALIFICATION].needed and not self._filled_rows()
        return len(blank) + len(papers) + rows_owed

    def _typed(self, name):
        return str(self.initial.get(name, "")).strip()

    def _filled_rows(self):
        return [row for row in self.entries["qualifications"] if is_filled(row)]

    def _files(self):
        """{id: document} of the unit's files that the entries name."""
        named = [*self.entries["documents"].values(), *(row["document"] for row in self.entries["qualifications"])]
        documents = Document.objects.filter(unit=self.unit, pk__in=[key for key in map(as_id, named) if key])
        return {str(document.pk): document for document in documents}

    def _rule_facts(self):
        """The facts on which the rules hang, as far as they can be understood."""
        typed = {name: self._typed(name) for name in RULE_FACTS}
        try:
            typed["joined_on"] = self.fields["joined_on"].to_python(typed["joined_on"])
        except ValidationError:
            typed["joined_on"] = None
        return SimpleNamespace(**typed | {"was_member_before": typed["was_member_before"] == YES})


def _day_of_joining_hint():
    day = f"{MembershipSettings.current().paperwork_exempt_before:%Y-%m-%d}"
    return gettext(
        "Members enter the day on which they became formal members, new applicants today’s date. "
        "Who joined on or after %(day)s uploads application form and letter of commitment."
    ) % {"day": day}


def entries_posted(data, more=0):
    """What a browser has posted, in the shape of a profile, with `more` blank rows of certificates at the end."""
    documents = {str(kind): str(data.get(str(kind)) or "") for kind in PAPERS if f"{kind}-remove" not in data}
    return {
        "facts": {name: str(data.get(name) or "") for name in FACTS},
        "documents": dict.fromkeys(map(str, PAPERS), "") | documents,
        "qualifications": rows_in(data, more),
    }


def entries_of(profile):
    """A profile that is on file as somebody would type it."""
    return {
        "facts": {name: str(value) for name, value in profile["facts"].items()},
        "documents": dict(profile["documents"]),
        "qualifications": [{name: str(value) for name, value in row.items()} for row in profile["qualifications"]],
    }


def fit_to_keep(entries):
    """The same entries as a database can hold them: no NUL, no half characters, nothing endless."""

    def fit(text):
        whole = str(text).replace("\0", "").encode("utf-8", "ignore").decode("utf-8")
        return whole[:LONGEST_ENTRY]

    return {
        "facts": {name: fit(value) for name, value in entries["facts"].items()},
        "documents": {name: fit(value) for name, value in entries["documents"].items()},
        "qualifications": [
            {name: fit(value) for name, value in row.items() if name != "number"}
            for row in entries["qualifications"]
            if is_filled(row)
        ],
    }
