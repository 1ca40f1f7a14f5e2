"""What all verbs on memberships share: the locked move, the audit record, the words to the unit's administrator."""

from contextlib import contextmanager

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from membership.audit.actions import record
from membership.exceptions import Refusal
from membership.messaging import actions as messaging
from membership.moves import next_state
from membership.units.models import Membership
from membership.units.states import MOVES, Duty, MembershipState


@contextmanager
def unless_taken(sentence, *, code):
    """A unique constraint that stops the statement inside is a Refusal with this sentence."""
    try:
        yield
    except IntegrityError as clash:
        raise Refusal(sentence, code=code) from clash


@contextmanager
def move(membership, verb, *, by, **after):
    """Lock the membership, check the move, yield the fresh row, then save it and leave one record.

    `after` is further recorded. Raises Refusal when the table of moves does not allow `verb` in the present state.
    """
    with transaction.atomic():
        fresh = locked(membership)
        before = MembershipState(fresh.state)
        fresh.state = next_state(MOVES, verb, before)
        yield fresh
        _save_if_unmoved(fresh, Membership.objects.filter(pk=fresh.pk, state=before))
        record(
            f"units.{verb}",
            fresh,
            by=by,
            unit_id=fresh.unit_id,
            before={"state": before},
            after={"state": fresh.state, "level": fresh.level_id, "round": fresh.round, **after},
        )


def locked(membership):
    """The membership as it is now, locked until the transaction ends."""
    rows = Membership.objects.select_for_update(of=("self",)).select_related("unit", "body")
    return rows.get(pk=membership.pk)


def _save_if_unmoved(fresh, still_there):
    """Conditional UPDATE: without row locks (SQLite) the one who was first wins as well."""
    values = {f.attname: getattr(fresh, f.attname) for f in fresh._meta.concrete_fields if not f.primary_key}
    with unless_taken(_("This member number is in use. Choose another."), code="number_taken"):
        if not still_there.update(**values):
            raise Refusal(_("Someone else has just decided on this. Reload the page."), code="already_decided")


def tell_owner(unit, text, *, by, **variables):
    """An SMS to the administrator of the unit, if it has one."""
    owner = unit.seats.filter(duty=Duty.OWNER).select_related("user").first()
    if owner:
        messaging.post("sms", text, str(owner.user.phone), by=by, unit=unit.name, **variables)
