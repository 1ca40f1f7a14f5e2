"""Verbs of people: what they say of themselves, the end of an account, and the staff that the administrator keeps."""

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.models import ModelLogEntry

from membership.accounts.actions.sessions import drop_sessions
from membership.accounts.models import FailedLogin, User
from membership.audit.actions import record
from membership.exceptions import Refusal


def rename(user, *, by, name):
    """Change the name under which the person acts. The record says that it changed, not from what to what."""
    with transaction.atomic():
        if User.objects.filter(pk=user.pk).exclude(name=name).update(name=name):
            record("accounts.rename", user, by=by)
    user.name = name
    return user


def change_password(user, password, *, by):
    """Set a password that was checked before; every other session ends with the old one."""
    user.set_password(password)
    with transaction.atomic():
        User.objects.filter(pk=user.pk).update(password=user.password)
        record("accounts.change_password", user, by=by, in_history=False)
    return user


def save_profile(user, *, by, **facts):
    """Keep name, position, e-mail and notification preferences; the record names what changed, never the values."""
    with transaction.atomic():
        known = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        changed = sorted(name for name, value in facts.items() if getattr(known, name) != value)
        if changed:
            User.objects.filter(pk=user.pk).update(**facts)
            record("accounts.save_profile", user, by=by, after={"changed": changed}, in_history=False)
    for name, value in facts.items():
        setattr(user, name, value)
    return user


def note_export(user, *, by):
    """The person takes a copy of the own data: recorded, because it may be somebody else at the keyboard."""
    return record("accounts.export_data", user, by=by, in_history=False)


def close_account(user, *, by):
    """End the account for good: what names the person goes, what the person did stays on record under no name.

    The number is free again afterwards. Raises Refusal for staff, whom the administrator looks after, and when the
    account is closed already. Who acts for a unit gives up that seat first (`units.actions.close_account`).
    """
    with transaction.atomic():
        known = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        if known.is_staff:
            raise Refusal(_("Accounts of the association's staff are closed by the administrator."), code="staff")
        if known.closed_at:
            raise Refusal(_("This account is closed already."), code="closed")
        FailedLogin.objects.of(known.phone).delete()
        User.objects.filter(pk=known.pk).update(
            phone=None,
            phone_verified=False,
            name="",
            position="",
            email="",
            notify_by_sms=False,
            notify_by_email=False,
            password=make_password(None),
            is_active=False,
            closed_at=timezone.now(),
        )
        drop_sessions(known)
        Authenticator.objects.filter(user=known).delete()
        EmailAddress.objects.filter(user=known).delete()
        user.refresh_from_db()
        ModelLogEntry.objects.for_instance(user).update(label=str(user))
        record("accounts.close_account", user, by=by)
    return user


def save_staff(user, *, by, groups):
    """Keep a colleague of the association, new or known, with these roles; the administrator vouches for the number."""
    with transaction.atomic():
        known = User.objects.filter(pk=user.pk).first()
        before = _staff_facts(known) if known else {}
        user.is_staff = True
        user.phone_verified = True
        user.save()
        user.groups.set(groups)
        after = _staff_facts(user) | {"new_password": not known or known.password != user.password}
        record("accounts.save_staff", user, by=by, before=before, after=after)
    return user


def _staff_facts(user):
    roles = sorted(user.groups.values_list("name", flat=True))
    return {"roles": roles, "active": user.is_active, "superuser": user.is_superuser}
