"""The registers of the association: 会员名录 and levels. Facts of units are read here, decided elsewhere."""

from django.db.models import ProtectedError
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import Menu
from wagtail.admin.panels import FieldPanel, FieldRowPanel
from wagtail_modeladmin.helpers import PermissionHelper
from wagtail_modeladmin.menus import GroupMenuItem
from wagtail_modeladmin.options import ModelAdmin, ModelAdminGroup
from wagtail_modeladmin.views import DeleteView, IndexView, InspectView

from membership.audit.registers import ReadOnly
from membership.exceptions import Refusal
from membership.units.models import Level, Membership, Unit
from membership.units.staff.queues import queue_menu_items
from membership.units.states import BodyKind


class UnitsAreSeen(ReadOnly):
    """Whoever sees a row may inspect it; facts of units are decided elsewhere."""

    def user_can_list(self, user):
        return user.has_perm("units.view_unit") or user.body_staff.exists()

    def user_can_inspect_obj(self, user, obj):
        """Asked for every row of a list that holds visible rows only; the page itself asks for its row."""
        return True


class KeptByAdministrators(PermissionHelper):
    """Master data: shown to those who may change it, so that nobody meets a list without a use for it."""

    def user_can_list(self, user):
        return self.user_has_specific_permission(user, self.get_perm_codename("change"))


class UnitInspectView(InspectView):
    """One unit: its profile, and its standing in every body."""

    def check_action_permitted(self, user):
        if not self.permission_helper.user_can_list(user):
            return False
        return bool(get_object_or_404(Unit.objects.for_user(user), pk=self.instance.pk))

    def get_context_data(self, **kwargs):
        memberships = Membership.objects.for_user(self.request.user).filter(unit=self.instance)
        memberships = memberships.select_related("body", "level").order_by("body__sort_order", "body_id")
        return super().get_context_data(memberships=memberships, **kwargs)


class UnitListView(IndexView):
    def get_page_title(self):
        return self.model_admin.get_menu_label()


class UnitAdmin(ModelAdmin):
    model = Unit
    index_view_class = UnitListView
    base_url_path = "units"
    menu_label = _("Member register")
    menu_icon = "group"
    permission_helper_class = UnitsAreSeen
    inspect_view_enabled = True
    history_view_enabled = False
    inspect_view_class = UnitInspectView
    inspect_view_extra_css = ["units/register.css"]
    inspect_view_fields = [
        "name",
        "uscc",
        "unit_type",
        "province",
        "city",
        "address",
        "postcode",
        "telephone",
        "website",
        "legal_representative",
        "contact_department",
        "contact_name",
        "contact_phone",
        "qq",
        "email",
        "founded_on",
        "registered_capital",
        "staff_count",
        "introduction",
        "joined_on",
        "submitted_at",
    ]
    list_display = ("name", "uscc", "unit_type", "province", "standing", "contact_name", "contact_phone")
    list_filter = ("unit_type", "province")
    list_per_page = 50
    search_fields = ("name", "uscc", "contact_name", "contact_phone")
    ordering = ("name", "pk")
    empty_value_display = "--"

    def get_queryset(self, request):
        return Unit.objects.for_user(request.user).with_memberships().order_by(*self.ordering)

    def standing(self, unit):
        """The level in the association, or how far the application is."""
        certification = next((m for m in unit.memberships.all() if m.body.kind == BodyKind.ASSOCIATION), None)
        if certification is None:
            return self.empty_value_display
        return certification.level.name if certification.level else certification.get_state_display()

    standing.short_description = _("Standing")

    def get_extra_class_names_for_field_col(self, obj, field_name):
        return ["nowrap"] if field_name in ("uscc", "contact_phone") else []

    def register_indexing(self):
        """Units are found through their memberships; Wagtail's index of references need not follow them."""


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
    delete_view_class = KeptWhileUsed
    list_display = ("name", "body_kind", "rank")
    list_filter = ("body_kind",)
    ordering = ("body_kind", "rank")
    panels = [
        FieldRowPanel([FieldPanel("body_kind"), FieldPanel("rank")]),
        FieldRowPanel([FieldPanel("name"), FieldPanel("slug")]),
    ]

    def register_indexing(self):
        """As for units."""


class MembersGroup(ModelAdminGroup):
    """会员 ▸ 单位审核 · 分会审核 · 变更审核 · 退会 · 会员名录."""

    menu_label = _("Members")
    menu_icon = "group"
    menu_order = 120
    items = (UnitAdmin,)

    def get_submenu_items(self):
        return [*queue_menu_items(), *super().get_submenu_items()]

    def get_menu_item(self):
        menu = Menu(register_hook_name="register_members_menu_item", items=self.get_submenu_items())
        return GroupMenuItem(self, self.get_menu_order(), menu)
