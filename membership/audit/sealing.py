"""A chain of digests over the trail, by which a changed, removed or added entry is found.

A chain made entry by entry would make every writer wait for the one before. Here a job seals what has been written for
an hour: by then every transaction that began with a lower number has ended.
"""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, timedelta

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import timezone

from membership.audit.models import AuditEntry, AuditSeal

FIRST = "0" * 64  # what stands before the first seal
REST = timedelta(hours=1)  # that an entry has lain there before it is sealed, and between two seals
MOST = 20_000  # entries under one seal
COLUMNS = (
    *("id", "at", "actor_id", "unit_id", "verb", "object_type", "object_id", "before", "after", "address", "result"),
)


@dataclass(frozen=True)
class Finding:
    """What `verify` found: seals that hold, entries under them, those too young to be sealed, and the first fault."""

    seals: int
    entries: int
    unsealed: int
    newest: str
    fault: str = ""


def seal(now=None):
    """Seal what has lain for an hour, unless that was done within the last; returns the new seals.

    Two that seal at once cannot both go on: the second breaks a unique constraint (IntegrityError).
    """
    now = now or timezone.now()
    last = AuditSeal.objects.order_by("-last_id").first()
    if last and last.at > now - REST:
        return []
    made = []
    while True:
        start, previous = (last.last_id, last.digest) if last else (0, FIRST)
        # An entry that is too young ends the row, so that nothing older is left behind it.
        young = AuditEntry.objects.filter(id__gt=start, at__gt=now - REST).order_by("id").values_list("id", flat=True)
        rows = AuditEntry.objects.filter(id__gt=start)
        first_young = young.first()
        if first_young is not None:
            rows = rows.filter(id__lt=first_young)
        digest, count, last_id = _digest(previous, rows.order_by("id")[:MOST])
        if not count:
            return made
        last = AuditSeal.objects.create(last_id=last_id, entries=count, previous=previous, digest=digest)
        made.append(last)


def verify(known=""):
    """Compare every entry with its seal, from the first on. `known` is the digest of a seal, written down elsewhere.

    Without it, a chain that somebody has cut at its end, or made anew as a whole, looks sound.
    """
    start, previous, seals, entries = 0, FIRST, 0, 0
    fault, seen = "", set()
    for each in AuditSeal.objects.order_by("last_id"):
        rows = AuditEntry.objects.filter(id__gt=start, id__lte=each.last_id).order_by("id")
        digest, count, _last = _digest(previous, rows)
        if (each.previous, each.digest, each.entries) != (previous, digest, count):
            fault = f"entries {start + 1} to {each.last_id} are not those that were sealed at {each.at.isoformat()}"
            break
        start, previous, seals, entries = each.last_id, digest, seals + 1, entries + count
        seen.add(digest)
    if not fault and known and known not in seen:
        fault = f"no seal has the digest {known}"
    unsealed = AuditEntry.objects.filter(id__gt=start).count()
    return Finding(seals, entries, unsealed, previous if seals else "", fault)


def _digest(previous, rows):
    """(hex digest, number of rows, number of the last one)."""
    digest, count, last_id = hashlib.sha256(previous.encode()), 0, None
    for row in rows.values_list(*COLUMNS).iterator(chunk_size=2_000):
        digest.update(_canonical(row))
        count, last_id = count + 1, row[0]
    return digest.hexdigest(), count, last_id


def _canonical(row):
    pk, at, *rest = row
    facts = [pk, at.astimezone(UTC).isoformat(timespec="microseconds"), *rest]
    return json.dumps(facts, sort_keys=True, cls=DjangoJSONEncoder, separators=(",", ":")).encode() + b"\n"
