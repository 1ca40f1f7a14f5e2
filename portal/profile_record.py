"""A profile to read: its facts and files in cards, with what a reader should notice."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from membership.units.forms.qualifications import ROWS
from membership.units.papers import required_documents
from membership.units.profile import facts_in, items, profile_of
from membership.units.states import PAPERS, DocumentKind
from portal.profile_cards import CARDS

SOON = timedelta(days=60)
PERMIT = {"entry_permit", "entry_permit_valid_until"}  # of no concern to units of the home province


@dataclass
class Line:
    """One fact or file. `anchor` is where it is changed in the form, `mark` what a reader should notice."""

    label: str
    value: str
    anchor: str
    document_id: str = ""
    mark: str = ""
    css: str = "warn"


@dataclass
class Section:
    key: str
    title: str
    lines: list


class ProfileRecord:
    """The cards of a profile. Two queries."""

    def __init__(self, profile):
        self.profile = profile
        self.items = {item.key: item for item in items(profile)}
        needs = {rule.kind: rule for rule in required_documents(facts_in(profile))}
        has_permit = profile["documents"].get(DocumentKind.ENTRY_PERMIT)
        self.hidden = set() if needs[DocumentKind.ENTRY_PERMIT].offered or has_permit else PERMIT
        self.numbers = {f"qualification:{row['id']}": n for n, row in enumerate(profile["qualifications"])}

    @classmethod
    def on_file(cls, unit):
        """What the unit has on file."""
        return cls(profile_of(unit))

    @property
    def sections(self):
        return [Section(key, str(title), self._lines(names)) for key, (title, names) in CARDS.items()]

    @property
    def expired(self):
        """Names of what has run out: to be noticed, not an error."""
        return [line.label for section in self.sections for line in section.lines if line.css == "danger"]

    def _lines(self, names):
        lines = []
        for name in (name for name in names if name not in self.hidden):
            if name == ROWS:
                lines += [self._certificate(key, number) for key, number in self.numbers.items()] or [
                    Line(str(DocumentKind.QUALIFICATION.label), "", f"#{ROWS}")
                ]
            elif name in PAPERS:
                item = self.items.get(name)
                label = str(DocumentKind(name).label)
                value, pk = (item.value, item.document_id) if item else ("", "")
                lines.append(Line(label, value, f"#id_{name}_paper", pk))
            elif name in self.items:
                item = self.items[name]
                mark = validity(self.profile["facts"][name]) if name == "entry_permit_valid_until" else {}
                lines.append(Line(item.label, item.value, f"#id_{name}", **mark))
        return lines

    def _certificate(self, key, number):
        item = self.items[key]
        mark = validity(self.profile["qualifications"][number]["valid_until"])
        label = f"{item.label} {number + 1}"
        return Line(label, item.value, f"#id_{ROWS}-{number}-category", item.document_id, **mark)


def validity(day):
    """What is to be noticed about the last day of validity, an ISO date or nothing: run out, or soon to run out."""
    if not day:
        return {}
    left = date.fromisoformat(day) - timezone.localdate()
    if left < timedelta(0):
        return {"mark": _("Expired"), "css": "danger"}
    return {"mark": _("Expires soon"), "css": "warn"} if left <= SOON else {}
