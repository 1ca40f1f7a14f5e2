"""消息: the tab on the page of a unit that says which notices reached it, who read them and what it answered."""

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from membership.tracking.models import Delivery, Receipt
from membership.units.staff.tabs import PER_PAGE, UnitTab


class MessagesTab(UnitTab):
    name, label, order = "messages", _("Messages"), 400
    template_name = "cms/staff/unit_messages.html"

    def is_shown(self, user):
        return user.has_perm("tracking.view_delivery")

    def get_context(self, request, unit):
        receipts = Prefetch("receipts", Receipt.objects.for_user(request.user).current(), to_attr="current_receipts")
        deliveries = Delivery.objects.for_user(request.user).filter(unit=unit).with_deadline()
        deliveries = deliveries.select_related("notice", "category", "read_by").defer("notice__body")
        deliveries = deliveries.prefetch_related(receipts).order_by("-delivered_at", "-pk")
        page = Paginator(deliveries, PER_PAGE).get_page(request.GET.get("p"))
        now = timezone.now()
        return {
            "counts": Delivery.objects.for_user(request.user).filter(unit=unit).counts(now),
            "page_obj": page,
            "rows": [(row, next(iter(row.current_receipts), None), _is_late(row, now)) for row in page],
        }


def _is_late(delivery, now):
    return delivery.is_awaiting_receipt and delivery.deadline is not None and delivery.deadline < now
