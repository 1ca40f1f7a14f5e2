"""Verbs that end a deliberation or a meeting: freeze the result, record who came, forget persons."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Max, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from membership.audit.actions import record
from membership.exceptions import Refusal
from membership.tracking import permissions
from membership.tracking.models import Attendee, DeliberationResult, Delivery, EntitledUnit, Receipt, ReminderSettings
from membership.tracking.states import ReceiptKind
from membership.units.models import Membership
from membership.units.permissions import require
from membership.units.states import BodyKind, MembershipState

ERASED = "—"


def freeze_result(notice, *, by=None):
    """Freeze who was entitled and which receipts count, once the last deadline is over; returns the result.

    Entitled are the units that the notice stands delivered to and that are members in good standing at that moment. A
    late receipt and one sent back do not count. Idempotent: the first result stays. `by` is None for the job. Raises
    Refusal before the deadline and for a notice that is no deliberation.
    """
    require(by is None or permissions.may_manage_receipts(by))
    if notice.receipt_kind != ReceiptKind.DELIBERATION or notice.deadline is None:
        raise Refusal(_("Only a deliberation has a result."), code="no_deliberation")
    standing = Delivery.objects.standing().filter(notice=notice)
    extended = standing.aggregate(last=Max("deadline_override"))["last"]
    deadline = max(filter(None, [notice.deadline, extended]))
    now = timezone.now()
    if deadline >= now:
        raise Refusal(_("The deadline is not over yet."), code="too_early")
    with transaction.atomic():
        result, is_new = DeliberationResult.objects.get_or_create(
            notice=notice,
            defaults={
                "deadline": deadline,
                "quorum": notice.quorum,
                "majority": notice.majority,
                "frozen_at": now,
                "frozen_by": by,
            },
        )
        if is_new:
            EntitledUnit.objects.bulk_create(_entitled(result, standing), batch_size=500)
            record("tracking.freeze_result", notice, by=by, after={"entitled": result.entitled.count()})
    return result


def _entitled(result, standing):
    certified = Membership.objects.filter(body__kind=BodyKind.ASSOCIATION, state=MembershipState.ACTIVE)
    of_unit = certified.filter(unit=OuterRef("unit"))
    counting = Receipt.objects.counting().filter(delivery=OuterRef("pk"))
    rows = standing.entitled().annotate(
        level_name=Coalesce(Subquery(of_unit.values("level__name")[:1]), Subquery(of_unit.values("body__name")[:1])),
        counted=Subquery(counting.values("pk")[:1]),
    )
    for unit_id, name, level, receipt in rows.values_list("unit_id", "unit__name", "level_name", "counted"):
        yield EntitledUnit(result=result, unit_id=unit_id, unit_name=name, level_name=level, receipt_id=receipt)


def record_attendance(notice, *, by, attended=(), absent=()):
    """Note who came to a meeting and who did not, by ids of attendees of this notice; returns how many changed."""
    require(permissions.may_manage_receipts(by))
    expected, now = Attendee.objects.expected(notice), timezone.now()
    with transaction.atomic():
        changed = 0
        for ids, was_there in ((attended, True), (absent, False)):
            rows = Attendee.objects.filter(pk__in=expected.filter(pk__in=ids).values("pk")).exclude(attended=was_there)
            changed += rows.update(attended=was_there, attendance_by=by, attendance_at=now)
        if changed:
            record("tracking.record_attendance", notice, by=by, after={"changed": changed})
    return changed


def erase_attendees(now):
    """Forget the persons of meetings that are long over; that and how many came is kept. Returns how many.

    A meeting is over with its activity, or without one with its deadline. The days are a setting; 0 keeps everything.
    """
    days = ReminderSettings.current().attendee_days
    if not days:
        return 0
    over_before = now - timedelta(days=days)
    ended = Coalesce(
        "receipt__delivery__notice__activitypage__ends_at",
        "receipt__delivery__notice__deadline",
        "receipt__submitted_at",
    )
    old = Attendee.objects.filter(erased_at=None).annotate(ended=ended).filter(ended__lt=over_before)
    keys = list(old.values_list("pk", flat=True))
    with transaction.atomic():
        blank = {"gender": "", "email": "", "accommodation": "", "remark": ""}
        rows = Attendee.objects.filter(pk__in=keys, erased_at=None)
        return rows.update(name=ERASED, position=ERASED, mobile="", erased_at=now, **blank)
