"""What the dues room adds to the Wagtail admin."""

from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from membership.audit.history import register_verbs
from membership.dues.staff import desk, menu, statements

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
        "enter_paid_years": (_("Enter paid years"), _("Entered years paid before")),
        "take_back_paid_year": (_("Take paid year back"), _("Took a paid year back")),
        "upload_statement": (_("Upload bank statement"), _("Uploaded a bank statement")),
        "choose_columns": (_("Choose columns"), _("Chose the columns of a bank statement")),
        "book_statement": (_("Book bank statement"), _("Booked a bank statement")),
        "discard_entry": (_("Set credit aside"), _("Set a credit of the bank aside")),
        "restore_entry": (_("Take credit up again"), _("Took a credit of the bank up again")),
        "retry_matching": (_("Match again"), _("Matched a credit of the bank again")),
    },
)

hooks.register("register_admin_menu_item", menu.dues_menu)
hooks.register(menu.HOOK, statements.menu_item)
hooks.register(menu.HOOK, desk.menu_item)


@hooks.register("register_admin_urls")
def bank_urls():
    return [
        path("bank/statements/", include(statements.urlpatterns)),
        path("bank/desk/", include(desk.urlpatterns)),
    ]
