"""The receipt that a unit returns: opinions on agenda items, attendees of a meeting, a file."""

from typing import NamedTuple
from uuid import UUID

from django import forms
from django.conf import settings
from django.forms.boundfield import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from membership.accounts.forms import MobileField
from membership.accounts.phones import national
from membership.fields import LineField, TextField
from membership.tracking.states import Gender, OpinionChoice, ReceiptKind
from membership.units import uploads
from membership.units.actions import store_document
from membership.units.models import Document
from membership.units.states import DocumentKind

MAX_ATTENDEES = 50
MAX_ROWS_SHOWN = 200  # more rows than allowed come back with the words that say so, but not without end
LAST_VERSION = 2**31 - 2
ROWS = "attendees"
STALE = _("The page is out of date. Reload it, check your entries and return the receipt again.")


class AttendeeForm(forms.Form):
    """One person whom the unit sends (guide 二.(二).2)."""

    name = LineField(
        label=_("Full name"), max_length=50, error_messages={"required": _("Enter the name of the attendee.")}
    )
    gender = forms.ChoiceField(label=_("Gender"), required=False, choices=[("", "--"), *Gender.choices])
    position = LineField(
        label=_("Position"), max_length=50, error_messages={"required": _("Enter the position of the attendee.")}
    )
    mobile = MobileField(error_messages={"required": _("Enter the mobile number of the attendee.")})
    email = forms.EmailField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        error_messages={"invalid": _("Enter a complete e-mail address, such as name@example.com.")},
    )
    remark = LineField(label=_("Remark"), required=False, max_length=200)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"


class AttendeeRows(forms.BaseFormSet):
    """The table of attendees: blank rows are passed over wherever they stand, but not all may be blank."""

    default_error_messages = {
        **forms.BaseFormSet.default_error_messages,
        "too_few_forms": _("Enter at least one attendee."),
        "too_many_forms": _("At most %(num)d attendees can be entered."),
    }

    def get_form_kwargs(self, index):
        return {**super().get_form_kwargs(index), "empty_permitted": True, "use_required_attribute": False}

    @property
    def persons(self):
        """Attendee's fields of every filled row, once the formset is valid."""
        return [{name: row.cleaned_data[name] for name in row.base_fields} for row in self if row.has_changed()]


AttendeeFormSet = forms.formset_factory(
    AttendeeForm,
    formset=AttendeeRows,
    extra=0,
    min_num=1,
    max_num=MAX_ATTENDEES,
    absolute_max=MAX_ROWS_SHOWN,
    validate_min=True,
    validate_max=True,
    can_delete=True,
)


class AgendaRow(NamedTuple):
    """One agenda item with the two fields that answer it."""

    item: object
    choice: BoundField
    comment: BoundField


class ReceiptForm(forms.Form):
    """The receipt of one delivery. Unbound it shows the version returned before, bound what the person typed.

    An upload that passes its own check is stored at once as `kept`, even when the rest is refused, so that nobody has
    to upload twice; the next try names it by its id in `document`.
    """

    version = forms.IntegerField(
        min_value=0,
        max_value=LAST_VERSION,
        widget=forms.HiddenInput,
        error_messages=dict.fromkeys(["required", "invalid", "min_value", "max_value"], STALE),
    )
    document = forms.Field(required=False, widget=forms.HiddenInput)
    file = forms.FileField(label=_("Receipt file"), required=False, allow_empty_file=True)

    def __init__(self, delivery, items, data=None, files=None, *, by=None, receipt=None):
        self.delivery, self.items, self.by = delivery, list(items), by
        self.kept = receipt.document if receipt else None
        self.attendees = None
        super().__init__(data, files, initial=self._returned_before(receipt))
        for item in self.items:
            self._add_item(item)
        self.order_fields([name for name in self.fields if name != "file"])  # the file comes last on the page
        if delivery.receipt_kind == ReceiptKind.ATTENDANCE:
            self.attendees = AttendeeFormSet(self.data if self.is_bound else None, prefix=ROWS, initial=_rows(receipt))

    @classmethod
    def for_delivery(cls, delivery, items, data=None, files=None, *, by=None, receipt=None, add_row=False):
        """The form for what this notice asks back.

        `items` are its agenda items (only a deliberation answers them), `data` and `files` what was posted (`data` is
        any mapping with `get`), `by` the person in whose name an upload is stored, `receipt` the version to start from.
        With `add_row` the table of attendees has one more row, and nothing but the file has been judged yet.
        """
        if delivery.receipt_kind != ReceiptKind.DELIBERATION:
            items = ()
        if data is not None and delivery.receipt_kind == ReceiptKind.ATTENDANCE:
            data = with_rows_numbered(data, more=1 if add_row else 0)
        form = cls(delivery, items, data, files if data is not None else None, by=by, receipt=receipt)
        if add_row:
            form.forget_errors(but=["file"])
        return form

    @property
    def accept(self):
        """Media types that the file may have: the stamped scan of a deliberation is a PDF (guide 二.(二).1)."""
        return (uploads.PDF,) if self.delivery.receipt_kind == ReceiptKind.DELIBERATION else uploads.FORMS

    @property
    def file_accept(self):
        """The endings of `accept` for the browser's file dialog."""
        return ",".join(sorted(ending for mime in self.accept for ending in uploads.EXTENSIONS[mime]))

    @property
    def file_hint(self):
        limit = {"limit": settings.UPLOAD_MAX_BYTES // 1024**2}
        if self.accept == (uploads.PDF,):
            return (
                gettext("PDF, up to %(limit)d MB. Print, fill in, stamp with the seal of your unit, scan to PDF.")
                % limit
            )
        return gettext("PDF, Word, Excel, JPG or PNG, up to %(limit)d MB.") % limit

    @property
    def agenda(self):
        return [AgendaRow(item, self[choice_of(item)], self[comment_of(item)]) for item in self.items]

    def is_valid(self):
        valid = super().is_valid()
        return (self.attendees is None or self.attendees.is_valid()) and valid

    def answers(self):
        """What `actions.submit_receipt` is to be given, once the form is valid."""
        return {
            "version": self.cleaned_data["version"],
            "document": self.kept,
            "opinions": [
                {
                    "item": item,
                    "choice": self.cleaned_data[choice_of(item)],
                    "comment": self.cleaned_data[comment_of(item)],
                }
                for item in self.items
            ],
            "attendees": self.attendees.persons if self.attendees else [],
        }

    def repeats(self, receipt):
        """Whether this valid form says just what `receipt` says: the same button pressed twice."""
        mine = self.answers()
        opinions = {(o.item_id, o.choice, o.comment) for o in receipt.opinions.all()}
        persons = [{name: getattr(a, name) for name in AttendeeForm.base_fields} for a in receipt.attendees.all()]
        return (
            {(o["item"].pk, o["choice"], o["comment"]) for o in mine["opinions"]} == opinions
            and mine["attendees"] == persons
            and (self.kept and self.kept.sha256) == (receipt.document and receipt.document.sha256)
        )

    def forget_errors(self, but=()):
        """Show what was typed without judging it, except in the fields `but`."""
        for name in set(self.errors) - set(but):
            del self.errors[name]
        if self.attendees is not None:
            self.attendees.non_form_errors().clear()
            for row in self.attendees:
                row.errors.clear()

    def build_on(self, version):
        """The person has been shown this newer version: the next try replaces it."""
        self.data = {**{name: self.data.get(name) for name in self.data}, "version": version}

    def clean_document(self):
        """Find the file that an earlier try has left; it must be this unit's and of a kind that this receipt takes."""
        key = _uuid(self.cleaned_data["document"])
        if key and self.by:
            kept = Document.objects.filter(unit=self.delivery.unit_id, kind=DocumentKind.RECEIPT, pk=key).first()
            self.kept = kept if kept and kept.mime in self.accept else None
        return self.kept

    def clean_file(self):
        """Store the upload; one that is refused leaves the file kept earlier in place."""
        upload = self.cleaned_data["file"]
        if upload:
            self.kept = store_document(
                upload, unit=self.delivery.unit, kind=DocumentKind.RECEIPT, by=self.by, accept=self.accept
            )
        return upload

    def clean(self):
        cleaned = super().clean()
        if any(name not in self.fields for name in self.data if str(name).startswith("opinion_")):
            self.add_error(None, _("The matters of this notice have changed since you opened it. Read them again."))
        for item in self.items:
            reason_owed = cleaned.get(choice_of(item)) == OpinionChoice.DISAGREE and comment_of(item) in cleaned
            if reason_owed and not cleaned[comment_of(item)]:
                self.add_error(comment_of(item), _("Explain your opinion: you chose to disagree."))
        if self.delivery.notice.upload_required and not self.kept and "file" not in self.errors:
            self.add_error("file", self._file_wanted())
        return cleaned

    def _file_wanted(self):
        if self.delivery.receipt_kind == ReceiptKind.DELIBERATION:
            return _("Upload the stamped receipt as a PDF.")
        return _("Upload the completed receipt form.")

    def _add_item(self, item):
        words = gettext("Choose an opinion on “%(matter)s”.") % {"matter": item.title}
        self.fields[choice_of(item)] = forms.ChoiceField(
            label=_("Opinion"),
            choices=OpinionChoice.choices,
            widget=forms.RadioSelect,
            error_messages={"required": words, "invalid_choice": words},
        )
        self.fields[comment_of(item)] = TextField(
            label=_("Explanation"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
        )

    def _returned_before(self, receipt):
        initial = {"version": self.delivery.receipt_version}
        for opinion in receipt.opinions.all() if receipt and self.items else ():
            initial |= {f"opinion_{opinion.item_id}": opinion.choice, f"comment_{opinion.item_id}": opinion.comment}
        return initial


def choice_of(item):
    return f"opinion_{item.pk}"


def comment_of(item):
    return f"comment_{item.pk}"


def with_rows_numbered(data, more=0):
    """The posted data, its rows of attendees numbered afresh without those ticked for deletion, `more` at the end."""
    total = _count(data.get(f"{ROWS}-TOTAL_FORMS"))
    rows = [number for number in range(total) if not data.get(f"{ROWS}-{number}-DELETE")]
    fresh = {name: data.get(name) for name in data if not str(name).startswith(f"{ROWS}-")}
    for number, old in enumerate(rows):
        for name in AttendeeForm.base_fields:
            fresh[f"{ROWS}-{number}-{name}"] = data.get(f"{ROWS}-{old}-{name}", "")
    return fresh | {f"{ROWS}-TOTAL_FORMS": max(len(rows) + more, 1), f"{ROWS}-INITIAL_FORMS": 0}


def _count(text):
    text = str(text or "")
    return min(int(text), MAX_ROWS_SHOWN) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _uuid(text):
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _rows(receipt):
    persons = receipt.attendees.all() if receipt else ()
    rows = [{name: getattr(person, name) for name in AttendeeForm.base_fields} for person in persons]
    return [row | {"mobile": national(row["mobile"]) or row["mobile"]} for row in rows]


def as_posted(*, version, document, opinions, attendees):
    """The same answers as a browser posts them; `opinions` name their item by its id."""
    posted = {"version": version, "document": str(document or ""), f"{ROWS}-TOTAL_FORMS": len(attendees)}
    for opinion in opinions:
        posted |= {f"opinion_{opinion['item']}": opinion["choice"], f"comment_{opinion['item']}": opinion["comment"]}
    for number, person in enumerate(attendees):
        posted |= {f"{ROWS}-{number}-{name}": value for name, value in person.items()}
    return posted
