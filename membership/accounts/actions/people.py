"""Verbs of people: their name, and the staff that the administrator keeps."""

from django.db import transaction

from membership.accounts.models import User
from membership.audit.actions import record


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
