"""Jobs of accounts."""

from django.utils.translation import gettext_lazy as _

from membership.accounts.actions import codes, logins, phones
from membership.jobs.actions import register


@register("accounts.forget", _("Forget codes and failed logins"), recurring=True)
def forget():
    """What is kept to count tries and sends goes once no limit looks back to it, and so do sign-ups nobody finished."""
    codes.forget_codes()
    logins.forget_failures()
    phones.drop_abandoned()
