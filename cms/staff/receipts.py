"""A unit's receipt as the staff reads it."""

from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from cms.staff.board import NoticeStaffView
from membership.accounts.phones import national
from membership.tracking.models import Receipt
from membership.units.models import Document


class ReceiptView(NoticeStaffView):
    template_name = "cms/staff/board/receipt.html"

    @cached_property
    def receipt(self):
        receipts = Receipt.objects.for_user(self.request.user).with_answers()
        receipts = receipts.select_related("delivery__unit", "delivery__notice", "document", "submitted_by")
        return get_object_or_404(receipts, pk=self.kwargs["pk"])

    def get_page_title(self):
        return _("Receipt")

    def get_page_subtitle(self):
        return self.receipt.delivery.unit.name

    def crumbs(self):
        notice = self.receipt.delivery.notice
        return [
            {"url": reverse("notices:board", args=[notice.pk]), "label": notice.title},
            {"url": "", "label": self.receipt.delivery.unit.name},
        ]

    def get_context_data(self, **kwargs):
        receipt = self.receipt
        document = receipt.document
        may_open = document and Document.objects.for_user(self.request.user).filter(pk=document.pk).exists()
        return super().get_context_data(
            receipt=receipt,
            delivery=receipt.delivery,
            notice=receipt.delivery.notice,
            document=document,
            may_open=may_open,
            versions=list(receipt.delivery.receipts.select_related("submitted_by").order_by("-version")),
            opinions=list(receipt.opinions.all()),
            attendees=[(attendee, national(attendee.mobile)) for attendee in receipt.attendees.all()],
            **kwargs,
        )
