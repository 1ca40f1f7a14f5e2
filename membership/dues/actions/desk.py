"""Verbs on single credits of the bank: accept, assign, divide, set aside, take up again, comment on."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from membership.audit.actions import record
from membership.dues import permissions
from membership.dues.actions.payments import Booking, book
from membership.dues.models import BankEntry, DuesOrder
from membership.dues.states import ENTRY_MOVES, ON_DESK, EntryState, Ground
from membership.exceptions import Refusal
from membership.moves import move_rows
from membership.units.permissions import require


def assign(entry, parts, *, by, rest):
    """Book this credit, or parts of it, for orders: [(order, yuan), …]. What is left over stays on the desk.

    `rest` is what the person was shown as not yet booked: when it has changed since, nothing happens. Raises Refusal
    then, for more than the rest, and for what an order does not take. Its record is that of each order.
    """
    require(permissions.may_work_the_desk(by))
    with transaction.atomic():
        lock_orders(order.pk for order, _yuan in parts)
        fresh = on_desk(entry, rest)
        yuan = sum(yuan for _order, yuan in parts)
        if not parts or yuan > rest:
            raise Refusal(
                _("%(rest)s yuan of this credit are left: assign no more than that, and something.") % {"rest": rest},
                code="too_much_of_entry",
            )
        bookings = [
            Booking(order.pk, yuan, fresh.booked_on, payer_name=fresh.payer_name, entry=fresh) for order, yuan in parts
        ]
        paid = book(bookings, by=by)
        verb, ground = ("book_all", Ground.BY_HAND) if yuan == rest else ("book_part", Ground.PART)
        move_entry(fresh, verb, by=by, suggestion=None, ground=ground)
    entry.refresh_from_db()
    return paid


def accept(entry, *, by, order, yuan, rest):
    """Take the order that is suggested, or named by the code, with the amount that the button said."""
    if entry.suggestion_id != order.pk:
        raise _stale()
    return assign(entry, [(order, yuan)], by=by, rest=rest)


def discard(entry, *, by, reason, rest):
    """Set aside what is not booked of this credit: no dues, or more than was owed and paid back (多付退款)."""
    require(permissions.may_work_the_desk(by))
    reason = reason.strip()
    if not reason:
        raise Refusal(_("Say why the money is set aside."), code="no_words")
    with transaction.atomic():
        fresh = on_desk(entry, rest)
        move_entry(fresh, "discard", by=by, suggestion=None, reason=reason[:200])
        before, after = {"state": fresh.state}, {"state": EntryState.DISCARDED, "yuan": str(rest)}
        record("dues.discard_entry", fresh, by=by, before=before, after=after, in_history=False)
    entry.refresh_from_db()


def restore(entry, *, by):
    """Take up again what was set aside."""
    require(permissions.may_work_the_desk(by))
    with transaction.atomic():
        fresh = BankEntry.objects.with_booked().get(pk=entry.pk)
        if fresh.state != EntryState.DISCARDED:
            raise _stale()
        verb = "undo_part" if fresh.booked or fresh.refunded else "undo"
        part = Ground.PART if fresh.booked else Ground.PART_REFUNDED
        ground = part if verb == "undo_part" else Ground.BACK_ON_DESK
        move_entry(fresh, verb, by=by, suggestion=None, ground=ground, reason="")
        after = {"state": ENTRY_MOVES[verb][1]}
        record("dues.restore_entry", fresh, by=by, before={"state": fresh.state}, after=after, in_history=False)
    entry.refresh_from_db()


def comment_on(entry, words, *, by, shown):
    """Write down what the office knows about this credit, in the place of what stood there; empty takes it away.

    `shown` is the comment that the person saw: when a colleague has written another since, nothing happens.
    """
    require(permissions.may_work_the_desk(by))
    words = words.strip()[:200]
    if words == shown:
        return
    with transaction.atomic():
        if not BankEntry.objects.filter(pk=entry.pk, comment=shown).update(comment=words):
            raise _stale()
        record("dues.comment_on_entry", entry, by=by, after={"letters": len(words)}, in_history=False)
    entry.refresh_from_db()


def lock_orders(keys):
    """Orders are locked before entries everywhere, in one order, so that nobody waits in a circle."""
    list(DuesOrder.objects.select_for_update().filter(pk__in=list(keys)).order_by("pk").values_list("pk"))


def on_desk(entry, rest):
    """The entry as it is now, if it still is as the person saw it."""
    fresh = BankEntry.objects.with_booked().get(pk=entry.pk)
    if fresh.state not in ON_DESK or fresh.rest != rest:
        raise _stale()
    return fresh


def move_entry(fresh, verb, *, by, **changes):
    """One conditional UPDATE: of two who decided on the same sight, one finds the row changed."""
    rows = BankEntry.objects.filter(pk=fresh.pk, decided_at=fresh.decided_at)
    if not move_rows(rows, ENTRY_MOVES, verb, decided_by=by, decided_at=timezone.now(), **changes):
        raise _stale()


def _stale():
    return Refusal(_("A colleague has just dealt with this credit. Reload the page."), code="stale")
