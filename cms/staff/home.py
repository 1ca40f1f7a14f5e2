"""What the start page of the staff area shows to those who follow notices: receipts of today, near deadlines."""

from datetime import timedelta

from django.urls import reverse
from django.utils import timezone
from wagtail.admin.site_summary import SummaryItem
from wagtail.admin.ui.components import Component

from cms.models import NoticePage
from cms.staff.overview import with_counts
from cms.staff.pages import percent
from membership.tracking.models import Receipt

CLOSES_WITHIN = timedelta(days=14)
CLOSING_SHOWN = 6


class ReceiptsTodaySummary(SummaryItem):
    """今日回执: how many receipts came in since midnight."""

    order = 300
    template_name = "cms/staff/home/receipts_today.html"

    def is_shown(self):
        return self.request.user.has_perm("tracking.view_receipt")

    def get_context_data(self, parent_context):
        midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
        receipts = Receipt.objects.for_user(self.request.user).current().filter(submitted_at__gte=midnight)
        return {"count": receipts.count(), "url": reverse("notices:overview")}


class ClosingNoticesPanel(Component):
    """即将截止的通知: which deadlines are near, and how many of the units asked have answered; the nearest first."""

    name = "closing_notices"
    template_name = "cms/staff/home/closing.html"
    order = 110

    class Media:
        css = {"all": ["cms/board.css"]}

    def __init__(self, request):
        self.request = request

    def get_context_data(self, parent_context):
        now = timezone.now()
        near = NoticePage.objects.standing().live().filter(deadline__gte=now, deadline__lte=now + CLOSES_WITHIN)
        notices = with_counts(near.defer_streamfields().order_by("deadline", "pk")[:CLOSING_SHOWN], self.request.user)
        for notice in notices:
            notice.receipted_percent = percent(notice.counts["receipted"], notice.counts["asked"])
        return {"notices": notices, "days": CLOSES_WITHIN.days, "overview_url": reverse("notices:overview")}
