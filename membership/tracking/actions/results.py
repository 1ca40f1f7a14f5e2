"""Verbs that end a deliberation or a meeting: freeze the result, record who came, forget persons."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Max, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from membership.audit.actions import record
from membership.exceptions import Refusal
from membership.tracking import permissions
from membership.tracking.models import (
    Attendee,
    DeliberationResult,
    Delivery,
    EntitledUnit,
    Receipt,
    ReceiptDraft,
    ReminderSettings,
)
from membership.tracking.states import ReceiptKind
from membership.units.actions import erase_documents
from membership.units.models import Document, Membership
from membership.units.permissions import require
from membership.units.states import BodyKind, DocumentKind, MembershipState

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


def record_attendance(notice, *, by, attended=(), absent=(), unknown=(), seen=None):
    """Note who came to a meeting and who did not, by ids of attendees of this notice; returns how many changed.

    `unknown` takes entries back. `seen` is {id: True, False or None}, what stood there when the person decided: whoever
    stands otherwise by now was recorded by a colleague meanwhile and is left. Without it the entry is made as asked.
    """
    require(permissions.may_manage_receipts(by))
    expected, changed = Attendee.objects.expected(notice), 0
    with transaction.atomic():
        # In one order, so that two who record the same page wait for each other and not in a circle.
        concerned = Attendee.objects.filter(pk__in=expected.filter(pk__in={*attended, *absent, *unknown}).values("pk"))
        list(concerned.order_by("pk").select_for_update().values_list("pk", flat=True))
        for ids, entry in ((attended, True), (absent, False), (unknown, None)):
            signed = {"attendance_by": None, "attendance_at": None}
            if entry is not None:
                signed = {"attendance_by": by, "attendance_at": timezone.now()}
            changed += concerned.filter(_as_seen(ids, seen)).exclude(attended=entry).update(attended=entry, **signed)
        if changed:
            record("tracking.record_attendance", notice, by=by, after={"changed": changed})
    return changed


def _as_seen(ids, seen):
    """Those of the ids that still stand as the person saw them; all of them where nobody says what was seen."""
    if seen is None:
        return Q(pk__in=ids)
    stands = {entry: [pk for pk in ids if seen.get(pk) is entry] for entry in (True, False, None)}
    return Q(*((Q(pk__in=same, attended=entry)) for entry, same in stands.items()), _connector=Q.OR)


def erase_attendees(now):
    """Forget the persons of meetings that are long over, and the files and drafts that name them; that and how many
    came is kept. Returns how many persons.

    A meeting is over with its activity, or without one with its deadline. Files that a unit uploaded and never returned
    go as well, once they are as old. The days are a setting; 0 keeps everything.
    """
    days = ReminderSettings.current().attendee_days
    if not days:
        return 0
    over_before = now - timedelta(days=days)
    meetings = Delivery.objects.filter(receipt_kind=ReceiptKind.ATTENDANCE)
    ended = Coalesce("notice__activitypage__ends_at", "notice__deadline", "delivered_at")
    over = meetings.annotate(ended=ended).filter(ended__lt=over_before).values("pk")
    with transaction.atomic():
        blank = {"gender": "", "email": "", "accommodation": "", "remark": ""}
        persons = Attendee.objects.filter(erased_at=None, receipt__delivery__in=over)
        erased = persons.update(name=ERASED, position=ERASED, mobile="", erased_at=now, **blank)
        ReceiptDraft.objects.filter(delivery__in=over).delete()
        Receipt.objects.filter(delivery__in=over).exclude(document=None).update(document=None)
    drafted = ReceiptDraft.objects.exclude(values__document=None).values_list("values__document", flat=True)
    unused = Document.objects.filter(kind=DocumentKind.RECEIPT, receipts=None, uploaded_at__lt=over_before)
    erase_documents(unused.exclude(pk__in=list(drafted)))
    return erased
