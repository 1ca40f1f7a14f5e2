"""What the office did after it had asked: reminders, receipts from paper, the result, and who came to a meeting."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from config.demo.files import stamped_receipt
from membership.messaging import actions as messaging
from membership.tracking import actions
from membership.tracking.models import Attendee, DeliberationResult, Delivery, Receipt, Reminder, ReminderRule
from membership.tracking.states import Occasion, OpinionChoice, ReceiptState
from membership.units import uploads
from membership.units.actions import store_document
from membership.units.states import DocumentKind, Duty

REMINDED, ON_PAPER, SENT_BACK, LATE = 9, 2, 1, 2
ABSENT_EVERY, NOT_RECORDED = 9, 4
PAPER_NAME = "审议回执（纸质扫描）.pdf"


def chase(page, editor):
    """Let the editor chase one deliberation to its end. Its deadline is over by now."""
    items = list(page.agenda_items.all())
    silent = list(
        Delivery.objects.filter(notice=page, receipt_state=ReceiptState.AWAITING)
        .select_related("unit", "notice")
        .prefetch_related("unit__seats__user")
        .order_by("pk")
    )
    _remind(silent[:REMINDED], page, editor)
    for delivery in silent[: ON_PAPER + LATE]:
        _enter(delivery, items, editor)
    in_time = Receipt.objects.filter(delivery__in=silent[:ON_PAPER])
    in_time.update(is_late=False, submitted_at=page.deadline - timedelta(hours=3))
    Delivery.objects.filter(pk__in=[d.pk for d in silent[:ON_PAPER]]).update(
        receipted_at=page.deadline - timedelta(hours=3)
    )
    first = Receipt.objects.current().filter(delivery__notice=page).order_by("pk")[:SENT_BACK]
    for receipt in first:
        actions.send_back_receipt(receipt, by=editor, reason="扫描件未加盖单位印章，请盖章后重新上传。")
    actions.freeze_result(page, by=editor)
    DeliberationResult.objects.filter(notice=page).update(frozen_at=page.deadline + timedelta(minutes=5))


def take_attendance(page, editor):
    """Let the editor note who came to a meeting that is over: nearly everybody; a few are still open."""
    persons = list(Attendee.objects.expected(page).by_unit().values_list("pk", flat=True))[:-NOT_RECORDED]
    absent = persons[ABSENT_EVERY - 1 :: ABSENT_EVERY]
    actions.record_attendance(page, by=editor, attended=set(persons) - set(absent), absent=absent)
    Attendee.objects.filter(pk__in=persons).update(attendance_at=page.ends_at)


def _remind(deliveries, page, editor):
    """Two days before the deadline by hand, a day before by the rule; the messages arrived."""
    rule = ReminderRule.objects.filter(event="before_deadline", days=1).first()
    for number, delivery in enumerate(deliveries):
        owner = next((seat.user for seat in delivery.unit.seats.all() if seat.duty == Duty.OWNER), None)
        if owner is None:
            continue
        by_rule = number % 3 == 2
        message = messaging.post(
            "sms",
            "receipt_due",
            str(owner.phone),
            by=None if by_rule else editor,
            title=page.title,
            deadline=f"{page.deadline:%m-%d %H:%M}",
        )
        Reminder.objects.create(
            delivery=delivery,
            occasion=Occasion.AWAITING,
            rule=rule if by_rule else None,
            message=message,
            sent_by=None if by_rule else editor,
            sent_at=page.deadline - timedelta(days=1 if by_rule else 2, minutes=number),
        )


def _enter(delivery, items, editor):
    """A receipt that came on paper."""
    opinions = [{"item": item, "choice": OpinionChoice.AGREE, "comment": ""} for item in items]
    lines = [f"{item.title}：同意" for item in items]
    scan = SimpleUploadedFile(PAPER_NAME, stamped_receipt(delivery.unit.name, "会议审议回执", lines))
    document = store_document(scan, unit=delivery.unit, kind=DocumentKind.RECEIPT, by=editor, accept=(uploads.PDF,))
    actions.enter_receipt(delivery, by=editor, version=0, opinions=opinions, document=document)
