"""Checks of the settings of accounts before the site goes live (`manage.py check --deploy`)."""

from django.conf import settings
from django.core.checks import Error, Tags, register


@register(Tags.security, deploy=True)
def staff_need_a_second_factor(app_configs, **kwargs):
    """A password alone must not open the staff area of a live site."""
    if settings.STAFF_MFA_REQUIRED or settings.DEBUG or settings.IS_DEMO:
        return []
    return [
        Error(
            "STAFF_MFA_REQUIRED is off: a password alone opens the staff area.",
            hint="Set STAFF_MFA_REQUIRED=true, the default in production.",
            id="accounts.E001",
        )
    ]
