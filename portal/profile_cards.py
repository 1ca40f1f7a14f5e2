"""The form of 单位信息 as its page shows it: cards with their state, entries with the reviewer's words."""

from dataclasses import dataclass, field
from functools import cached_property

from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from membership.units.forms.qualifications import ROWS
from membership.units.papers import Requirement
from membership.units.profile import CONTACT
from membership.units.states import PAPERS, DocumentKind, ReturnReason
from portal.papers import Paper

CARDS = {
    "basic": (
        gettext_lazy("Basic data"),
        (
            "name",
            "uscc",
            "unit_type",
            "legal_representative",
            "founded_on",
            "registered_capital",
            "province",
            "city",
            "address",
            "postcode",
            "telephone",
            "website",
            "staff_count",
            "introduction",
        ),
    ),
    "contact": (gettext_lazy("Contact person"), CONTACT),
    "joining": (gettext_lazy("Membership"), ("joined_on", "was_member_before")),
    "papers": (
        gettext_lazy("Certificates"),
        (
            "business_license",
            ROWS,
            "entry_permit",
            "entry_permit_valid_until",
            "application_form",
            "commitment_letter",
        ),
    ),
}
WIDE = {"name", "address", "website", "introduction"}
NARROW = {"postcode", "staff_count", "registered_capital", "founded_on", "joined_on", "entry_permit_valid_until", "qq"}


@dataclass
class Entry:
    """One line of a card: a field, a paper, or the rows of certificates; `words` are the reviewer's."""

    name: str
    bound: BoundField | None = None
    paper: Paper | None = None
    words: str = ""

    @property
    def is_rows(self):
        return self.name == ROWS

    @property
    def width(self):
        return "" if self.name in WIDE else "sm" if self.name in NARROW else "md"


@dataclass
class Row:
    """One certificate: its form, its file, what the reviewer wrote."""

    form: object
    paper: Paper
    words: str = ""


@dataclass
class Card:
    """A group of entries; `state` says in words what is still to do."""

    key: str
    title: str
    state: str
    css: str
    marked: list = field(default_factory=list)
    others: list = field(default_factory=list)
    is_folded: bool = False


class ProfileCards:
    """The cards of one form. `marked` is {item key: verdict} of the review that came back."""

    def __init__(self, form, marked=None):
        self.form, self.marked = form, marked or {}

    @cached_property
    def cards(self):
        return [self._card(key, *told) for key, told in CARDS.items()]

    @cached_property
    def rows(self):
        """The certificates with their files."""
        return [self._row(row) for row in self.form.rows.forms if row not in self.form.rows.deleted_forms]

    @property
    def empty_row(self):
        """The row that the script adds."""
        return self._row(self.form.rows.empty_form)

    @property
    def need_of_rows(self):
        return self.form.needs[DocumentKind.QUALIFICATION]

    @property
    def offers_permit(self):
        """Whether the entry permit has anything to do with the unit."""
        return self.form.needs[DocumentKind.ENTRY_PERMIT].offered or bool(self.form["entry_permit"].value())

    @property
    def returned(self):
        """[(anchor, label, words)] of everything that the reviewer has marked, in the order of the page."""
        told = []
        for entry in (entry for card in self.cards for entry in card.marked):
            if entry.is_rows:
                for number, words in self._said_of_rows():
                    told.append((f"certificate-{number}", _("Certificate %(number)d") % {"number": number}, words))
            else:
                suffix = "_paper" if entry.paper else ""
                told.append((entry.bound.auto_id + suffix, str(entry.bound.label), entry.words))
        return told

    def _said_of_rows(self):
        return [(number, row.words) for number, row in enumerate(self.rows, start=1) if row.words]

    def _card(self, key, title, names):
        entries = [self._entry(name) for name in names if name == ROWS or name in self.form.fields]
        marked = [entry for entry in entries if entry.words]
        others = [entry for entry in entries if not entry.words]
        wrong = sum(1 for entry in entries if self._is_wrong(entry))
        missing = self.form.gaps(names)
        if marked:
            state, css = ngettext("%(n)d item to mend", "%(n)d items to mend", len(marked)) % {"n": len(marked)}, "warn"
        elif wrong:
            state, css = ngettext("%(n)d error", "%(n)d errors", wrong) % {"n": wrong}, "danger"
        elif missing:
            state, css = ngettext("%(n)d item missing", "%(n)d items missing", missing) % {"n": missing}, "muted"
        else:
            state, css = _("Completed"), "ok"
        folded = bool(self.marked) and not marked and not wrong
        return Card(key, str(title), state, css, marked, others, folded)

    def _is_wrong(self, entry):
        if not self.form.is_bound:
            return False
        if entry.is_rows:
            return self.form.rows.total_error_count() > 0
        return bool(entry.bound.errors)

    def _entry(self, name):
        if name == ROWS:
            words = "".join(row.words for row in self.rows)
            return Entry(name, words=words)
        bound, words = self.form[name], said(self.marked.get(name))
        if name in PAPERS:
            kind = DocumentKind(name)
            file = self.form.found.get(str(bound.value() or ""))
            return Entry(name, bound, Paper(bound, kind, file, self.form.needs[kind], words), words)
        return Entry(name, bound, words=words)

    def _row(self, row):
        kind = DocumentKind.QUALIFICATION
        words = said(self.marked.get(f"qualification:{row['id'].value()}"))
        file = self.form.found.get(str(row["document"].value() or ""))
        return Row(row, Paper(row["document"], kind, file, Requirement(kind, needed=True)), words)


def said(verdict):
    """The reviewer's words on one item: the usual reason, then what was written."""
    if not verdict:
        return ""
    reason = verdict.get("reason")
    usual = str(ReturnReason(reason).label) if reason in ReturnReason and reason != ReturnReason.OTHER else ""
    return "：".join(part for part in (usual, verdict.get("words", "")) if part) or _("To be mended")
