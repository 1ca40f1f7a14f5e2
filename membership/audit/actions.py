"""The one door to the audit trail."""

from wagtail.log_actions import log

from membership.audit.models import AuditEntry
from membership.audit.origin import current_address


def record(verb, noun, *, by, unit_id=None, before=None, after=None, result="ok", in_history=True):
    """Write the one audit entry of a verb, inside the verb's own transaction.

    `verb` is "room.verb" ("units.approve"); `before` and `after` hold no personal values. With `in_history` the act
    also stands in Wagtail's history of the object, where staff look for it. Returns the entry.
    """
    entry = AuditEntry.objects.create(
        actor=by,
        unit_id=unit_id,
        verb=verb,
        object_type=noun._meta.label_lower,
        object_id=str(noun.pk),
        before=before or {},
        after=after or {},
        address=current_address(),
        result=result,
    )
    if in_history:
        log(instance=noun, action=verb, user=by, data={"before": before or {}, "after": after or {}})
    return entry


def record_many(verb, rows, *, by):
    """The entries of one verb that happened to many nouns at once, in one INSERT; not in Wagtail's history.

    `rows` are (noun, unit id, before, after).
    """
    address = current_address()
    AuditEntry.objects.bulk_create(
        [
            AuditEntry(
                actor=by,
                unit_id=unit_id,
                verb=verb,
                object_type=noun._meta.label_lower,
                object_id=str(noun.pk),
                before=before,
                after=after,
                address=address,
            )
            for noun, unit_id, before, after in rows
        ],
        batch_size=500,
    )
