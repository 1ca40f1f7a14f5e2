"""States of an outgoing message and its moves."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class MessageState(TextChoices):
    QUEUED = "queued", _("waiting")
    SENDING = "sending", _("being sent")
    SENT = "sent", _("sent")
    FAILED = "failed", _("failed")
    UNKNOWN = "unknown", _("outcome unknown")
    EXPIRED = "expired", _("too late to be sent")
    REPLACED = "replaced", _("sent again")


class Channel(TextChoices):
    SMS = "sms", _("SMS")
    EMAIL = "email", _("e-mail")


S = MessageState
MOVES = {
    "claim": ({S.QUEUED}, S.SENDING),
    "settle": ({S.SENDING}, S.SENT),
    "retry": ({S.SENDING}, S.QUEUED),
    "fail": ({S.SENDING}, S.FAILED),
    "give_up": ({S.QUEUED}, S.FAILED),
    "lose_track": ({S.SENDING}, S.UNKNOWN),
    "expire": ({S.QUEUED}, S.EXPIRED),
    # By hand. A row that has failed is not tried once more: a new one takes its place, so that a worker that comes back
    # late with the old one finds nothing to move.
    "send_again": ({S.FAILED, S.UNKNOWN}, S.REPLACED),
    "confirm_arrival": ({S.UNKNOWN}, S.SENT),
    "confirm_loss": ({S.UNKNOWN}, S.FAILED),
}
