"""The menu 会员: registers and lists of members, each for those who may use it."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import Menu, MenuItem
from wagtail_modeladmin.menus import GroupMenuItem
from wagtail_modeladmin.options import ModelAdminGroup

from membership.units import permissions
from membership.units.staff.members import UnitAdmin
from membership.units.staff.queues import queue_menu_items


class RegisterMenuItem(MenuItem):
    def is_shown(self, request):
        return permissions.may_see_register(request.user)


class MembersGroup(ModelAdminGroup):
    """会员 ▸ 单位审核 · 分会审核 · 变更审核 · 退会 · 会员名录, and what the hook `register_members_menu_item` adds."""

    menu_label = _("Members")
    menu_icon = "group"
    menu_order = 120
    items = (UnitAdmin,)

    def get_submenu_items(self):
        return [*queue_menu_items(), *super().get_submenu_items()]

    def get_menu_item(self):
        menu = Menu(register_hook_name="register_members_menu_item", items=self.get_submenu_items())
        return GroupMenuItem(self, self.get_menu_order(), menu)


def expiring_certificates():
    return RegisterMenuItem(
        _("Certificates that run out"),
        reverse("expiring_certificates"),
        name="expiring-certificates",
        icon_name="calendar-alt",
        order=20,
    )
