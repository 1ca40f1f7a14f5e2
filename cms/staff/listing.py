"""通知列表: the notices of both trees in one list with how they fare, found by any part of their title or number."""

from django.db.models import Q, prefetch_related_objects
from django.utils.translation import gettext_lazy as _
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn, ParentPageColumn
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.pages import PageListingViewSet

from cms.models import NoticePage
from cms.staff.columns import MomentColumn
from cms.staff.overview import share, with_counts


class NoticeListingView(IndexView):
    def paginate_queryset(self, queryset, page_size):
        paginator, page, notices, is_paginated = super().paginate_queryset(queryset, page_size)
        page.object_list = with_counts(notices, self.request.user)
        prefetch_related_objects(page.object_list, "category")  # of pages made specific, a join is lost
        return paginator, page, page.object_list, is_paginated

    def search_queryset(self, queryset):
        words = self.search_query
        if not self.is_searching:
            return queryset
        return queryset.filter(Q(title__icontains=words) | Q(noticepage__document_no__icontains=words))


def of_sent(notice, part, whole):
    """How many of those that have the notice; “--” for one that went to nobody, and for who may not see it."""
    return share(notice.counts[part], notice.counts[whole])


class NoticeMenuItem(MenuItem):
    def is_shown(self, request):
        return user_has_any_page_permission(request.user)


class NoticeListing(PageListingViewSet):
    model = NoticePage
    name = "notice_list"
    icon = "mail"
    menu_label = _("All notices")
    menu_item_class = NoticeMenuItem
    index_view_class = NoticeListingView
    columns = [
        BulkActionsColumn("bulk_actions"),
        PageTitleColumn("title", label=_("Title"), sort_key="title", classname="title"),
        ParentPageColumn("parent", label=_("Stands in"), width="8%"),
        Column("category", label=_("Category"), width="8%"),
        Column("receipt_kind", label=_("Receipt"), accessor="get_receipt_kind_display", width="10%"),
        Column("read", label=_("Read"), accessor=lambda notice: of_sent(notice, "read", "sent"), width="8%"),
        Column(
            "receipted",
            label=_("Receipt returned"),
            accessor=lambda notice: of_sent(notice, "receipted", "asked"),
            width="8%",
        ),
        MomentColumn("deadline", label=_("Deadline"), sort_key="deadline", width="10%"),
        MomentColumn(
            "latest_revision_created_at", label=_("Updated"), sort_key="latest_revision_created_at", width="10%"
        ),
        PageStatusColumn("status", label=_("Status"), sort_key="live", width="8%"),
    ]
    list_filter = ["category", "receipt_kind", "live"]
