"""导出个人数据: everything that is kept about one person, and about nobody else, as a JSON text written bit by bit."""

import json

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.messaging.models import OutboundMessage
from membership.tracking.models import Receipt
from membership.units.models import Seat, SeatInvitation

ACCOUNT = (
    "name",
    "position",
    "email",
    "phone_verified",
    "notify_by_sms",
    "notify_by_email",
    "date_joined",
    "last_login",
)


def as_json(user):
    """Pieces of a JSON object; the lists are read from the database while they are written."""
    yield "{"
    for number, (title, rows) in enumerate(_parts(user).items()):
        yield f"{',' if number else ''}\n{json.dumps(title)}: "
        yield from _list(rows) if not isinstance(rows, dict) else [_text(rows)]
    yield "\n}\n"


def _list(rows):
    yield "["
    for number, row in enumerate(rows):
        yield f"{',' if number else ''}\n  {_text(row)}"
    yield "]"


def _text(row):
    return json.dumps(row, cls=DjangoJSONEncoder, ensure_ascii=False)


def _parts(user):
    acts = AuditEntry.objects.filter(actor=user).order_by("pk")
    logins = AuditEntry.objects.about(user).filter(verb="accounts.login")
    since = _number_since(user)
    return {
        "exported_at": {"at": timezone.now()},
        "account": {"phone": str(user.phone), **{name: getattr(user, name) for name in ACCOUNT}},
        "consents": user.consents.values("terms_version", "privacy_version", "given_at"),
        "devices": user.usersession_set.values("ip", "user_agent", "created_at"),
        "logins": logins.values("at", "address", "result").iterator(),
        "seat": Seat.objects.filter(user=user).values("unit__name", "duty", "since"),
        "invitations": _invitations(user, since),
        "acts": acts.values("at", "verb", "address", "result").iterator(),
        "receipts": _receipts(user),
        "messages": _messages(user, since),
    }


def _number_since(user):
    """Since when the number is this person's: what went to it earlier was meant for somebody else."""
    changes = AuditEntry.objects.about(user).filter(verb="accounts.change_phone").order_by("-pk")
    return changes.values_list("at", flat=True).first() or user.date_joined


def _invitations(user, since):
    mine = SeatInvitation.objects.sent_to(user)
    told = mine.filter(Q(closed_at__gte=since) | Q(pk__in=mine.open(timezone.now()).values("pk")))
    return told.values("unit__name", "invited_at", "accepted_at", "closed_at")


def _messages(user, since):
    sent = OutboundMessage.objects.filter(recipient=str(user.phone), created_at__gte=since).order_by("pk")
    return sent.values("created_at", "template", "variables", "state", "sent_at").iterator()


def _receipts(user):
    """What the person returned for a unit, with the attendees that the person entered."""
    returned = Receipt.objects.filter(submitted_by=user).select_related("delivery").prefetch_related("attendees")
    for receipt in returned.order_by("pk").iterator(chunk_size=100):
        yield {
            "number": receipt.delivery.receipt_number,
            "version": receipt.version,
            "submitted_at": receipt.submitted_at,
            "attendees": [
                {
                    "name": attendee.name,
                    "gender": attendee.gender,
                    "position": attendee.position,
                    "mobile": attendee.mobile,
                    "email": attendee.email,
                    "remark": attendee.remark,
                }
                for attendee in receipt.attendees.all()
            ],
        }
