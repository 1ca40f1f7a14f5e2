"""What the tracking room adds to the Wagtail admin."""

from django.urls import include, path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail_modeladmin.options import modeladmin_register

from membership.audit.history import register_verbs
from membership.tracking.staff import rules

register_verbs(
    "tracking",
    {
        "export": (_("Export receipts"), _("Exported receipts")),
        "remind": (_("Remind units"), _("Had units reminded")),
        "enter_receipt": (_("Enter receipt from paper"), _("Entered a receipt from paper")),
        "send_back_receipt": (_("Send receipt back"), _("Sent a receipt back")),
        "extend_deadline": (_("Give more time"), _("Gave more time")),
        "freeze_result": (_("Freeze the result"), _("Froze the result of the deliberation")),
        "record_attendance": (_("Record attendance"), _("Recorded who came")),
        "deliver": (_("Deliver"), _("Delivered the notice to units")),
        "recall": (_("Recall"), _("Recalled the notice")),
        "submit_receipt": (_("Return receipt"), _("Returned a receipt")),
    },
)

modeladmin_register(rules.ReminderRuleAdmin)


@hooks.register("register_admin_urls")
def reminder_urls():
    return [path("reminders/", include(rules.urlpatterns))]
