"""The menu 会费: what may be seen of the books, and what the hook `register_dues_menu_item` adds."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from membership.dues import permissions

HOOK = "register_dues_menu_item"


class BooksMenuItem(MenuItem):
    """For whoever may see the books."""

    def is_shown(self, request):
        return permissions.may_see_orders(request.user)


def dues_menu():
    """会费; it is shown when one of its items is."""
    return SubmenuMenuItem(_("Membership dues"), Menu(register_hook_name=HOOK), name="dues", icon_name="tag", order=140)
