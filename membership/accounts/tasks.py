"""Jobs of accounts."""

from membership.accounts.actions import codes, logins
from membership.jobs.actions import register


@register("accounts.forget", recurring=True)
def forget():
    """What is kept to count tries and sends goes once no limit looks back to it."""
    codes.forget_codes()
    logins.forget_failures()
