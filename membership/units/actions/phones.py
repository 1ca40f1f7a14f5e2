"""换绑手机号: a member has lost the phone, the staff bind the account to another number on a stamped letter."""

from django.db import transaction

from membership.accounts import actions as accounts
from membership.audit.actions import record
from membership.messaging import actions as messaging
from membership.units import permissions, uploads
from membership.units.models import PhoneRebinding, Seat
from membership.units.storage import kept


def rebind_phone(user, phone, *, by, letter, reason):
    """Bind a member's account to `phone` because of this letter; both numbers are told, every session ends.

    Raises ValidationError for a letter that is no PDF, JPG or PNG, Refusal when the number belongs to somebody else or
    the account's number has just changed. Returns the PhoneRebinding. Source: decision 27, lost phone.
    """
    permissions.require(permissions.may_rebind_phone(by, user))
    facts = uploads.inspect(letter, uploads.SCANS)
    rebinding = PhoneRebinding(
        user=user,
        reason=reason,
        original_name=facts.name,
        mime=facts.mime,
        sha256=facts.sha256,
        rebound_by=by,
    )
    with kept(rebinding.letter, facts.name, letter), transaction.atomic():
        old = accounts.move_number(user, phone)
        seat = Seat.objects.filter(user=user).first()
        rebinding.unit_id = seat and seat.unit_id
        rebinding.save(force_insert=True)
        record(
            "units.rebind_phone",
            user,
            by=by,
            unit_id=rebinding.unit_id,
            after={"rebinding": str(rebinding.pk), "letter": facts.sha256},
        )
        messaging.post("sms", "phone_rebound", str(old), by=by)
        messaging.post("sms", "phone_rebound_here", str(phone), by=by)
    return rebinding
