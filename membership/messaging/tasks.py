"""Jobs of the messaging room."""

from django.utils.translation import gettext_lazy as _

from membership.jobs.actions import register
from membership.messaging import actions
from membership.messaging.models import OutboundMessage

FOR_WHO_WAITS = 50  # before jobs that nobody sits and waits for


def give_up(message_id):
    for message in OutboundMessage.objects.filter(pk=message_id):
        actions.give_up(message)


@register("messaging.send_code", _("Send a verification code"), priority=FOR_WHO_WAITS, on_failure=give_up)
@register("messaging.send", _("Send a message"), on_failure=give_up)
def send(message_id):
    actions.send(OutboundMessage.objects.get(pk=message_id))


@register("messaging.lose_track", _("Close messages that are stuck or out of date"), recurring=True)
def lose_track():
    actions.lose_track()
    actions.expire_overdue()
