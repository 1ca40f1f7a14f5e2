"""Write a message down, and carry it out of the process at most once."""

from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from membership.audit.actions import record
from membership.audit.logs import mask
from membership.exceptions import Refusal
from membership.jobs import actions as jobs
from membership.messaging import mails, permissions, texts
from membership.messaging.gateways import PermanentFailure, TemporaryFailure, sms_gateway
from membership.messaging.models import MessageText, OutboundMessage
from membership.messaging.seal import seal, unseal
from membership.messaging.states import MOVES, Channel, MessageState
from membership.moves import move_rows, next_state

LOST_AFTER = timedelta(minutes=10)
COPIED = ("channel", "template", "recipient", "variables", "attachments")


def post(channel, template, recipient, *, by=None, secrets=None, expires_at=None, attachments=(), **variables):
    """Write the message down and have a worker send it after the surrounding transaction commits.

    `secrets` are variables that no table may hold readably (codes): such a message is tried once and never again, and
    goes before all others, for somebody waits for it.
    After `expires_at` it is not sent any more. `attachments` of an e-mail are {"name", "key", "mime"} of files in the
    private storage. Raises KeyError, and writes nothing, when there is no such text or a variable of it is missing.
    """
    texts.check(template, variables | (secrets or {}))
    with transaction.atomic():
        message = OutboundMessage.objects.create(
            channel=channel,
            template=template,
            recipient=recipient,
            variables=variables,
            sealed=seal(secrets),
            attachments=list(attachments),
            expires_at=expires_at,
            caused_by=by,
        )
        jobs.enqueue("messaging.send_code" if secrets else "messaging.send", message_id=message.pk)
    return message


def send(message):
    """Hand the message to its gateway once; a second worker that comes for it leaves it alone.

    Raises `jobs.TemporaryFailure` when it certainly did not leave, so that the job is tried again with back-off.
    """
    if message.state != MessageState.QUEUED:
        return  # another worker has or had it: its codes are gone
    if message.expires_at and message.expires_at < timezone.now():
        _move(message, "expire", sealed="")
        return
    is_sms = message.channel == Channel.SMS
    # Before the claim: what fails here did not leave.
    composed = texts.compose(message.template, message.variables | unseal(message.sealed), is_sms=is_sms)
    # With the claim the codes are gone from the row, whatever becomes of it.
    if not _move(message, "claim", claimed_at=timezone.now(), sealed=""):
        return
    try:
        reference = _carry(message, composed) if is_sms else mails.send(message, composed)
    except TemporaryFailure as failure:
        if message.sealed:
            _move(message, "fail", error=_short(failure))
            return
        _move(message, "retry", error=_short(failure))
        raise jobs.TemporaryFailure(f"{message} did not leave") from failure
    except PermanentFailure as failure:
        _move(message, "fail", error=_short(failure))
    else:
        _move(message, "settle", error="", reference=reference, sent_at=timezone.now())


def _carry(message, composed):
    return sms_gateway().send(
        message.recipient, composed.text, template=composed.template, variables=composed.variables
    )


def give_up(message):
    """Its job was tried for the last time: a message that is still waiting goes to the work list of a person."""
    return _move(message, "give_up", sealed="")


def lose_track():
    """Messages whose worker died in the middle: nobody knows whether they left, so a person decides."""
    return move_rows(OutboundMessage.objects.stuck(timezone.now() - LOST_AFTER), MOVES, "lose_track")


def expire_overdue():
    """Messages that no worker came for while they were of use, so that no code lies about; returns how many."""
    return move_rows(OutboundMessage.objects.overdue(timezone.now()), MOVES, "expire", sealed="")


def send_again(message, *, by):
    """Put a new message in the place of one that failed or whose outcome nobody knows; returns the new one.

    Raises PermissionDenied, and Refusal when the message has been dealt with, held a code, or is too old to be of use.
    """
    permissions.require(permissions.may_settle(by))
    if not can_be_repeated(message):
        raise Refusal(_("This message held a code or its text no longer exists: it is not sent again."), code="secret")
    if message.expires_at and message.expires_at < timezone.now():
        raise Refusal(_("This message is of no use any more."), code="expired")
    with transaction.atomic():
        before = _settle_by_hand(message, "send_again")
        copied = {name: getattr(message, name) for name in COPIED}
        fresh = OutboundMessage.objects.create(**copied, expires_at=message.expires_at, caused_by=by, repeats=message)
        record("messaging.send_again", message, by=by, before=before, after={"message": fresh.pk}, in_history=False)
        jobs.enqueue("messaging.send", by=by, message_id=fresh.pk)
    return fresh


def settle_unknown(message, *, by, has_arrived):
    """Somebody has asked the recipient or the provider. Raises PermissionDenied, or Refusal when it is settled."""
    permissions.require(permissions.may_settle(by))
    verb, changes = ("confirm_arrival", {"sent_at": F("claimed_at")}) if has_arrived else ("confirm_loss", {})
    with transaction.atomic():
        before = _settle_by_hand(message, verb, **changes)
        after = {"state": str(MOVES[verb][1].value)}
        record("messaging.settle_unknown", message, by=by, before=before, after=after, in_history=False)


def can_be_repeated(message):
    """Whether the row still holds all that its text needs: codes are gone from it, and so are texts from the code."""
    try:
        texts.check(message.template, message.variables)
    except KeyError:
        return False
    return True


def save_text(text, *, by, wording, template_code):
    """Change the wording of a text; `wording` has been judged by its form. Raises PermissionDenied."""
    permissions.require(permissions.may_edit_texts(by))
    with transaction.atomic():
        known = MessageText.objects.select_for_update().get(pk=text.pk)
        before = {"text": known.text, "template_code": known.template_code}
        after = {"text": wording, "template_code": template_code}
        for name, value in after.items():
            setattr(known, name, value)
        known.updated_at, known.updated_by = timezone.now(), by
        known.save()
        record("messaging.save_text", known, by=by, before=before, after=after)
        transaction.on_commit(texts.forget_wordings)
    return known


def _settle_by_hand(message, verb, **changes):
    """Move a message that a person decides on; raises Refusal when somebody was faster. Returns what it was."""
    known = OutboundMessage.objects.select_for_update(of=("self",)).get(pk=message.pk)
    next_state(MOVES, verb, MessageState(known.state))
    if not move_rows(OutboundMessage.objects.filter(pk=known.pk, state=known.state), MOVES, verb, **changes):
        raise Refusal(_("Somebody else has just dealt with this message."), code="stale")
    return {"state": known.state}


def _move(message, verb, **changes):
    return move_rows(OutboundMessage.objects.filter(pk=message.pk), MOVES, verb, **changes)


def _short(failure):
    """The gateway's words without the number or code that it may quote."""
    return mask(str(failure))[:255]
