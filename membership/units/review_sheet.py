"""What a reviewer has before the eyes: what was handed in, item by item, with its file, its verdict and what is new."""

from dataclasses import dataclass, field, replace
from functools import cached_property

from django.conf import settings
from django.utils import translation

from membership.units import verdicts
from membership.units.findings import findings
from membership.units.models import Document, Membership, Review
from membership.units.previews import previews_of
from membership.units.profile import AT_ONCE, CONTACT, differences, items, profile_of
from membership.units.states import DocumentKind, ReviewSubject

# The paper on which a fact can be read.
PROOF = {
    **dict.fromkeys(
        ("name", "uscc", "unit_type", "legal_representative", "founded_on", "registered_capital", "province"),
        str(DocumentKind.BUSINESS_LICENSE),
    ),
    "entry_permit_valid_until": str(DocumentKind.ENTRY_PERMIT),
    "joined_on": str(DocumentKind.APPLICATION_FORM),
    "was_member_before": str(DocumentKind.APPLICATION_FORM),
}


@dataclass(frozen=True)
class Line:
    """One item on the sheet; `before` is what it said last time (None: the same), `proof` the key of a file."""

    key: str
    label: str
    value: str = ""
    document_id: str = ""
    before: str | None = None
    verdict: dict = field(default_factory=dict)
    proof: str = ""
    findings: tuple = ()
    preview: object = None
    is_judged: bool = True
    number: int = 0

    @property
    def is_new(self):
        """Not as it was last time."""
        return self.before is not None

    @property
    def anchor(self):
        """What the ids of its controls end with."""
        return str(self.number)

    @property
    def is_certificate(self):
        return self.key.startswith("qualification:")

    @property
    def is_ok(self):
        return bool(self.verdict) and self.verdict["ok"]

    @property
    def is_marked(self):
        return bool(self.verdict) and not self.verdict["ok"]

    @property
    def reason(self):
        return self.verdict.get("reason", "")

    @property
    def words(self):
        return self.verdict.get("words", "")


class Sheet:
    """The sheet of one review for one member of the staff, who has fetched it with permission."""

    def __init__(self, review, user):
        self.review, self.user = review, user
        self.membership, self.unit = review.membership, review.membership.unit

    @property
    def is_profile(self):
        """Whether a whole profile was handed in: an application to the association, or a change."""
        return self.membership.is_certification and self.review.subject != ReviewSubject.LEAVE

    @cached_property
    def earlier(self):
        """The rounds of this membership before this one and beside it, the newest first."""
        rounds = Review.objects.filter(membership=self.membership).exclude(pk=self.review.pk)
        return list(rounds.select_related("decided_by", "handed_in_by").order_by("-handed_in_at", "-pk"))

    @cached_property
    def compared(self):
        """The round that this one is compared with, or None."""
        same = [row for row in self.earlier if row.subject == self.review.subject and row.round < self.review.round]
        return same[0] if same and self.review.subject == ReviewSubject.APPLICATION else None

    @cached_property
    def changes(self):
        """{key: Difference} from the last round; of a change, from the certified facts."""
        if not self.is_profile:
            return {}
        if self.review.subject == ReviewSubject.CHANGE:
            before = profile_of(self.unit)
        elif self.compared:
            before = self.compared.snapshot
        else:
            return {}
        return {difference.key: difference for difference in differences(before, self.review.snapshot)}

    @cached_property
    def findings(self):
        return findings(self.review)

    @cached_property
    def lines(self):
        """Every item that is judged, in the order of the form."""
        if self.review.subject == ReviewSubject.LEAVE:
            return []
        rows = self._of_profile() if self.is_profile else self._of_application()
        return [replace(row, number=number) for number, row in enumerate(rows, start=1)]

    @cached_property
    def keys(self):
        return [line.key for line in self.lines if line.is_judged]

    @property
    def facts(self):
        """The lines that are words, not files."""
        return [line for line in self.lines if not line.document_id]

    @property
    def facts_first(self):
        """Of a change what is new, of anything else all: what the reviewer reads at once."""
        return [line for line in self.facts if line.is_new] if self._hides_the_same else self.facts

    @property
    def facts_folded(self):
        """The facts of a change that stay as they are."""
        return [line for line in self.facts if not line.is_new] if self._hides_the_same else []

    @property
    def _hides_the_same(self):
        return self.review.subject == ReviewSubject.CHANGE

    @cached_property
    def papers(self):
        """The files with their previews; for a branch those of the unit on file, which are not judged."""
        if self.review.subject == ReviewSubject.LEAVE:
            rows = [self._of_request()] if self.review.document_id else []
        elif self.is_profile:
            rows = [line for line in self.lines if line.document_id]
        else:
            on_file = _numbered(items(profile_of(self.unit)))
            rows = [_line(item, is_judged=False) for item in on_file if item.document_id]
        seen = Document.objects.for_user(self.user).in_bulk([row.document_id for row in rows])
        previews = {str(preview.document.pk): preview for preview in previews_of(list(seen.values()))}
        rows = [replace(row, preview=previews.get(row.document_id)) for row in rows]
        return [replace(row, number=number) for number, row in enumerate(rows, start=1)]

    @cached_property
    def facts_on_file(self):
        """The unit's facts beside an application to a branch or a request to leave: read, not judged."""
        if self.is_profile:
            return []
        return [_line(item) for item in items(profile_of(self.unit)) if item.value and not item.document_id]

    @property
    def gone(self):
        """What was handed in before and is no longer."""
        there = set(self.keys)
        return [change for key, change in self.changes.items() if key not in there]

    @cached_property
    def remark(self):
        """The words to the unit that follow from the verdicts kept so far, in the language of the units."""
        if translation.get_language() == settings.LANGUAGE_CODE:
            return verdicts.remark(self.lines, self.review.verdicts)
        with translation.override(settings.LANGUAGE_CODE):
            return Sheet(self.review, self.user).remark

    def _of_profile(self):
        for item in _numbered(items(self.review.snapshot)):
            change = self.changes.get(item.key)
            yield _line(
                item,
                before=change.before if change else None,
                verdict=self.review.verdicts.get(item.key, {}),
                proof=PROOF.get(item.key, ""),
                findings=tuple(found for found in self.findings if found.key == item.key),
                is_judged=not (self.review.subject == ReviewSubject.CHANGE and item.key in AT_ONCE),
            )

    def _of_application(self):
        """What a branch is told: the contact and the answers to its questions."""
        contact = self.review.snapshot.get("contact", {})
        rows = [(name, str(Membership._meta.get_field(name).verbose_name), contact.get(name, "")) for name in CONTACT]
        answers = self.review.snapshot.get("answers", [])
        rows += [(f"answer:{n}", answer["label"], answer["value"]) for n, answer in enumerate(answers)]
        for key, label, value in rows:
            yield Line(key=key, label=label, value=str(value), verdict=self.review.verdicts.get(key, {}))

    def _of_request(self):
        label = str(DocumentKind.LEAVE_APPLICATION.label)
        return Line("leave_application", label, document_id=str(self.review.document_id), is_judged=False)


def _numbered(rows):
    """Certificates share a label: of several, each gets its number."""
    certificates = [row.key for row in rows if row.key.startswith("qualification:")]
    if len(certificates) < 2:
        return rows
    numbers = {key: number for number, key in enumerate(certificates, start=1)}
    return [replace(row, label=f"{row.label} {numbers[row.key]}") if row.key in numbers else row for row in rows]


def _line(item, **more):
    return Line(item.key, item.label, item.value, item.document_id, **more)
