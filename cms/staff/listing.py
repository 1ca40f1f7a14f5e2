"""通知列表: the notices of both trees in one list, found by any part of their title or number."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from wagtail.admin.auth import user_has_any_page_permission
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.admin.ui.tables.pages import BulkActionsColumn, PageStatusColumn, PageTitleColumn, ParentPageColumn
from wagtail.admin.views.pages.listing import IndexView
from wagtail.admin.viewsets.pages import PageListingViewSet

from cms.models import NoticePage
from cms.staff.columns import MomentColumn


class NoticeListingView(IndexView):
    def get_base_queryset(self):
        return super().get_base_queryset().select_related("category")

    def search_queryset(self, queryset):
        words = self.search_query
        if not self.is_searching:
            return queryset
        return queryset.filter(Q(title__icontains=words) | Q(noticepage__document_no__icontains=words))


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
        MomentColumn("deadline", label=_("Deadline"), sort_key="deadline", width="10%"),
        MomentColumn(
            "latest_revision_created_at", label=_("Updated"), sort_key="latest_revision_created_at", width="10%"
        ),
        PageStatusColumn("status", label=_("Status"), sort_key="live", width="8%"),
    ]
    list_filter = ["category", "receipt_kind", "live"]
