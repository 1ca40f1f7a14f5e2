"""What the messaging room adds to the Wagtail admin."""

from django.urls import path
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail_modeladmin.options import modeladmin_register

from membership.audit.history import register_verbs
from membership.messaging.staff.register import MessageAdmin, TextAdmin, settle

modeladmin_register(MessageAdmin)
modeladmin_register(TextAdmin)

register_verbs("messaging", {"save_text": (_("Save text"), _("Changed the wording of the text"))})

VERBS = ("send-again", "arrived", "not-arrived")


@hooks.register("register_admin_urls")
def buttons():
    """One address for each thing that a person can do with a message."""
    return [
        path(f"outgoing-messages/<int:pk>/{verb}/", settle, {"verb": verb}, name=f"message_{verb.replace('-', '_')}")
        for verb in VERBS
    ]
