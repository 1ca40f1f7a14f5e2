"""Verbs of 减免: whole dues years that a resolution spares one unit, and taking that back."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from membership.audit.actions import record
from membership.dues import permissions
from membership.dues.models import DuesOrder, DuesWaiver, PaidYear
from membership.dues.models.settings import YEARS_MAX
from membership.dues.owing import in_short
from membership.dues.standing import Account
from membership.exceptions import Refusal
from membership.private_files import kept
from membership.units import uploads
from membership.units.actions import tell_owner, unless_taken
from membership.units.models import Unit
from membership.units.permissions import require
from membership.units.states import STANDING


def grant_waiver(unit, years, *, by, title, decided_on, resolution, reason, document_no=""):
    """Spare a unit these dues years by a resolution, whose uploaded document is mandatory; returns the DuesWaiver.

    The years count as paid from now on, at a price of 0. Raises ValidationError for the file; Refusal without a ground,
    for a unit without a standing membership, a year that nobody asks dues for, one that is in order already, and one
    that an open order holds: that order is cancelled first.
    """
    require(permissions.may_waive(by))
    years, reason = sorted(set(years)), reason.strip()
    if not years or not reason or not title.strip():
        raise Refusal(_("Say which years are waived, by which resolution, and why."), code="no_words")
    facts = uploads.inspect(resolution, uploads.SCANS)
    waiver = DuesWaiver(
        unit=unit,
        title=title.strip(),
        document_no=document_no.strip(),
        decided_on=decided_on,
        resolution_name=facts.name,
        reason=reason[:200],
        granted_at=timezone.now(),
        granted_by=by,
    )
    taken = unless_taken(_("One of these years has been paid or waived already."), code="year_paid")
    with kept(waiver.resolution, facts.name, resolution), taken, transaction.atomic():
        locked = Unit.objects.select_for_update().get(pk=unit.pk)  # so does whoever orders
        account = Account(locked)
        prices = _prices(account, years)
        _require_no_open_order(account, years)
        waiver.save(force_insert=True)
        PaidYear.objects.bulk_create(
            PaidYear(
                unit=unit,
                year=year,
                level=account.level,
                price=0,
                waiver=waiver,
                waived=prices[year],
                recorded_at=waiver.granted_at,
                recorded_by=by,
            )
            for year in years
        )
        after = {"waiver": waiver.pk, "years": years, "yuan": str(sum(prices.values()))}
        record("dues.grant_waiver", unit, by=by, unit_id=unit.pk, after=after)
        tell_owner(unit, "dues_waived", by=by, year=in_short(years))
    return waiver


def years_to_waive(account):
    """The years that may be waived for this unit now, the earliest first: owed or to come, and not in order."""
    standing = account.standing
    if not _is_member(account) or standing.liable_from is None:
        return []
    years = range(standing.liable_from, standing.this_year + YEARS_MAX)
    return [year for year in years if year not in standing.paid and account.price_of(year)]


def _is_member(account):
    return account.certification is not None and account.certification.state in STANDING


def _prices(account, years):
    """{year: yuan that the standard asks}."""
    if not _is_member(account):
        raise Refusal(_("Only dues of a member can be waived."), code="not_certified")
    if any(year in account.standing.paid for year in years):
        raise Refusal(_("One of these years has been paid or waived already."), code="year_paid")
    if not set(years) <= set(years_to_waive(account)):
        raise Refusal(_("For one of these years the unit owes no dues: there is nothing to waive."), code="no_dues")
    return {year: account.price_of(year) for year in years}


def _require_no_open_order(account, years):
    order = account.open_order
    if order and any(order.first_year <= year <= order.last_year for year in years):
        raise Refusal(
            _("Order %(number)s for one of these years is open. Cancel it first, then waive.")
            % {"number": order.number},
            code="order_open",
        )


def take_back_waiver(waiver, *, by, reason):
    """The years of a waiver are owed again; its rows stay and say why they ended.

    Raises Refusal without words, for one taken back already, and when a later year has been paid, waived or ordered:
    that rests on these years.
    """
    require(permissions.may_waive(by))
    reason, now = reason.strip()[:200], timezone.now()
    if not reason:
        raise Refusal(_("Say why the waiver is taken back."), code="no_words")
    with transaction.atomic():
        unit = Unit.objects.select_for_update().get(pk=waiver.unit_id)
        _require_nothing_later(waiver)
        rows = DuesWaiver.objects.standing().filter(pk=waiver.pk)
        if not rows.update(ended_at=now, ended_by=by, ended_because=reason):
            raise Refusal(_("This waiver has been taken back already."), code="stale")
        ended = waiver.paid_years.standing()
        years = sorted(ended.values_list("year", flat=True))
        ended.update(ended_at=now, ended_because=reason)
        before = {"waiver": waiver.pk, "years": years}
        record("dues.take_back_waiver", unit, by=by, unit_id=unit.pk, before=before)
        tell_owner(unit, "dues_waiver_ended", by=by, year=in_short(years))
    waiver.refresh_from_db()


def _require_nothing_later(waiver):
    first = min(waiver.paid_years.standing().values_list("year", flat=True), default=None)
    if first is None:
        return
    later = PaidYear.objects.standing().filter(unit=waiver.unit_id, year__gt=first).exclude(waiver=waiver)
    ordered = DuesOrder.objects.open().filter(unit=waiver.unit_id, first_year__gt=first)
    if later.exists() or ordered.exists():
        raise Refusal(
            _("A later year has been paid, waived or ordered: it rests on this waiver, which therefore stays."),
            code="later",
        )
