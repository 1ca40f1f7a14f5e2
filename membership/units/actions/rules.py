"""The verb by which the association changes the rules of membership."""

from django.db import transaction

from membership.audit.actions import record
from membership.units import permissions
from membership.units.models import MembershipSettings


def save_rules(rules, *, by):
    """Keep the changed `rules`; what was and what is stands in the trail, of files only whether they are there."""
    permissions.require(permissions.may_set_rules(by))
    with transaction.atomic():
        before = _told(MembershipSettings.objects.select_for_update().get(pk=rules.pk))
        rules.save()
        after = _told(rules)
        changed = {name for name in after if before[name] != after[name]}
        if changed:
            record(
                "units.save_rules",
                rules,
                by=by,
                before={name: before[name] for name in sorted(changed)},
                after={name: after[name] for name in sorted(changed)},
                in_history=False,
            )
    return rules


def _told(rules):
    """Plain values of every rule; a file by its key, which is random."""
    fields = [field for field in rules._meta.concrete_fields if not field.primary_key]
    return {field.name: str(field.value_from_object(rules) or "") for field in fields}
