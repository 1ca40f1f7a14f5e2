"""Application configuration of accounts."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _
from wagtail.users.apps import WagtailUsersAppConfig


class AccountsConfig(AppConfig):
    default = True
    name = "membership.accounts"
    label = "accounts"
    verbose_name = _("Accounts")

    def ready(self):
        from membership.accounts import checks, second_factor, sessions, tasks  # noqa: F401, PLC0415  (listen, register checks and jobs)


class StaffConfig(WagtailUsersAppConfig):
    """Wagtail's pages about users, with our forms and our rows."""

    user_viewset = "membership.accounts.staff.users.StaffViewSet"
