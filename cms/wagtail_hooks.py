"""What the editorial room adds to the Wagtail admin."""

from django.templatetags.static import static
from django.urls import include, path
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.admin_url_finder import register_admin_url_finder
from wagtail_modeladmin.options import modeladmin_register

from cms.models import Attachment
from cms.staff import guards, menu, recalling, statistics, urls
from cms.staff.attachments import AttachmentChooserViewSet, AttachmentURLFinder
from cms.staff.categories import NoticeCategoryAdmin
from cms.staff.home import ClosingNoticesPanel, ReceiptsTodaySummary
from cms.staff.unit_messages import MessagesTab
from membership.audit.history import register_verbs
from membership.units.staff.tabs import HOOK as UNIT_TAB

hooks.register("before_move_page", guards.keep_inside)
hooks.register("before_delete_page", guards.keep_delivered)
hooks.register("before_unpublish_page", recalling.ask_for_reason)
hooks.register("construct_page_action_menu", recalling.recall_in_editor)
hooks.register("before_bulk_action", guards.guard_many)
hooks.register("before_serve_page", guards.serve_by_delivery)
hooks.register("construct_admin_api", guards.read_only_api)
# After Wagtail's own, which it replaces.
hooks.register("register_bulk_action", guards.MoveInsideAction, order=10)

hooks.register("register_admin_menu_item", menu.notices_menu)
hooks.register("register_statistics_menu_item", statistics.notices_item)
hooks.register("construct_main_menu", menu.leave_out_help)
hooks.register("register_page_listing_buttons", menu.board_in_listing)
hooks.register("register_page_header_buttons", menu.board_in_header)

hooks.register(UNIT_TAB, MessagesTab)

modeladmin_register(NoticeCategoryAdmin)
register_admin_url_finder(Attachment, AttachmentURLFinder)
register_verbs(
    "cms",
    {
        "store_attachment": (_("Upload"), _("Uploaded a file for notices")),
        "hold_back": (_("Hold back"), _("Not published at the time set: it was not ready")),
    },
)


@hooks.register("register_admin_viewset")
def attachment_chooser():
    return AttachmentChooserViewSet("attachment_chooser", url_prefix="notice-attachments")


@hooks.register("register_admin_viewset")
def notice_listing():
    return menu.notice_listing


@hooks.register("register_admin_urls")
def editorial_urls():
    return [path("notices/", include(urls)), path("statistics/notices/", include(statistics.urlpatterns))]


@hooks.register("insert_global_admin_css")
def branding_css():
    return format_html('<link rel="stylesheet" href="{}">', static("cms/admin.css"))


@hooks.register("construct_homepage_summary_items")
def receipts_today(request, items):
    items.append(ReceiptsTodaySummary(request))


@hooks.register("construct_homepage_panels")
def closing_notices(request, panels):
    if request.user.has_perm("tracking.view_delivery"):
        panels.append(ClosingNoticesPanel(request))
