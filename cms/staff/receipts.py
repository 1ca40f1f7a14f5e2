"""A unit's receipt as the staff reads it, sends it back, or enters it from paper."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from wagtail.admin import messages

from cms.forms.board import SendBackForm
from cms.staff.pages import NoticeStaffView
from membership.accounts.phones import national
from membership.exceptions import Refusal
from membership.tracking import actions, permissions
from membership.tracking.forms import ReceiptForm
from membership.tracking.models import Delivery, Receipt
from membership.tracking.sheets import marks
from membership.tracking.states import ReceiptKind
from membership.units.models import Document


class ReceiptView(NoticeStaffView):
    template_name = "cms/staff/board/receipt.html"

    @cached_property
    def receipt(self):
        receipts = Receipt.objects.for_user(self.request.user).with_answers()
        receipts = receipts.select_related("delivery__unit", "delivery__notice", "document", "submitted_by")
        return get_object_or_404(receipts.select_related("sent_back_by"), pk=self.kwargs["pk"])

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
        kwargs.setdefault("form", SendBackForm())
        return super().get_context_data(
            receipt=receipt,
            delivery=receipt.delivery,
            notice=receipt.delivery.notice,
            document=document,
            may_open=may_open,
            may_send_back=self.may_send_back(),
            marks=marks(receipt),
            versions=list(receipt.delivery.receipts.select_related("submitted_by").order_by("-version")),
            opinions=list(receipt.opinions.all()),
            attendees=[(attendee, national(attendee.mobile)) for attendee in receipt.attendees.all()],
            **kwargs,
        )

    def may_send_back(self):
        """Offered on the version that counts, while it does."""
        receipt = self.receipt
        counts = receipt.superseded_at is None and receipt.sent_back_at is None
        stands = receipt.delivery.recalled_at is None
        return counts and stands and permissions.may_manage_receipts(self.request.user)

    def post(self, request, *args, **kwargs):
        """退回重填, with the reason."""
        if not permissions.may_manage_receipts(request.user):
            raise PermissionDenied
        form = SendBackForm(request.POST)
        if not form.is_valid():
            return self.answer(422, form=form)
        try:
            delivery = actions.send_back_receipt(self.receipt, by=request.user, reason=form.cleaned_data["reason"])
        except Refusal as refusal:
            form.add_error("reason", str(refusal))
            return self.answer(409, form=form)
        words = {"unit": delivery.unit.name}
        messages.success(request, _("The receipt was sent back. %(unit)s is told by text message.") % words)
        return redirect("notices:board", delivery.notice_id)


class PaperReceiptView(NoticeStaffView):
    """代录回执: what came on paper or by telephone, entered for the unit, also after the deadline."""

    template_name = "cms/staff/board/paper.html"
    may = permissions.may_manage_receipts

    @cached_property
    def delivery(self):
        deliveries = Delivery.objects.for_user(self.request.user).exclude(receipt_kind=ReceiptKind.NONE)
        return get_object_or_404(deliveries.for_detail(), pk=self.kwargs["pk"])

    @cached_property
    def items(self):
        return list(self.delivery.notice.agenda_items.all())

    @cached_property
    def board_url(self):
        return reverse("notices:board", args=[self.delivery.notice_id])

    def get_page_title(self):
        return _("Enter receipt from paper")

    def get_page_subtitle(self):
        return self.delivery.unit.name

    def crumbs(self):
        return [
            {"url": self.board_url, "label": self.delivery.notice.title},
            {"url": "", "label": f"{self.get_page_title()} · {self.delivery.unit.name}"},
        ]

    def returned_before(self):
        receipts = Receipt.objects.for_user(self.request.user).current().with_answers()
        return receipts.filter(delivery=self.delivery).first()

    def form(self, *posted, add_row=False):
        receipt = None if posted else self.returned_before()
        return ReceiptForm.for_delivery(
            self.delivery, self.items, *posted, by=self.request.user, receipt=receipt, add_row=add_row
        )

    def get_context_data(self, **kwargs):
        if "form" not in kwargs:
            kwargs["form"] = self.form()
        form = kwargs["form"]
        asked = {"file", *(field.name for row in form.agenda for field in (row.choice, row.comment))}
        return super().get_context_data(
            delivery=self.delivery,
            notice=self.delivery.notice,
            board_url=self.board_url,
            draft=getattr(self.delivery, "draft", None),
            is_settled=self.delivery.is_settled_at(timezone.now()),
            plain_fields=[field for field in form.visible_fields() if field.name not in asked],
            **kwargs,
        )

    def post(self, request, *args, **kwargs):
        add_row = "add_row" in request.POST
        form = self.form(request.POST, request.FILES, add_row=add_row)
        if add_row:
            return self.answer(200, form=form)
        if not form.is_valid():
            return self.answer(422, form=form)
        try:
            actions.enter_receipt(self.delivery, by=request.user, **form.answers())
        except Refusal as refusal:
            fresh = Delivery.objects.get(pk=self.delivery.pk)
            form.build_on(fresh.receipt_version)
            return self.answer(409, form=form, refusal=refusal)
        words = {"unit": self.delivery.unit.name}
        messages.success(request, _("The receipt of %(unit)s was entered.") % words)
        return redirect(f"{self.board_url}?list=receipted")
