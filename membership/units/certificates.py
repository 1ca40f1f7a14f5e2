"""会员证书: the code on it, as it is printed and as people type it, and whose certificate carries it."""

import unicodedata

from membership.units.models import Membership, Unit
from membership.units.states import MembershipState

GROUP = 4
# What the public learns: who is a member, and who was one. Applications are nobody's business.
TOLD = (MembershipState.ACTIVE, MembershipState.SUSPENDED, MembershipState.LEFT)


def tidy_code(typed):
    """The code as it is stored: full-width and small letters made plain, spaces and dashes left out."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    return "".join(c for c in plain if c.isascii() and c.isalnum())


def in_groups(code):
    """The code as it is printed: “ABCD EFGH JKMN PQRS”."""
    return " ".join(code[start : start + GROUP] for start in range(0, len(code), GROUP))


def holder(code):
    """The unit that is or was certified under this code (as stored), or None. Two queries."""
    certified = Membership.objects.certifications().filter(state__in=TOLD).values("unit")
    return Unit.objects.filter(pk__in=certified, certificate_code=code).with_memberships().first()


def standing(unit):
    """The memberships of a holder that the public may know of, the association's first."""
    return [membership for membership in unit.memberships.all() if membership.state in TOLD]
