"""Jobs of accounts."""

from membership.accounts.actions import codes, logins, phones
from membership.jobs.actions import register


@register("accounts.forget", recurring=True)
def forget():
    """What is kept to count tries and sends goes once no limit looks back to it, and so do sign-ups nobody finished."""
    codes.forget_codes()
    logins.forget_failures()
    phones.drop_abandoned()
