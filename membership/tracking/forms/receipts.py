"""The receipt that a unit returns: opinions on agenda items, attendees of a meeting, a file."""

from typing import NamedTuple
from uuid import UUID

from django import forms
from django.conf import settings
from django.forms.boundfield import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from membership.fields import LineField, TextField
from membership.tracking.forms.attendees import ROWS, asked_about, attendee_rows, with_rows_numbered
from membership.tracking.states import OpinionChoice, ReceiptKind
from membership.units import uploads
from membership.units.actions import store_document
from membership.units.models import Document
from membership.units.states import DocumentKind

LAST_VERSION = 2**31 - 2
COMES, STAYS_AWAY = "yes", "no"
OF_MATTERS = ("opinion_", "comment_")
KEPT_LENGTH = 1000  # of one entry in a draft; the fields take less
STALE = _("The page is out of date. Reload it, check your entries and return the receipt again.")


class AgendaRow(NamedTuple):
    """One agenda item with the two fields that answer it."""

    item: object
    choice: BoundField
    comment: BoundField

    @property
    def has_own_options(self):
        """The unit chooses among names or dates, not whether it agrees."""
        return self.item.choices != OpinionChoice.choices


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
    attending = forms.ChoiceField(
        label=_("Attendance"),
        required=False,
        initial=COMES,
        choices=[(COMES, _("We will attend")), (STAYS_AWAY, _("We cannot attend"))],
        widget=forms.RadioSelect,
    )
    declined_because = LineField(label=_("Reason for not attending"), required=False, max_length=200)
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
            self.attendees = attendee_rows(delivery.notice, self.data if self.is_bound else None, receipt)
        for name in self._not_asked():
            del self.fields[name]

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

    @classmethod
    def from_draft(cls, delivery, items, values, *, by):
        """The form with what was saved as a draft (`entries`), made for the receipt as it stands now; nothing judged.

        Matters that the notice no longer has are left out.
        """
        known = {name for item in items for name in (choice_of(item), comment_of(item))}
        values = {name: text for name, text in values.items() if name in known or not name.startswith(OF_MATTERS)}
        form = cls.for_delivery(delivery, items, values | {"version": delivery.receipt_version}, {}, by=by)
        form.forget_errors()
        return form

    @property
    def entries(self):
        """What was typed into the bound form, right or wrong, as a draft keeps it: {name of the field: text}."""
        names = [name for name in self.fields if name not in {"version", "file", "document"}]
        if self.attendees is not None:
            names += [f"{ROWS}-TOTAL_FORMS", *(cell.html_name for row in self.attendees for cell in row.cells)]
        typed = {name: _fit_to_keep(self.data.get(name)) for name in names}
        return typed | ({"document": str(self.kept.pk)} if self.kept else {})

    @property
    def edition(self):
        """Which text of the notice is answered: that of its last correction. A page carries it along."""
        corrected_at = self.delivery.notice.corrected_at
        return corrected_at.isoformat() if corrected_at else ""

    @property
    def takes_file(self):
        """An acknowledgement is one button; the other kinds may come with a file."""
        return self.delivery.receipt_kind != ReceiptKind.ACKNOWLEDGEMENT

    @property
    def declines(self):
        """Whether the unit says that it sends nobody."""
        return self.attendees is not None and self["attending"].value() == STAYS_AWAY

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
        if self.declines:
            self.attendees.forget_errors()
            return valid
        return (self.attendees is None or self.attendees.is_valid()) and valid

    def answers(self):
        """What `actions.submit_receipt` is to be given, once the form is valid."""
        answers = {
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
            "attendees": self.attendees.persons if self.attendees and not self.declines else [],
        }
        if self.declines:
            answers["declined_because"] = self.cleaned_data["declined_because"]
        return answers

    def repeats(self, receipt):
        """Whether this valid form says just what `receipt` says: the same button pressed twice."""
        mine = self.answers()
        opinions = {(o.item_id, o.choice, o.comment) for o in receipt.opinions.all()}
        asked = asked_about(self.delivery.notice)
        persons = [{name: getattr(a, name) for name in asked} for a in receipt.attendees.all()]
        return (
            {(o["item"].pk, o["choice"], o["comment"]) for o in mine["opinions"]} == opinions
            and mine["attendees"] == persons
            and mine.get("declined_because", "") == receipt.declined_because
            and (self.kept and self.kept.sha256) == (receipt.document and receipt.document.sha256)
        )

    def forget_errors(self, but=()):
        """Show what was typed without judging it, except in the fields `but`."""
        for name in set(self.errors) - set(but):
            del self.errors[name]
        if self.attendees is not None:
            self.attendees.forget_errors()

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
        if any(name not in self.fields for name in self.data if str(name).startswith(OF_MATTERS[0])):
            self.add_error(None, _("The matters of this notice have changed since you opened it. Read them again."))
        if self.data.get("edition", self.edition) != self.edition:
            self.add_error(None, _("The notice was corrected after you opened it. Read it again before you answer."))
        for item in self.items:
            reason_owed = cleaned.get(choice_of(item)) == OpinionChoice.DISAGREE and comment_of(item) in cleaned
            if reason_owed and not cleaned[comment_of(item)]:
                self.add_error(comment_of(item), _("Explain your opinion: you chose to disagree."))
        if self.declines and "declined_because" in cleaned and not cleaned["declined_because"]:
            self.add_error("declined_because", _("Say why your unit cannot attend."))
        if self.wants_file and not self.declines and not self.kept and "file" not in self.errors:
            self.add_error("file", self._file_wanted())
        return cleaned

    @property
    def wants_file(self):
        """Whether the notice insists on a file."""
        return self.takes_file and self.delivery.notice.upload_required

    def _not_asked(self):
        if self.attendees is None:
            yield from ("attending", "declined_because")
        if not self.takes_file:
            yield from ("document", "file")

    def _file_wanted(self):
        if self.delivery.receipt_kind == ReceiptKind.DELIBERATION:
            return _("Upload the stamped receipt as a PDF.")
        return _("Upload the completed receipt form.")

    def _add_item(self, item):
        words = gettext("Choose an opinion on “%(matter)s”.") % {"matter": item.title}
        self.fields[choice_of(item)] = forms.ChoiceField(
            label=_("Opinion"),
            choices=item.choices,
            widget=forms.RadioSelect,
            error_messages={"required": words, "invalid_choice": words},
        )
        self.fields[comment_of(item)] = TextField(
            label=_("Explanation"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
        )

    def _returned_before(self, receipt):
        initial = {"version": self.delivery.receipt_version}
        if receipt and receipt.declined_because:
            initial |= {"attending": STAYS_AWAY, "declined_because": receipt.declined_because}
        for opinion in receipt.opinions.all() if receipt and self.items else ():
            initial |= {f"opinion_{opinion.item_id}": opinion.choice, f"comment_{opinion.item_id}": opinion.comment}
        return initial


def choice_of(item):
    return f"opinion_{item.pk}"


def comment_of(item):
    return f"comment_{item.pk}"


def _uuid(text):
    try:
        return UUID(str(text))
    except ValueError:
        return None


def _fit_to_keep(text):
    """Text that any database takes: no half characters and none that nobody can see or type."""
    text = str(text or "")[:KEPT_LENGTH].encode(errors="ignore").decode()
    return text.replace("\x00", "")


def as_posted(*, version, document, opinions, attendees, declined_because=""):
    """The same answers as a browser posts them; `opinions` name their item by its id."""
    posted = {"version": version, "document": str(document or ""), f"{ROWS}-TOTAL_FORMS": len(attendees)}
    if declined_because:
        posted |= {"attending": STAYS_AWAY, "declined_because": declined_because}
    for opinion in opinions:
        posted |= {f"opinion_{opinion['item']}": opinion["choice"], f"comment_{opinion['item']}": opinion["comment"]}
    for number, person in enumerate(attendees):
        posted |= {f"{ROWS}-{number}-{name}": value for name, value in person.items()}
    return posted
