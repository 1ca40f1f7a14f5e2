"""What the tracking room adds to the Wagtail admin."""

from django.utils.translation import gettext_lazy as _

from membership.audit.history import register_verbs

register_verbs(
    "tracking",
    {
        "deliver": (_("Deliver"), _("Delivered the notice to units")),
        "recall": (_("Recall"), _("Recalled the notice")),
        "submit_receipt": (_("Return receipt"), _("Returned a receipt")),
    },
)
