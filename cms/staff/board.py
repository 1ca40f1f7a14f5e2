"""The board of one notice: how many units it was sent to, which have read it and which have answered."""

from collections import Counter

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.widgets.button import HeaderButton

from cms.models import NoticePage
from membership.tracking.models import Delivery
from membership.tracking.states import ReceiptKind, ReceiptState

PER_PAGE = 50
READ = Q(read_at__isnull=False)
LISTS = {
    "unread": (gettext_lazy("Unread"), ~READ),
    "read": (gettext_lazy("Read"), READ),
    "awaiting": (gettext_lazy("Read, no receipt"), READ & Q(receipt_state=ReceiptState.AWAITING)),
    "receipted": (gettext_lazy("Receipt returned"), Q(receipt_state=ReceiptState.SUBMITTED)),
}


def percent(part, whole):
    """Whole percent, rounded down, so that 100 % means all; 0 of nothing."""
    return part * 100 // whole if whole else 0


class DeliveriesAreSeen:
    """A view of the staff area about deliveries; who may not see them is sent home with words."""

    def dispatch(self, request, *args, **kwargs):
        if not request.user.has_perm("tracking.view_delivery"):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)


class NoticeStaffView(DeliveriesAreSeen, WagtailAdminTemplateMixin, TemplateView):
    header_icon = "mail"

    def get_breadcrumbs_items(self):
        overview = {"url": reverse("notices:overview"), "label": _("Receipts overview")}
        return [*self.breadcrumbs_items, overview, *self.crumbs()]

    def crumbs(self):
        """What follows the overview in the trail."""
        raise NotImplementedError


class BoardView(NoticeStaffView):
    template_name = "cms/staff/board/board.html"

    @cached_property
    def notice(self):
        return get_object_or_404(NoticePage.objects.select_related("category"), pk=self.kwargs["page_id"])

    @cached_property
    def tab_names(self):
        return ["unread", "awaiting", "receipted"] if self.notice.asks_receipt else ["unread", "read"]

    @cached_property
    def tab(self):
        name = self.request.GET.get("list")
        return name if name in self.tab_names else self.tab_names[0]

    def get_page_title(self):
        return self.notice.title

    def crumbs(self):
        return [{"url": "", "label": self.notice.title}]

    def get_header_buttons(self):
        if not self.notice.permissions_for_user(self.request.user).can_edit():
            return []
        url = reverse("wagtailadmin_pages:edit", args=[self.notice.pk])
        return [HeaderButton(label=_("Edit"), url=url, icon_name="edit")]

    def get_context_data(self, **kwargs):
        deliveries = Delivery.objects.for_user(self.request.user).filter(notice=self.notice)
        now = timezone.now()
        counts = deliveries.counts(now)
        listed = deliveries.filter(LISTS[self.tab][1]).for_board()
        page = Paginator(listed, PER_PAGE).get_page(self.request.GET.get("p"))
        may_read_receipts = self.request.user.has_perm("tracking.view_receipt")
        return super().get_context_data(
            notice=self.notice,
            kind=ReceiptKind(self.notice.receipt_kind),
            counts=counts,
            read_percent=percent(counts["read"], counts["sent"]),
            receipted_percent=percent(counts["receipted"], counts["asked"]),
            is_sending=self.notice.live and not counts["sent"] and self.notice.audience_rules.exists(),
            tabs=self.tabs(counts),
            tab=self.tab,
            page_obj=page,
            rows=[row(delivery, now, may_read_receipts) for delivery in page],
            may_read_receipts=may_read_receipts,
            **kwargs,
        )

    def tabs(self, counts):
        numbers = {
            "unread": counts["sent"] - counts["read"],
            "read": counts["read"],
            "awaiting": counts["read"] - counts["receipted"],
            "receipted": counts["receipted"],
        }
        return [
            {"name": name, "label": LISTS[name][0], "count": numbers[name], "active": name == self.tab}
            for name in self.tab_names
        ]


def row(delivery, now, may_read_receipts):
    """What a line of the board shows; the answer itself only to those who may read receipts."""
    receipt = next(iter(delivery.current_receipts), None) if may_read_receipts else None
    awaited = delivery.is_awaiting_receipt and delivery.deadline is not None
    return {
        "delivery": delivery,
        "receipt": receipt,
        "summary": summary(receipt) if receipt else "",
        "overdue": awaited and delivery.deadline < now,
    }


def summary(receipt):
    """“Agree 2 · Disagree 1”, or how many people come."""
    opinions = Counter(opinion.label for opinion in receipt.opinions.all())
    if opinions:
        return " · ".join(f"{choice} {number}" for choice, number in opinions.items())
    attendees = len(receipt.attendees.all())
    return _("%(number)s attendees") % {"number": attendees} if attendees else ""
