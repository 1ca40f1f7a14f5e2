"""What the accounts room adds to the Wagtail admin."""

from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import hooks
from wagtail.admin import messages

from membership.accounts.models import User
from membership.audit.history import register_verbs

register_verbs(
    "accounts",
    {
        "rename": (gettext_lazy("Change name"), gettext_lazy("Changed the name")),
        "close_account": (gettext_lazy("Close account"), gettext_lazy("Closed the account")),
        "sign_up": (gettext_lazy("Sign up"), gettext_lazy("Signed up and verified the mobile number")),
        "change_phone": (gettext_lazy("Change mobile number"), gettext_lazy("Changed the mobile number")),
        "reset_second_factor": (gettext_lazy("Reset second factor"), gettext_lazy("Reset the second factor")),
        "save_staff": (gettext_lazy("Save"), gettext_lazy("Saved the account and its roles")),
    },
)


@hooks.register("register_account_menu_item")
def change_password(request):
    """The way from the own account to allauth's page for the password."""
    return {
        "url": reverse("account_change_password"),
        "label": _("Change password"),
        "help_text": _("You stay logged in here; all other sessions end."),
    }


@hooks.register("register_account_menu_item")
def second_factor(request):
    """The way from the own account to the second factor."""
    return {
        "url": reverse("mfa_index"),
        "label": _("Two-step verification"),
        "help_text": _("Authenticator app, passkeys and recovery codes."),
    }


@hooks.register("before_bulk_action")
def one_account_at_a_time(request, action_type, objects, action):
    """Wagtail's actions on many users know neither members nor superusers."""
    if action.get_default_model() is not User:
        return None
    messages.error(request, _("Accounts are changed one by one."))
    return redirect("wagtailusers_users:index")
