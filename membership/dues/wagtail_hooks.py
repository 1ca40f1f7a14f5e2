"""What the dues room adds to the Wagtail admin."""

from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail_modeladmin.options import modeladmin_register

from membership.audit.history import register_verbs
from membership.dues import permissions
from membership.dues.staff import (
    arrears,
    desk,
    invoices,
    menu,
    order_actions,
    refunds,
    rules,
    standards,
    statements,
    statistics,
    unit_dues,
    waivers,
)
from membership.dues.staff.home import CollectionPanel, ConfirmSummary
from membership.dues.staff.orders import OrderAdmin
from membership.units.staff.tabs import HOOK

modeladmin_register(OrderAdmin)
modeladmin_register(rules.DuesRuleAdmin)
hooks.register(HOOK, unit_dues.DuesTab)

register_verbs(
    "dues",
    {
        "set_standard": (_("Set dues standard"), _("Set the dues standard")),
        "withdraw_standard": (_("Withdraw dues standard"), _("Withdrew the dues standard")),
        "place_order": (_("Order dues"), _("Ordered dues")),
        "upload_proof": (_("Upload proof of transfer"), _("Uploaded a proof of transfer")),
        "cancel": (_("Cancel order"), _("Cancelled the order")),
        "expire": (_("Let order expire"), _("The order expired")),
        "record_payment": (_("Book payment"), _("Booked a payment")),
        "reverse": (_("Take payment back"), _("Took the payment back")),
        "refund": (_("Record refund"), _("Recorded a refund")),
        "take_back_refund": (_("Take refund back"), _("Took a refund back")),
        "grant_waiver": (_("Waive dues"), _("Waived dues by a resolution")),
        "take_back_waiver": (_("Take waiver back"), _("Took a waiver of dues back")),
        "enter_paid_years": (_("Enter paid years"), _("Entered years paid before")),
        "remind": (_("Remind of dues"), _("Had the unit reminded of dues")),
        "remind_by_rule": (_("Remind by rule"), _("Reminded of dues by a rule")),
        "export_orders": (_("Export orders"), _("Exported dues orders")),
        "export_arrears": (_("Export arrears"), _("Exported the list of arrears")),
        "print_letters": (_("Print dunning letters"), _("Printed dunning letters")),
        "take_back_paid_year": (_("Take paid year back"), _("Took a paid year back")),
        "export_awaiting_invoice": (_("Export list for invoicing"), _("Exported the list of orders awaiting invoice")),
        "issue_invoice": (_("Issue invoice"), _("Entered the invoice")),
        "add_invoice_file": (_("Add file of invoice"), _("Added a file to the invoice")),
        "replace_invoice": (_("Replace invoice"), _("Replaced the invoice by another one")),
        "void_invoice": (_("Void invoice"), _("Voided the invoice")),
        "request_reissue": (_("Ask for another invoice"), _("Asked for another invoice")),
        "refuse_reissue": (_("Refuse another invoice"), _("Refused another invoice")),
        "send_invoice": (_("Send invoice by e-mail"), _("Sent the invoice by e-mail")),
        "download_invoice": (_("Download invoice"), _("Downloaded the invoice")),
        "upload_statement": (_("Upload bank statement"), _("Uploaded a bank statement")),
        "choose_columns": (_("Choose columns"), _("Chose the columns of a bank statement")),
        "book_statement": (_("Book bank statement"), _("Booked a bank statement")),
        "comment_on_entry": (_("Comment on credit"), _("Commented on a credit of the bank")),
        "discard_entry": (_("Set credit aside"), _("Set a credit of the bank aside")),
        "restore_entry": (_("Take credit up again"), _("Took a credit of the bank up again")),
        "retry_matching": (_("Match again"), _("Matched a credit of the bank again")),
    },
)


@hooks.register("construct_homepage_summary_items")
def transfers_to_confirm(request, items):
    items.append(ConfirmSummary(request))


@hooks.register("construct_homepage_panels")
def collection_of_dues(request, panels):
    if permissions.may_see_orders(request.user):
        panels.append(CollectionPanel())


@hooks.register("register_admin_urls")
def dues_urls():
    return [
        path("bank/statements/", include(statements.urlpatterns)),
        path("bank/desk/", include(desk.urlpatterns)),
        path("dues/invoices/", include("membership.dues.staff.invoice_urls")),
        path("dues/orders/", include(order_actions.urlpatterns)),
        path("dues/arrears/", include(arrears.urlpatterns)),
        path("dues/standards/", include(standards.urlpatterns)),
        path("dues/reminder-rules/", include(rules.urlpatterns)),
        path("dues/refunds/", include(refunds.urlpatterns)),
        path("dues/", include([*unit_dues.urlpatterns, *waivers.urlpatterns])),
        path("statistics/dues/", include(statistics.urlpatterns)),
    ]


hooks.register("register_admin_menu_item", menu.dues_menu)
for item in (
    menu.orders,
    menu.arrears,
    menu.standards,
    menu.rules,
    invoices.menu_item,
    statements.menu_item,
    desk.menu_item,
):
    hooks.register(menu.HOOK, item)
hooks.register("register_statistics_menu_item", menu.statistics)
