"""Credits of the bank find their orders: all that come with a statement, or those that still wait on the desk."""

from django.db import transaction
from django.utils import timezone

from membership.audit.actions import record_many
from membership.dues import permissions
from membership.dues.actions.payments import Booking, book
from membership.dues.claims import verdicts
from membership.dues.models import BankEntry
from membership.dues.states import ENTRY_MOVES, ON_DESK, EntryState
from membership.moves import next_state
from membership.units.permissions import require

AT_ONCE = 500  # rows
VERBS = {
    EntryState.MATCHED: "book_all",
    EntryState.SUGGESTED: "suggest",
    EntryState.MISMATCH: "mark_mismatch",
    EntryState.UNMATCHED: "unmatch",
}


def known_among(credits):
    """Fingerprints of those credits that some statement has brought already."""
    prints = [credit.fingerprint for credit in credits]
    found = set()
    for start in range(0, len(prints), AT_ONCE):
        rows = BankEntry.objects.filter(fingerprint__in=prints[start : start + AT_ONCE])
        found.update(rows.values_list("fingerprint", flat=True))
    return found


def take_in(statement, credits, *, by):
    """Keep the new ones of these credits and book what is sure; returns the new entries.

    Inside a transaction of the caller. Orders are locked first, entries are written in the order of their
    fingerprints: two statements at once wait for each other and never in a circle. A constant number of queries.
    """
    now, known = timezone.now(), known_among(credits)
    fresh = [credit for credit in credits if credit.fingerprint not in known]
    judged = verdicts(fresh, lock=True)
    entries = [_entry(statement, credit, judged[credit.row], now, by) for credit in fresh]
    entries.sort(key=lambda entry: entry.fingerprint)
    BankEntry.objects.bulk_create(entries, ignore_conflicts=True, batch_size=AT_ONCE)
    kept = list(statement.entries.order_by("row"))
    _book([(entry, judged[entry.row]) for entry in kept], by)
    return kept


def retry_matching(*, by):
    """Match anew what waits on the desk untouched, for instance after an order was placed.

    Returns {state: how many entries came to it}. One record for each entry that changed.
    """
    require(permissions.may_work_the_desk(by))
    with transaction.atomic():
        waiting = list(BankEntry.objects.untouched().order_by("booked_on", "pk"))
        judged = verdicts(waiting, lock=True)
        changed = [entry for entry in _still_waiting(waiting) if _differs(entry, judged[entry.pk])]
        before = {entry.pk: {"state": entry.state, "ground": entry.ground} for entry in changed}
        _write(changed, judged, by)
        _book([(entry, judged[entry.pk]) for entry in changed], by)
        rows = [(entry, None, before[entry.pk], {"state": entry.state, "ground": entry.ground}) for entry in changed]
        record_many("dues.retry_matching", rows, by=by)
    return {state: sum(1 for entry in changed if entry.state == state) for state in EntryState}


def _still_waiting(waiting):
    """Those that nobody has decided on since they were read, locked; orders are locked before entries everywhere."""
    seen = {entry.pk: entry.decided_at for entry in waiting}
    rows = BankEntry.objects.select_for_update().filter(pk__in=seen, state__in=ON_DESK).order_by("booked_on", "pk")
    return [entry for entry in rows if entry.decided_at == seen[entry.pk]]


def _differs(entry, verdict):
    claim = verdict.claim.pk if verdict.claim and verdict.state != EntryState.MATCHED else None
    return (entry.state, entry.ground, entry.suggestion_id) != (verdict.state, verdict.ground, claim)


def _write(entries, judged, by):
    now = timezone.now()
    for entry in entries:
        verdict = judged[entry.pk]
        entry.state = next_state(ENTRY_MOVES, VERBS[verdict.state], EntryState(entry.state))
        _settle(entry, verdict, now, by)
    fields = ["state", "ground", "suggestion", "decided_by", "decided_at"]
    BankEntry.objects.bulk_update(entries, fields, batch_size=AT_ONCE)


def _entry(statement, credit, verdict, now, by):
    entry = BankEntry(
        statement=statement,
        row=credit.row,
        fingerprint=credit.fingerprint,
        booked_on=credit.booked_on,
        serial_no=credit.serial_no,
        payer_name=credit.payer_name,
        payer_account=credit.payer_account,
        memo=credit.memo,
        amount=credit.amount,
        state=verdict.state,
    )
    _settle(entry, verdict, now, by)
    return entry


def _settle(entry, verdict, now, by):
    """Ground, suggestion and, for what is booked by itself, who had it booked."""
    entry.ground = verdict.ground
    is_booked = verdict.state == EntryState.MATCHED
    entry.suggestion_id = verdict.claim.pk if verdict.claim and not is_booked else None
    if is_booked:
        entry.decided_by, entry.decided_at = by, now


def _book(pairs, by):
    bookings = [
        Booking(verdict.claim.pk, entry.amount, entry.booked_on, payer_name=entry.payer_name, entry=entry)
        for entry, verdict in pairs
        if verdict.state == EntryState.MATCHED
    ]
    if bookings:
        book(bookings, by=by)
