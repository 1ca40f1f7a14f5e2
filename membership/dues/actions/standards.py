"""Verbs on the dues standard."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from membership.audit.actions import record
from membership.dues import permissions
from membership.dues.models import DuesRate, DuesStandard, OrderYear
from membership.dues.models.standards import AMOUNTS_MAX
from membership.exceptions import Refusal
from membership.private_files import kept
from membership.units import uploads
from membership.units.actions import unless_taken
from membership.units.models import Level
from membership.units.permissions import require
from membership.units.states import BodyKind


def set_standard(*, by, first_year, rates, resolution, title, decided_on, document_no=""):
    """Set what members pay from a dues year on; orders that stand keep their prices. Returns the standard.

    `rates` are {level id: yuan} for every level of the association; `resolution` is the uploaded document that decided
    so. Raises ValidationError for that file; Refusal for a level left out or of a branch, for more than four distinct
    amounts, and for a year that has a standard.
    """
    require(permissions.may_set_standard(by))
    levels = set(Level.objects.filter(body_kind=BodyKind.ASSOCIATION).values_list("pk", flat=True))
    if set(rates) != levels:
        raise Refusal(_("Say what every level of the association pays; branches have no dues."), code="levels")
    if len(set(rates.values())) > AMOUNTS_MAX or min(rates.values()) <= 0:
        raise Refusal(_("At most four different amounts, all above zero, may be set."), code="amounts")
    facts = uploads.inspect(resolution, uploads.SCANS)
    standard = DuesStandard(
        first_year=first_year,
        title=title,
        document_no=document_no,
        decided_on=decided_on,
        resolution_name=facts.name,
        created_by=by,
    )
    taken = unless_taken(_("A standard holds from this year on already. Withdraw it first."), code="year_taken")
    with kept(standard.resolution, facts.name, resolution), taken, transaction.atomic():
        standard.save(force_insert=True)
        DuesRate.objects.bulk_create(
            DuesRate(standard=standard, level_id=level, amount=amount) for level, amount in sorted(rates.items())
        )
        after = {"first_year": first_year, "rates": {str(level): str(rate) for level, rate in sorted(rates.items())}}
        record("dues.set_standard", standard, by=by, after=after)
    return standard


def withdraw_standard(standard, *, by):
    """Take a standard back that nobody has ordered by; the one before it holds again.

    Raises Refusal when an order was placed at its prices, or when it is withdrawn already.
    """
    require(permissions.may_set_standard(by))
    with transaction.atomic():
        later = DuesStandard.objects.in_force().filter(first_year__gt=standard.first_year).order_by("first_year")
        until = later.values_list("first_year", flat=True).first()
        ordered = OrderYear.objects.filter(year__gte=standard.first_year, order__placed_at__gte=standard.created_at)
        ordered = ordered.filter(year__lt=until) if until else ordered
        if ordered.exists():
            raise Refusal(_("Units have ordered at these prices: set another standard instead."), code="in_use")
        rows = DuesStandard.objects.in_force().filter(pk=standard.pk)
        if not rows.update(withdrawn_at=timezone.now(), withdrawn_by=by):
            raise Refusal(_("The standard has been withdrawn already."), code="stale")
        record("dues.withdraw_standard", standard, by=by, before={"first_year": standard.first_year})
