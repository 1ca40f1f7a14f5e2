"""通知栏目: the tabs under which members find their notices."""

from django.template.defaultfilters import yesno
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail_modeladmin.options import ModelAdmin

from cms.models import NoticeCategory
from membership.audit.registers import RegisterHistory
from membership.units.staff.master_data import KeptByAdministrators, KeptWhileUsed


class NoticeCategoryAdmin(ModelAdmin):
    model = NoticeCategory
    base_url_path = "notice-categories"
    menu_label = _("Notice categories")
    menu_icon = "tag"
    menu_order = 210
    add_to_settings_menu = True
    permission_helper_class = KeptByAdministrators
    delete_view_class = KeptWhileUsed
    history_view_class = RegisterHistory
    list_display = ("name", "slug", "sort_order", "takes_receipts")
    ordering = ("sort_order", "pk")
    panels = [
        FieldPanel("name"),
        FieldPanel("slug"),
        FieldRowPanel([FieldPanel("sort_order"), FieldPanel("for_receipts")]),
    ]

    def takes_receipts(self, category):
        return yesno(category.for_receipts)

    takes_receipts.short_description = _("for notices with a receipt")

    def register_indexing(self):
        """Where a category is used shows on the notices; Wagtail's index of references need not follow it."""
