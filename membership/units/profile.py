"""The profile of a unit as one plain value: what is handed in, kept with its review, compared and put on file.

A profile is {"facts": {column: plain value}, "documents": {kind: id}, "qualifications": [{…}]} and lives in JSON.
"""

import uuid
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from types import SimpleNamespace

from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from membership.units.models import Document, ProfileDraft, Qualification, QualificationCategory, Unit
from membership.units.states import PAPERS, DocumentKind

CONTACT = ("contact_department", "contact_name", "contact_phone", "qq", "email")
# After certification these change at once and are recorded; everything else goes through a review.
AT_ONCE = (*CONTACT, "address", "postcode", "telephone", "website", "staff_count", "introduction")
FACTS = (
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
    *CONTACT,
    "joined_on",
    "was_member_before",
    "entry_permit_valid_until",
)
REVIEWED = tuple(name for name in FACTS if name not in AT_ONCE)
OF_QUALIFICATION = ("category", "grade", "certificate_no", "issuer", "valid_until", "document")


@dataclass(frozen=True)
class Item:
    """One thing to be judged: its key in the verdicts, what it is called, what is said, and the file that proves it."""

    key: str
    label: str
    value: str = ""
    document_id: str = ""


@dataclass(frozen=True)
class Difference:
    """One item that is not as it was; `before` is empty for what is new, `after` for what is gone."""

    key: str
    label: str
    before: str
    after: str


def plain(value):
    """A value that JSON can hold: dates and amounts as text, nothing as empty text."""
    if value is None:
        return ""
    return value if isinstance(value, (bool, int, str)) else str(value)


def profile_of(unit):
    """The profile that is on file. One query, for the qualification certificates."""
    return {
        "facts": {name: plain(getattr(unit, name)) for name in FACTS},
        "documents": {str(kind): plain(getattr(unit, f"{kind}_id")) for kind in PAPERS},
        "qualifications": [
            {
                "id": str(row.pk),
                "category": row.category_id,
                "grade": row.grade,
                "certificate_no": row.certificate_no,
                "issuer": row.issuer,
                "valid_until": plain(row.valid_until),
                "document": str(row.document_id),
            }
            for row in unit.qualifications.order_by("sort_order", "pk")
        ],
    }


def facts_in(profile):
    """The facts as an object with attributes of the columns' own types, for rules such as `required_documents`."""
    return SimpleNamespace(**{name: _typed(name, profile["facts"].get(name)) for name in FACTS})


def as_typed(unit):
    """The unit as its draft describes it, not to be saved: what is typed and right, else what is on file. One query."""
    typed = copy(unit)
    draft = ProfileDraft.objects.filter(unit=unit).first()
    facts = draft.values.get("facts", {}) if draft else {}
    for name in FACTS:
        field = Unit._meta.get_field(name)
        with suppress(KeyError, ValidationError):
            value = facts[name]
            setattr(typed, name, None if field.null and value in ("", None) else field.clean(value, typed))
    return typed


def reviewed_part(profile, unit):
    """The profile with what changes at once taken from the file: what a review of a change would put on file."""
    on_file = profile_of(unit)["facts"]
    facts = {name: on_file[name] if name in AT_ONCE else profile["facts"].get(name, "") for name in FACTS}
    return {**profile, "facts": facts}


def write_profile(unit, profile):
    """Put the profile on file; the caller holds the transaction.

    Raises ValidationError when a file is named that is not the unit's own, or not of that kind.
    """
    check_documents(unit, profile)
    facts = [name for name in FACTS if name in profile["facts"]]
    for name in facts:
        setattr(unit, name, _typed(name, profile["facts"][name]))
    for kind in PAPERS:
        setattr(unit, f"{kind}_id", profile["documents"].get(kind) or None)
    unit.save(update_fields=[*facts, *PAPERS])
    _write_qualifications(unit, profile["qualifications"])


def check_documents(unit, profile):
    """Raise ValidationError unless every file of the profile is the unit's own and of the kind it is given for."""
    named = {(str(kind), str(pk)) for kind, pk in profile["documents"].items() if pk}
    named |= {(str(DocumentKind.QUALIFICATION), str(row["document"])) for row in profile["qualifications"]}
    own = Document.objects.filter(unit=unit, pk__in=[pk for _kind, pk in named if pk])
    if not named <= {(kind, str(pk)) for kind, pk in own.values_list("kind", "pk")}:
        raise ValidationError(_("A file is no longer there. Upload it again."), code="document_gone")


def items(profile):
    """Every item of a profile that a reviewer judges, in the order of the form. Two queries."""
    names = _Names([profile])
    facts = [Item(name, *_fact(name, value)) for name, value in _ordered(profile)]
    papers = [
        Item(str(kind), str(kind.label), names.file(pk), str(pk))
        for kind in PAPERS
        if (pk := profile["documents"].get(kind))
    ]
    certificates = [
        Item(
            f"qualification:{row['id']}", str(DocumentKind.QUALIFICATION.label), names.certificate(row), row["document"]
        )
        for row in profile["qualifications"]
    ]
    return [*facts, *papers, *certificates]


def differences(old, new):
    """What `new` says otherwise than `old`, in the order of the form. Two queries."""
    names = _Names([old, new])
    before, after = _comparable(old, names), _comparable(new, names)
    found = []
    for key in [*after, *(key for key in before if key not in after)]:
        (label, was), (label_now, now) = before.get(key, ("", ("", ""))), after.get(key, ("", ("", "")))
        if was != now:
            found.append(Difference(key, label_now or label, was[0], now[0]))
    return found


def _comparable(profile, names):
    """{key: (label, (words, identity))}: two files of one name are two."""
    told = {name: (_fact(name, value)[0], (_fact(name, value)[1], "")) for name, value in _ordered(profile)}
    for kind in PAPERS:
        pk = str(profile["documents"].get(kind) or "")
        told[str(kind)] = (str(kind.label), (names.file(pk), pk))
    for row in profile["qualifications"]:
        told[f"qualification:{row['id']}"] = (
            str(DocumentKind.QUALIFICATION.label),
            (names.certificate(row), row["document"]),
        )
    return told


class _Names:
    """Names of the files and categories that some profiles mention, looked up at once."""

    def __init__(self, profiles):
        rows = [row for profile in profiles for row in profile["qualifications"]]
        files = [pk for profile in profiles for pk in profile["documents"].values() if pk]
        files += [row["document"] for row in rows if row["document"]]
        self.files = {str(pk): document.original_name for pk, document in Document.objects.in_bulk(files).items()}
        self.categories = QualificationCategory.objects.in_bulk([row["category"] for row in rows])

    def file(self, pk):
        return self.files.get(str(pk), "")

    def certificate(self, row):
        category = self.categories.get(row["category"])
        valid = _("valid until %(day)s") % {"day": row["valid_until"]} if row["valid_until"] else ""
        told = [str(category or ""), row["grade"], row["certificate_no"], row["issuer"], valid]
        return "，".join(part for part in told if part)


def _ordered(profile):
    return [(name, profile["facts"][name]) for name in FACTS if name in profile["facts"]]


def _fact(name, value):
    """(label, words) of one fact."""
    field = Unit._meta.get_field(name)
    typed = _typed(name, value)
    if isinstance(value, bool):
        words = _("Yes") if value else _("No")
    elif field.choices:
        words = str(dict(field.flatchoices).get(value, value))
    elif isinstance(typed, Decimal):
        words = f"{typed.normalize():f}"  # 30000 was typed, 30000.00 is on file
    elif hasattr(typed, "isoformat"):
        words = date_format(typed, "Y-m-d")
    else:
        words = str(value)
    return str(field.verbose_name), words


def _typed(name, value):
    field = Unit._meta.get_field(name)
    if field.null and value in ("", None):
        return None
    return field.to_python(value if value is not None else "")


def _write_qualifications(unit, rows):
    """The certificates become these: kept by their id, a strange id is given a new one."""
    strange = set(Qualification.objects.filter(pk__in=[row["id"] for row in rows]).exclude(unit=unit).values_list("pk"))
    kept = []
    for order, row in enumerate(rows):
        pk = uuid.UUID(str(row["id"]))
        values = {
            "category_id": row["category"],
            "grade": row["grade"],
            "certificate_no": row["certificate_no"],
            "issuer": row["issuer"],
            "valid_until": row["valid_until"] or None,
            "document_id": row["document"],
            "sort_order": order,
        }
        known, _new = Qualification.objects.update_or_create(
            pk=uuid.uuid4() if (pk,) in strange else pk, unit=unit, defaults=values
        )
        kept.append(known.pk)
    unit.qualifications.exclude(pk__in=kept).delete()
