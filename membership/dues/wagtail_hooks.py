"""What the dues room adds to the Wagtail admin."""

from django.utils.translation import gettext_lazy as _

from membership.audit.history import register_verbs

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
        "download_invoice": (_("Download invoice"), _("Downloaded an invoice")),
    },
)
