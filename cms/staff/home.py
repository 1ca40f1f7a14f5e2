"""What the start page of the staff area counts for editors."""

from django.urls import reverse
from django.utils import timezone
from wagtail.admin.site_summary import SummaryItem

from membership.tracking.models import Receipt


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
