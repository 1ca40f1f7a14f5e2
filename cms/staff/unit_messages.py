"""消息: the tab on the page of a unit that says which notices reached it, who read them and what it answered."""

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cms.staff.pages import percent
from membership.tracking.models import Delivery, Receipt
from membership.units.staff.tabs import PER_PAGE, UnitTab


class MessagesTab(UnitTab):
    name, label, order = "messages", _("Messages"), 400
    template_name = "cms/staff/unit_messages.html"

    def is_shown(self, user):
        return user.has_perm("tracking.view_delivery")

    def get_context(self, request, unit):
        now, sent = timezone.now(), Delivery.objects.for_user(request.user).filter(unit=unit)
        years = range(timezone.localdate(now).year, timezone.localdate(unit.created_at).year - 1, -1)
        year = next((y for y in years if str(y) == request.GET.get("year")), None)
        sent = sent.delivered_in(year) if year else sent
        receipts = Prefetch("receipts", Receipt.objects.for_user(request.user).current(), to_attr="current_receipts")
        deliveries = sent.with_deadline().select_related("notice", "category", "read_by").defer("notice__body")
        deliveries = deliveries.prefetch_related(receipts).order_by("-delivered_at", "-pk")
        page = Paginator(deliveries, PER_PAGE).get_page(request.GET.get("p"))
        return {
            "facts": facts(sent.punctuality(now)),
            "years": years if len(years) > 1 else [],
            "year": year,
            "address": f"{self.name}&year={year}" if year else self.name,
            "page_obj": page,
            "rows": [(row, next(iter(row.current_receipts), None), _is_late(row, now)) for row in page],
        }


def facts(counts):
    """[(label, number, note)]: how the unit has read and answered what was sent to it and not recalled."""
    in_time = gettext("of %(asked)d asked for") % {"asked": counts["asked"]}
    return [
        (_("Sent"), counts["sent"], ""),
        (_("Read"), counts["read"], f"{percent(counts['read'], counts['sent'])}%"),
        (_("Answered in time"), counts["in_time"], in_time),
        (_("Answered late"), counts["late"], ""),
        (_("Missed"), counts["missed"], ""),
    ]


def _is_late(delivery, now):
    return delivery.is_awaiting_receipt and delivery.deadline is not None and delivery.deadline < now
