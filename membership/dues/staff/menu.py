"""The menu 会费: what may be seen of the books, and what the hook `register_dues_menu_item` adds."""

from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem

from membership.dues import permissions
from membership.dues.staff.rules import DuesRuleAdmin

HOOK = "register_dues_menu_item"


class BooksMenuItem(MenuItem):
    """For whoever may see the books."""

    def is_shown(self, request):
        return permissions.may_see_orders(request.user)


class RulesMenuItem(MenuItem):
    def is_shown(self, request):
        return permissions.may_keep_rules(request.user)


def dues_menu():
    """会费; it is shown when one of its items is."""
    return SubmenuMenuItem(_("Membership dues"), Menu(register_hook_name=HOOK), name="dues", icon_name="tag", order=140)


def orders():
    url = reverse_lazy("dues_orders_modeladmin_index")
    return BooksMenuItem(_("Dues orders"), url, name="dues-orders", icon_name="list-ul", order=10)


def arrears():
    url = reverse_lazy("dues_arrears")
    return BooksMenuItem(_("Dues receivable"), url, name="dues-arrears", icon_name="warning", order=50)


def standards():
    url = reverse_lazy("dues_standards")
    return BooksMenuItem(_("Dues standards"), url, name="dues-standards", icon_name="doc-full", order=60)


def rules():
    url = DuesRuleAdmin().url_helper.index_url
    return RulesMenuItem(DuesRuleAdmin.menu_label, url, name="dues-rules", icon_name="history", order=70)


def statistics():
    url = reverse_lazy("dues_statistics")
    return BooksMenuItem(_("Membership dues"), url, name="dues-statistics", icon_name="tag", order=20)
