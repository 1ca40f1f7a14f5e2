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
from membership.messaging.states import Channel, MessageState

LOST_AFTER = timedelta(minutes=10)


def post(channel, template, recipient, *, by=None, secrets=None, expires_at=None, **variables):
    """Write the message down and have a worker send it after the surrounding transaction commits.

    `secrets` are variables that no table may hold readably (codes); such a message is tried once and never again.
    After `expires_at` it is not sent any more.
    """
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
    claimed = OutboundMessage.objects.filter(pk=message.pk, state=MessageState.QUEUED)
    if not claimed.update(state=MessageState.SENDING, claimed_at=timezone.now()):
        return
    if message.expires_at and message.expires_at < timezone.now():
        _settle(message, MessageState.FAILED, error="expired before it could be sent")
        return
    text = texts.render(message.template, message.variables | unseal(message.sealed))
    try:
        if message.channel == Channel.SMS:
            reference = sms_gateway().send(message.recipient, text)
        else:
            reference = str(send_mail(text[:40], text, None, [message.recipient]))
    except TemporaryFailure as failure:
        if message.sealed:
            _settle(message, MessageState.FAILED, error=str(failure))
            return
        _settle(message, MessageState.QUEUED, error=str(failure))
        raise jobs.TemporaryFailure(str(failure)) from failure
    except PermanentFailure as failure:
        _settle(message, MessageState.FAILED, error=str(failure))
    else:
        _settle(message, MessageState.SENT, reference=reference, sent_at=timezone.now())


def lose_track():
    """Messages whose worker died in the middle: nobody knows whether they left, so a person decides."""
    return OutboundMessage.objects.stuck(timezone.now() - LOST_AFTER).update(state=MessageState.UNKNOWN, sealed="")


def _settle(message, state, *, error="", reference="", sent_at=None):
    OutboundMessage.objects.filter(pk=message.pk, state=MessageState.SENDING).update(
        state=state, error=error[:255], reference=reference, sent_at=sent_at, sealed=""
    )
