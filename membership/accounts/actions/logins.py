"""Logins, good and bad: the record of who came in, and when a captcha is asked for. Nobody is ever locked out."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from membership.accounts.models import FailedLogin, User, phone_key
from membership.audit.actions import record
from membership.audit.origin import current_address

FAILURES_PER_NUMBER = 3
FAILURES_PER_ADDRESS = 10
LOOK_BACK = timedelta(minutes=30)


def note_login(user):
    """The person is in: recorded, and earlier failures on the number are forgotten."""
    with transaction.atomic():
        FailedLogin.objects.of(user.phone).delete()
        record("accounts.login", user, by=user, in_history=False)


def note_failed_login(phone):
    """A wrong password for this number, known or not. Only the holder reads of it, among the own logins."""
    with transaction.atomic():
        failure = FailedLogin.objects.create(phone_key=phone_key(phone), address=current_address())
        holder = User.objects.filter(phone=phone, phone_verified=True).first()
        record("accounts.login", holder or failure, by=None, result="failed", in_history=False)


def wants_captcha(phone):
    """Whether the next try to log in with this number, from this address, must read a captcha first."""
    recent = FailedLogin.objects.since(timezone.now() - LOOK_BACK)
    if phone and recent.of(phone).count() >= FAILURES_PER_NUMBER:
        return True
    return recent.filter(address=current_address()).count() >= FAILURES_PER_ADDRESS


def forget_failures():
    """Delete failures that no captcha depends on any more; returns how many."""
    return FailedLogin.objects.filter(at__lt=timezone.now() - LOOK_BACK).delete()[0]
