"""Which units a set of audience rules reaches: one pure queryset function."""

from collections import defaultdict

from django.utils import timezone

from membership.dues.calendar import dues_year
from membership.dues.models.ledger import units_that_paid
from membership.dues.states import YearDues
from membership.tracking.states import AudienceKind
from membership.units.models import Membership, Unit
from membership.units.states import BodyKind, MembershipState


def units(rules):
    """Certified units that the rules reach: AND between kinds, OR inside a kind, minus exclusions.

    A rule has `kind` and a `target`: the id of a body, level or unit, or the code of a unit type, a province or a state
    of this year's dues. A level counts in the bodies named by the body rules, without such rules in the association. No
    rule but exclusions reaches nobody.
    """
    wanted = defaultdict(set)
    for rule in rules:
        wanted[AudienceKind(rule.kind)].add(rule.target)
    if not wanted.keys() - {AudienceKind.EXCLUDE}:
        return Unit.objects.none()

    reached = Unit.objects.certified()
    bodies, levels = wanted[AudienceKind.BODY], wanted[AudienceKind.LEVEL]
    if bodies or levels:
        memberships = Membership.objects.filter(state=MembershipState.ACTIVE)
        memberships = (
            memberships.filter(body_id__in=bodies) if bodies else memberships.filter(body__kind=BodyKind.ASSOCIATION)
        )
        if levels:
            memberships = memberships.filter(level_id__in=levels)
        reached = reached.filter(pk__in=memberships.values("unit_id"))
    if wanted[AudienceKind.TYPE]:
        reached = reached.filter(unit_type__in=wanted[AudienceKind.TYPE])
    if wanted[AudienceKind.PROVINCE]:
        reached = reached.filter(province__in=wanted[AudienceKind.PROVINCE])
    if len(wanted[AudienceKind.DUES]) == 1:  # both are everybody
        paid = units_that_paid(dues_year(timezone.now())).values("pk")
        is_paid = YearDues.PAID in wanted[AudienceKind.DUES]
        reached = reached.filter(pk__in=paid) if is_paid else reached.exclude(pk__in=paid)
    if wanted[AudienceKind.UNIT]:
        reached = reached.filter(pk__in=wanted[AudienceKind.UNIT])
    if wanted[AudienceKind.EXCLUDE]:
        reached = reached.exclude(pk__in=wanted[AudienceKind.EXCLUDE])
    return reached
