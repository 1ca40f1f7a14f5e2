"""The menu 通知, and what is left out of Wagtail's own menus."""

from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.widgets.button import Button, ListingButton

from cms.models import NoticePage
from cms.staff.listing import NoticeListing
from membership.tracking.staff.rules import ReminderRuleAdmin

notice_listing = NoticeListing()


class OverviewMenuItem(MenuItem):
    def is_shown(self, request):
        return request.user.has_perm("tracking.view_delivery")


class RulesMenuItem(MenuItem):
    def is_shown(self, request):
        return request.user.has_perm("tracking.change_reminderrule")


def notices_menu():
    """通知 ▸ 通知列表 · 回执总览 · 提醒记录 · 提醒规则, each for those who may use it."""
    overview = OverviewMenuItem(
        _("Receipts overview"), reverse_lazy("notices:overview"), name="receipts-overview", icon_name="list-ul", order=2
    )
    reminders = OverviewMenuItem(
        _("Reminder records"), reverse_lazy("notices:reminders"), name="reminders", icon_name="history", order=3
    )
    rules = RulesMenuItem(
        ReminderRuleAdmin.menu_label,
        ReminderRuleAdmin().url_helper.index_url,
        name="reminder-rules",
        icon_name="history",
        order=4,
    )
    menu = Menu(items=[notice_listing.get_menu_item(order=1), overview, reminders, rules])
    return SubmenuMenuItem(_("Notices"), menu, name="notices", icon_name="mail", order=150)


def leave_out_help(request, menu_items):
    """Wagtail's help leads to English pages on other servers."""
    menu_items[:] = [item for item in menu_items if item.name != "help"]


def _has_board(page, user):
    is_notice = issubclass(page.specific_class or type(page), NoticePage)
    return is_notice and page.first_published_at is not None and user.has_perm("tracking.view_delivery")


def board_in_listing(page, user, next_url=None):
    """The way from a line of the page list to the board."""
    if _has_board(page, user):
        url = reverse("notices:board", args=[page.pk])
        yield ListingButton(label=_("Receipts"), url=url, priority=5)


def board_in_header(page, user, view_name, next_url=None):
    """The way from the editor to the board."""
    if _has_board(page, user):
        url = reverse("notices:board", args=[page.pk])
        yield Button(label=_("Receipts and readers"), url=url, icon_name="mail", priority=5)
