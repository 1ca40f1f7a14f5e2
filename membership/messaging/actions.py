"""Write a message down, and carry it out of the process at most once."""

from datetime import timedelta

from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone

from membership.jobs import actions as jobs
from membership.messaging import texts
from membership.messaging.gateways import PermanentFailure, TemporaryFailure, sms_gateway
from membership.messaging.models import OutboundMessage
from membership.messaging.seal import seal, unseal
from membership.messaging.states import MOVES, Channel
from membership.moves import move_rows

LOST_AFTER = timedelta(minutes=10)


def post(channel, template, recipient, *, by=None, secrets=None, expires_at=None, **variables):
    """Write the message down and have a worker send it after the surrounding transaction commits.

    `secrets` are variables that no table may hold readably (codes): such a message is tried once and never again.
    After `expires_at` it is not sent any more. Raises KeyError, and writes nothing, when there is no such text or a
    variable of it is missing.
    """
    texts.render(template, variables | (secrets or {}))
    with transaction.atomic():
        message = OutboundMessage.objects.create(
            channel=channel,
            template=template,
            recipient=recipient,
            variables=variables,
            sealed=seal(secrets),
            expires_at=expires_at,
            caused_by=by,
        )
        jobs.enqueue("messaging.send", message_id=message.pk)
    return message


def send(message):
    """Hand the message to its gateway once; a second worker that comes for it leaves it alone.

    Raises `jobs.TemporaryFailure` when it certainly did not leave, so that the job is tried again with back-off.
    """
    if message.expires_at and message.expires_at < timezone.now():
        _move(message, "give_up", error="expired before it could be sent", sealed="")
        return
    is_sms = message.channel == Channel.SMS
    compose = texts.fit_sms if is_sms else texts.render
    text = compose(
        message.template, message.variables | unseal(message.sealed)
    )  # before the claim: what fails here did not leave
    if not _move(message, "claim", claimed_at=timezone.now()):
        return
    try:
        if is_sms:
            reference = sms_gateway().send(message.recipient, text)
        else:
            reference = str(send_mail(text[:40], text, None, [message.recipient]))
    except TemporaryFailure as failure:
        if message.sealed:
            _move(message, "fail", error=_short(failure), sealed="")
            return
        _move(message, "retry", error=_short(failure))
        raise jobs.TemporaryFailure(f"{message} did not leave") from failure
    except PermanentFailure as failure:
        _move(message, "fail", error=_short(failure), sealed="")
    else:
        _move(message, "settle", error="", sealed="", reference=reference, sent_at=timezone.now())


def give_up(message):
    """Its job was tried for the last time: a message that is still waiting goes to the work list of a person."""
    return _move(message, "give_up", sealed="")


def lose_track():
    """Messages whose worker died in the middle: nobody knows whether they left, so a person decides."""
    return move_rows(OutboundMessage.objects.stuck(timezone.now() - LOST_AFTER), MOVES, "lose_track", sealed="")


def _move(message, verb, **changes):
    return move_rows(OutboundMessage.objects.filter(pk=message.pk), MOVES, verb, **changes)


def _short(failure):
    return str(failure)[:255]
