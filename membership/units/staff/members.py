"""会员名录: the list of units with its search, filters and workbook, and the page of one unit with its tabs."""

from django.http import FileResponse
from django.shortcuts import get_object_or_404
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from wagtail_modeladmin.options import ModelAdmin
from wagtail_modeladmin.views import InspectView

from membership.audit.registers import ReadOnly, RegisterView
from membership.units import actions, permissions
from membership.units.models import Membership, Unit
from membership.units.regions import Province
from membership.units.staff.filters import RegisterFilter
from membership.units.staff.tabs import tabs_for
from membership.units.states import STANDING, MembershipState

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class UnitsAreSeen(ReadOnly):
    """Whoever sees a row may inspect it; facts of units are decided elsewhere."""

    def user_can_list(self, user):
        return permissions.may_see_register(user)

    def user_can_inspect_obj(self, user, obj):
        """Asked for every row of a list that holds visible rows only; the page itself asks for its row."""
        return True


class UnitListView(RegisterView):
    """The list, or what it shows as a workbook."""

    FORMATS = (RegisterView.FORMAT_XLSX,)

    def get_queryset(self, request=None):
        request = request or self.request
        self.filter = RegisterFilter(request.GET, user=request.user)
        return self.filter.narrow(super().get_queryset(request))

    def as_spreadsheet(self, queryset, spreadsheet_format):
        workbook = actions.export_members(queryset, by=self.request.user)
        return FileResponse(workbook, as_attachment=True, filename=workbook.name, content_type=XLSX)


class UnitPage(InspectView):
    """One unit under the tabs that the rooms contribute; the address names the tab."""

    def check_action_permitted(self, user):
        if not self.permission_helper.user_can_list(user):
            return False
        return bool(get_object_or_404(Unit.objects.for_user(user), pk=self.instance.pk))

    def get_page_title(self):
        return self.instance.name

    def get_page_subtitle(self):
        return ""

    def get_meta_title(self):
        return self.instance.name

    def get_fields_dict(self):
        """The tabs show the facts."""
        return []

    def get_context_data(self, **kwargs):
        tabs = tabs_for(self.request.user)
        tab = next((tab for tab in tabs if tab.name == self.request.GET.get("tab")), tabs[0])
        certification = Membership.objects.certifications().filter(unit=self.instance).for_list().first()
        return super().get_context_data(
            tabs=tabs,
            tab=tab,
            tab_context=tab.get_context(self.request, self.instance),
            certification=certification,
            **kwargs,
        )


class UnitAdmin(ModelAdmin):
    model = Unit
    index_view_class = UnitListView
    base_url_path = "units"
    menu_label = _("Member register")
    menu_icon = "group"
    permission_helper_class = UnitsAreSeen
    inspect_view_enabled = True
    history_view_enabled = False
    inspect_view_class = UnitPage
    index_view_extra_css = ["units/register.css"]
    inspect_view_extra_css = ["units/register.css"]
    list_display = ("name", "uscc", "unit_type", "place", "standing", "branches", "contact_name", "contact_phone")
    list_export = ("name",)
    list_per_page = 20
    ordering = ("name", "pk")
    empty_value_display = "--"

    def get_queryset(self, request):
        memberships = Membership.objects.for_register(request.user)
        units = Unit.objects.for_user(request.user).with_memberships(memberships)
        return units.order_by(*self.ordering)

    def place(self, unit):
        province = Province(unit.province).label if unit.province else ""
        return f"{province} {unit.city}" if unit.city and unit.city != province else province

    place.short_description = _("Place")
    place.admin_order_field = "province"

    def standing(self, unit):
        """The level in the association, or how far the application is; what a person should notice is marked."""
        certification = unit.loaded_certification
        if certification is None:
            return self.empty_value_display
        if certification.state == MembershipState.ACTIVE:
            return certification.level.name
        mark = format_html('<span class="w-status">{}</span>', certification.get_state_display())
        return format_html("{} {}", certification.level.name, mark) if certification.state in STANDING else mark

    standing.short_description = _("Association")

    def branches(self, unit):
        """The line of standing in each branch, or how far the application there is."""
        return format_html_join(
            "", '<span class="unit-register__line">{}</span>', [(line,) for line in unit.branch_lines]
        )

    branches.short_description = _("Bodies")

    def get_extra_class_names_for_field_col(self, obj, field_name):
        return ["nowrap"] if field_name in ("uscc", "contact_phone", "contact_name") else []

    def register_indexing(self):
        """Units are found through their memberships; Wagtail's index of references need not follow them."""
