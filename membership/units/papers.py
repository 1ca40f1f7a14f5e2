"""What a unit must hand in: the one rule for the form, the check on the server, the review screen and the API."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from membership.units.models import MembershipSettings
from membership.units.states import PAPERS, WITHOUT_QUALIFICATION, DocumentKind


@dataclass(frozen=True)
class Requirement:
    """Whether a kind of document must be there (`needed`), may be there (`offered`), and why in a sentence."""

    kind: DocumentKind
    needed: bool
    offered: bool = True
    why: str = ""


def required_documents(unit):
    """A Requirement for every kind of paper and for qualification certificates (guide 一.(二).2–4).

    `unit` is anything with unit_type, province, joined_on (a date or None) and was_member_before.
    """
    rules = MembershipSettings.current()
    from_outside = bool(unit.province) and unit.province != rules.home_province
    spared = is_spared_papers(unit)
    day = f"{rules.paperwork_exempt_before:%Y-%m-%d}"
    if spared:
        papers_why = _("Optional for formal members before %(day)s.") % {"day": day}
    else:
        papers_why = _("Only formal members before %(day)s may leave it out.") % {"day": day}
    qualified = unit.unit_type not in WITHOUT_QUALIFICATION
    return [
        Requirement(DocumentKind.BUSINESS_LICENSE, needed=True),
        Requirement(
            DocumentKind.QUALIFICATION,
            needed=qualified,
            why=_("At least one certificate.")
            if qualified
            else _("Schools, research institutes and social organisations need none."),
        ),
        Requirement(
            DocumentKind.ENTRY_PERMIT,
            needed=from_outside,
            offered=from_outside,
            why=_("Needed because the unit is registered in another province."),
        ),
        Requirement(DocumentKind.APPLICATION_FORM, needed=not spared, why=papers_why),
        Requirement(DocumentKind.COMMITMENT_LETTER, needed=not spared, why=papers_why),
    ]


def is_spared_papers(unit):
    """Whether application form and letter may be left out: a formal member since before the day of the rules."""
    exempt_before = MembershipSettings.current().paperwork_exempt_before
    return bool(unit.was_member_before and unit.joined_on and unit.joined_on < exempt_before)


def missing_documents(unit, documents, qualifications):
    """The kinds that must be there and are not. `documents` is {kind: id}, `qualifications` any sequence of them."""
    have = {kind for kind in PAPERS if documents.get(kind)}
    if qualifications:
        have.add(DocumentKind.QUALIFICATION)
    return [rule.kind for rule in required_documents(unit) if rule.needed and rule.kind not in have]


def waives_papers(unit, documents):
    """Whether the old membership that the unit claims is what spares it papers that it has not handed in (T37)."""
    papers = (DocumentKind.APPLICATION_FORM, DocumentKind.COMMITMENT_LETTER)
    return is_spared_papers(unit) and not all(documents.get(kind) for kind in papers)
