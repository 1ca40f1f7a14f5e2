"""The number as the account's identity: verified at sign-up, changed by its holder or, with a letter, by the staff."""

import secrets
from datetime import timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from membership.accounts.models import Consent, SmsCode, User
from membership.audit.actions import record
from membership.exceptions import Refusal
from membership.messaging import actions as messaging

NOBODY = -1


def drop_unverified(phone):
    """Forget sign-ups with this number that were never verified: they must not keep its owner out."""
    User.objects.unfinished().filter(phone=phone).delete()


def drop_abandoned():
    """Forget sign-ups whose number was not verified within a day; returns how many."""
    return User.objects.unfinished().filter(date_joined__lt=timezone.now() - timedelta(days=1)).delete()[0]


def pretend_sign_up(phone):
    """The work of storing a new account for a number that has one: the same hash, the same number of questions."""
    with transaction.atomic():
        drop_unverified(phone)
        User(phone=phone).set_password(secrets.token_hex())
        User.objects.filter(pk=NOBODY).update(name="")
        EmailAddress.objects.filter(user=NOBODY).exists()  # as allauth asks for every new account


def complete_sign_up(user):
    """The number is verified: the account is one, and the consent of its holder is kept with the versions shown."""
    with transaction.atomic():
        if not User.objects.filter(pk=user.pk, phone=user.phone, phone_verified=False).update(phone_verified=True):
            return
        Consent.objects.get_or_create(
            user=user, terms_version=settings.TERMS_VERSION, privacy_version=settings.PRIVACY_VERSION
        )
        record(
            "accounts.sign_up",
            user,
            by=user,
            after={"terms": settings.TERMS_VERSION, "privacy": settings.PRIVACY_VERSION},
        )
    user.phone_verified = True


def change_phone(user, phone, *, by):
    """Bind the account to another, verified number; the old one is told and every other session ends (guide 四.(二)).

    Codes on their way to the old number open nothing any more.
    Raises Refusal when the number belongs to somebody else.
    """
    with transaction.atomic():
        old = move_number(user, phone)
        record("accounts.change_phone", user, by=by)
        messaging.post("sms", "phone_changed", str(old), by=by)
    return user


def move_number(user, phone):
    """Bind the account to this number, inside the transaction of the verb that records it; returns the old number.

    Raises Refusal when the number belongs to somebody else, or the account's has just been changed elsewhere.
    """
    known = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    old = known.phone
    if old != user.phone:
        raise Refusal(_("The mobile number has just been changed elsewhere. Sign in again."), code="stale")
    drop_unverified(phone)
    try:
        with transaction.atomic():
            moved = User.objects.filter(pk=user.pk, phone=old).update(phone=phone, phone_verified=True)
    except IntegrityError as taken:
        raise Refusal(_("This mobile number already has an account."), code="phone_taken") from taken
    if not moved:
        raise Refusal(_("The mobile number has just been changed elsewhere. Sign in again."), code="stale")
    SmsCode.objects.void(old, timezone.now())
    user.phone, user.phone_verified = phone, True
    return old
