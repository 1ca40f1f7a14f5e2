"""The verb that takes a qualification category out of use."""

from django.db import transaction

from membership.audit.actions import record
from membership.units import permissions
from membership.units.models import ProfileDraft, Qualification, QualificationCategory, Review


def is_category_used(category):
    """Whether a certificate on file, anything handed in, or a draft names the category."""
    return (
        Qualification.objects.filter(category=category).exists()
        or any(_names(profile, category) for profile in Review.objects.values_list("snapshot", flat=True).iterator())
        or any(_names(values, category) for values in ProfileDraft.objects.values_list("values", flat=True).iterator())
    )


def remove_category(category, *, by):
    """Delete a category that nobody has used, close one that is used. Returns whether it was deleted."""
    permissions.require(permissions.may_keep_categories(by))
    with transaction.atomic():
        fresh = QualificationCategory.objects.select_for_update().get(pk=category.pk)
        is_used = is_category_used(fresh)
        verb = "close_category" if is_used else "delete_category"
        record(f"units.{verb}", fresh, by=by, before={"is_open": fresh.is_open})
        if is_used:
            QualificationCategory.objects.filter(pk=fresh.pk).update(is_open=False)
        else:
            fresh.delete()
    return not is_used


def _names(value, category, key=""):
    """Whether a plain value says the id of the category under a key that ends with “category”."""
    if isinstance(value, dict):
        return any(_names(inner, category, name) for name, inner in value.items())
    if isinstance(value, list):
        return any(_names(inner, category, key) for inner in value)
    return key.endswith("category") and str(value) == str(category.pk)
