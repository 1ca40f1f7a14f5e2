"""What the dues room adds to the Wagtail admin."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks

from membership.audit.history import register_verbs
from membership.dues.staff import menu

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
        "issue_invoice": (_("Issue invoice"), _("Entered the invoice")),
        "add_invoice_file": (_("Add file of invoice"), _("Added a file to the invoice")),
        "replace_invoice": (_("Replace invoice"), _("Replaced the invoice by another one")),
        "void_invoice": (_("Void invoice"), _("Voided the invoice")),
        "request_reissue": (_("Ask for another invoice"), _("Asked for another invoice")),
        "refuse_reissue": (_("Refuse another invoice"), _("Refused another invoice")),
        "send_invoice": (_("Send invoice by e-mail"), _("Sent the invoice by e-mail")),
        "download_invoice": (_("Download invoice"), _("Downloaded the invoice")),
    },
)

hooks.register("register_admin_menu_item", menu.dues_menu)
