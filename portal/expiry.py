"""Certificates of a unit that run out soon, in the order in which they do."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from membership.units.models import Qualification
from membership.units.states import DocumentKind

WITHIN = 60  # days


@dataclass
class Expiry:
    """One paper: what it is, until when it is valid, how many days that leaves (below 0 it has run out)."""

    name: str
    day: date
    days: int

    @property
    def state(self):
        """Words and colour."""
        if self.days < 0:
            return {"label": _("Has run out"), "css": "danger"}
        if self.days == 0:
            return {"label": _("Expires today"), "css": "danger"}
        words = ngettext("%(n)d day left", "%(n)d days left", self.days) % {"n": self.days}
        return {"label": words, "css": "warn"}


def expiring(unit, today):
    """Certificates and entry permit of a certified unit that run out within 60 days, or have run out. One query."""
    certificates = Qualification.objects.expiring(today, WITHIN).filter(unit=unit).select_related("category")
    found = [(str(row), row.valid_until) for row in certificates]
    permit = unit.entry_permit_valid_until
    if unit.entry_permit_id and permit and (permit - today).days <= WITHIN:
        found.append((str(DocumentKind.ENTRY_PERMIT.label), permit))
    papers = [Expiry(name, day, (day - today).days) for name, day in found]
    return sorted(papers, key=lambda paper: (paper.day, paper.name))
