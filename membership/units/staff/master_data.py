"""Master data of membership: levels and qualification categories; what registers of master data share."""

from django.db.models import ProtectedError
from django.shortcuts import redirect
from django.template.defaultfilters import yesno
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail_modeladmin.helpers import PermissionHelper
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import DeleteView

from membership.audit.registers import RegisterHistory, RegisterView
from membership.exceptions import Refusal
from membership.units import actions
from membership.units.models import Level, QualificationCategory
from membership.units.staff.filters import ByGroup
from membership.units.staff.forms import CategoryForm


class KeptByAdministrators(PermissionHelper):
    """Master data: shown to those who may change it, so that nobody meets a list without a use for it."""

    def user_can_list(self, user):
        return self.user_has_specific_permission(user, self.get_perm_codename("change"))


class KeptWhileUsed(DeleteView):
    """Master data that something refers to stays; modeladmin would look for what refers to it by name, and fail."""

    def delete_instance(self):
        try:
            super().delete_instance()
        except ProtectedError as used:
            words = {"name": self.instance}
            raise Refusal(gettext("“%(name)s” is in use and cannot be deleted.") % words, code="in_use") from used


class LevelAdmin(ModelAdmin):
    model = Level
    base_url_path = "levels"
    menu_label = _("Member levels")
    menu_icon = "order"
    menu_order = 230
    add_to_settings_menu = True
    permission_helper_class = KeptByAdministrators
    index_view_class = RegisterView
    delete_view_class = KeptWhileUsed
    history_view_class = RegisterHistory
    list_display = ("name", "body_kind", "rank")
    list_filter = ("body_kind",)
    ordering = ("body_kind", "rank")
    panels = [
        FieldRowPanel([FieldPanel("body_kind"), FieldPanel("rank")]),
        FieldRowPanel([FieldPanel("name"), FieldPanel("slug")]),
    ]

    def register_indexing(self):
        """As for units."""


class RemoveCategoryView(DeleteView):
    """A category that nobody has used goes; one that is used is closed, and the page says so before."""

    @cached_property
    def is_used(self):
        return actions.is_category_used(self.instance)

    def get_page_title(self):
        return _("Close the category") if self.is_used else _("Delete the category")

    def confirmation_message(self):
        if self.is_used:
            return gettext("“%(name)s” is in use: it stays with the units that have it and can be chosen no more.") % {
                "name": self.instance
            }
        return gettext("Nobody uses “%(name)s”. It will be deleted.") % {"name": self.instance}

    def post(self, request, *args, **kwargs):
        words = {"name": self.instance}
        if actions.remove_category(self.instance, by=request.user):
            messages.success(request, gettext("“%(name)s” has been deleted.") % words)
        else:
            messages.success(request, gettext("“%(name)s” is in use and can be chosen no more.") % words)
        return redirect(self.index_url)


class CategoryAdmin(ModelAdmin):
    model = QualificationCategory
    base_url_path = "qualification-categories"
    menu_label = _("Qualification categories")
    menu_icon = "list-ul"
    menu_order = 235
    add_to_settings_menu = True
    permission_helper_class = KeptByAdministrators
    index_view_class = RegisterView
    delete_view_class = RemoveCategoryView
    history_view_class = RegisterHistory
    list_display = ("name", "group", "grades", "sort_order", "can_be_chosen")
    list_filter = (ByGroup, "is_open")
    list_per_page = 50
    search_fields = ("name", "group")
    ordering = ("sort_order", "pk")
    empty_value_display = "--"
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("group"), FieldPanel("name")]),
            FieldPanel("grades"),
            FieldRowPanel([FieldPanel("sort_order"), FieldPanel("is_open")]),
        ],
        base_form_class=CategoryForm,
    )

    def can_be_chosen(self, category):
        return yesno(category.is_open)

    can_be_chosen.short_description = _("can be chosen")

    def register_indexing(self):
        """As for units."""
