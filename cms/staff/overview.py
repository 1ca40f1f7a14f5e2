"""回执总览: every notice that went out, with the four numbers that tell how it fares."""

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView

from cms.models import NoticePage
from cms.staff.columns import MomentColumn
from cms.staff.pages import DeliveriesAreSeen, percent
from membership.tracking.models import Delivery


def share(part, whole):
    """How a line tells the share of a number: “12 (80%)”, or “--” where nothing was asked."""
    return f"{part} ({percent(part, whole)}%)" if whole else "--"


class OverviewView(DeliveriesAreSeen, BaseListingView):
    page_title = _("Receipts overview")
    header_icon = "mail"
    template_name = "cms/staff/board/overview.html"
    index_url_name = "notices:overview"
    index_results_url_name = "notices:overview_results"
    verbose_name_plural = NoticePage._meta.verbose_name_plural
    paginate_by = 25
    is_searchable = True
    search_backend_name = None
    search_fields = ["title", "document_no"]
    columns = [
        TitleColumn("title", label=_("Notice"), get_url=lambda notice: reverse("notices:board", args=[notice.pk])),
        Column("category", label=_("Category")),
        Column("receipt_kind", label=_("Receipt"), accessor="get_receipt_kind_display"),
        MomentColumn("first_published_at", label=_("Published at")),
        MomentColumn("deadline", label=_("Deadline")),
        Column("sent", label=_("Sent"), accessor=lambda notice: notice.counts["sent"]),
        Column("read", label=_("Read"), accessor=lambda notice: share(notice.counts["read"], notice.counts["sent"])),
        Column(
            "receipted",
            label=_("Receipt returned"),
            accessor=lambda notice: share(notice.counts["receipted"], notice.counts["asked"]),
        ),
        Column("overdue", label=_("Overdue"), accessor=lambda notice: notice.counts["overdue"]),
    ]

    def get_base_queryset(self):
        notices = NoticePage.objects.delivered().select_related("category").defer_streamfields()
        return notices.order_by("-first_published_at", "-pk")

    def paginate_queryset(self, queryset, page_size):
        paginator, page, notices, is_paginated = super().paginate_queryset(queryset, page_size)
        notices = list(notices)
        deliveries = Delivery.objects.for_user(self.request.user).filter(notice__in=[notice.pk for notice in notices])
        counts = deliveries.counts_by_notice(timezone.now())
        for notice in notices:
            notice.counts = counts[notice.pk]
        page.object_list = notices
        return paginator, page, notices, is_paginated

    @cached_property
    def no_results_message(self):
        if self.is_searching:
            return _("No notice has these words in its title or number.")
        return _("No notice has been sent yet.")
