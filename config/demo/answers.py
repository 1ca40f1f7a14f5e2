"""How the demo's units have read and answered, through the verbs that screens use."""

import random
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from config.demo.files import sheet_form, stamped_receipt
from config.demo.notices_receipts import ATTENDEE_COLUMNS, CHASED
from config.demo.units import GIVEN, SURNAMES
from membership.tracking import actions
from membership.tracking.models import Delivery, Receipt
from membership.tracking.states import OpinionChoice as Choice
from membership.tracking.states import ReceiptKind
from membership.units import uploads
from membership.units.actions import store_document
from membership.units.states import DocumentKind, Duty

GUIDES_UNIT = "示范建设集团有限公司"
GUIDES_UNIT_HAS_READ = {"contacts", "credit-visit", "portal-opens", "consulting-day", "course-plan"}
DELIBERATIONS_AT_MOST, OF_CHASED_AT_MOST = 6, 24  # each carries a PDF that a process of its own looks into
POSITIONS = ["总经理", "副总经理", "总工程师", "质量安全部经理", "项目经理", "技术负责人"]
COMMENTS = ["建议进一步明确通讯表决的送达方式。", "会费标准建议结合企业规模分档。"]


class Clerks:
    """The people of the member units, each of whom reads and answers with some probability."""

    def __init__(self, now):
        self.now = now
        self.dice = random.Random("会员之家")

    def react(self, page, plan):
        """Let the units that the notice was sent to read and answer it; returns (read, answered)."""
        read, answered = [], []
        deliveries = Delivery.objects.filter(notice=page).select_related("unit", "notice").order_by("unit__name", "pk")
        items = list(page.agenda_items.all())
        for delivery in deliveries.prefetch_related("unit__seats__user"):
            clerk = next(seat.user for seat in delivery.unit.seats.all() if seat.duty == Duty.OWNER)
            reads, answers = self._mood(delivery, plan)
            if reads and actions.mark_read(delivery, by=clerk):
                read.append(delivery)
            if reads and answers and self._may_answer(delivery, answered):
                self._answer(delivery, clerk, items)
                answered.append(delivery)
        self._spread_over_time(read, answered, plan.deadline)
        return len(read), len(answered)

    def _mood(self, delivery, plan):
        """Whether this unit reads, and whether it answers; the guide's unit leaves that to whoever tries the demo."""
        reads = self.dice.random() < plan.read_share
        answers = self.dice.random() < plan.answer_share / plan.read_share
        if delivery.unit.name == GUIDES_UNIT:
            return plan.slug in GUIDES_UNIT_HAS_READ, False
        return reads, answers

    def _may_answer(self, delivery, answered):
        if delivery.receipt_kind == ReceiptKind.DELIBERATION:
            is_chased = delivery.notice.slug == CHASED
            return len(answered) < (OF_CHASED_AT_MOST if is_chased else DELIBERATIONS_AT_MOST)
        return delivery.receipt_kind == ReceiptKind.ATTENDANCE

    def _answer(self, delivery, clerk, items):
        if delivery.receipt_kind == ReceiptKind.DELIBERATION:
            answer = self._opinions(delivery, clerk, items)
        else:
            answer = self._attendees(delivery, clerk)
        actions.submit_receipt(delivery, by=clerk, version=0, **answer)

    def _opinions(self, delivery, clerk, items):
        opinions = [self._opinion(item) for item in items]
        lines = [f"{o['item'].title}：{Choice(o['choice']).label} {o['comment']}" for o in opinions]
        scan = stamped_receipt(delivery.unit.name, "会议审议回执", lines)
        document = self._document(delivery, clerk, "审议回执（盖章）.pdf", scan, (uploads.PDF,))
        return {"opinions": opinions, "document": document}

    def _opinion(self, item):
        choice = self.dice.choices([Choice.AGREE, Choice.ABSTAIN, Choice.DISAGREE], weights=[12, 2, 1])[0]
        comment = self.dice.choice(COMMENTS) if choice == Choice.DISAGREE else ""
        return {"item": item, "choice": choice, "comment": comment}

    def _attendees(self, delivery, clerk):
        people = [self._person(number) for number in range(self.dice.choice([1, 1, 2, 3]))]
        document = None
        if delivery.notice.upload_required:
            rows = [[p["name"], "", p["position"], p["mobile"].removeprefix("+86"), "", ""] for p in people]
            form = sheet_form("参会人员回执表", ATTENDEE_COLUMNS, rows)
            document = self._document(delivery, clerk, "参会人员回执表.xlsx", form, uploads.FORMS)
        return {"attendees": people, "document": document}

    def _person(self, number):
        return {
            "name": self.dice.choice(SURNAMES) + self.dice.choice(GIVEN),
            "gender": self.dice.choice(["male", "female"]),
            "position": self.dice.choice(POSITIONS),
            "mobile": f"+861380000{self.dice.randrange(2000, 9999)}",
        }

    def _document(self, delivery, clerk, name, content, accept):
        upload = SimpleUploadedFile(name, content)
        return store_document(upload, unit=delivery.unit, kind=DocumentKind.RECEIPT, by=clerk, accept=accept)

    def _spread_over_time(self, read, answered, closes):
        """The demo has a past: units read and answered at any hour between the delivery and now, or the deadline."""
        answered_at = {}
        for delivery in answered:
            last = min(self.now, closes or self.now)
            answered_at[delivery.pk] = self._between(delivery.delivered_at, last)
            delivery.receipted_at = answered_at[delivery.pk]
        for delivery in read:
            delivery.read_at = self._between(delivery.delivered_at, answered_at.get(delivery.pk, self.now))
        Delivery.objects.bulk_update(answered, ["receipted_at"])
        Delivery.objects.bulk_update(read, ["read_at"])
        receipts = list(Receipt.objects.filter(delivery__in=answered))
        for receipt in receipts:
            receipt.submitted_at = answered_at[receipt.delivery_id]
        Receipt.objects.bulk_update(receipts, ["submitted_at"])

    def _between(self, start, end):
        return start + timedelta(seconds=(end - start).total_seconds() * self.dice.random())
