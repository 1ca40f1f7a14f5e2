"""Jobs of tracking."""

from datetime import datetime

from membership.accounts.models import User
from membership.jobs.actions import register
from membership.tracking import actions
from membership.tracking.models import Delivery
from membership.units.models import Unit


@register("tracking.deliver")
def deliver(notice_id, user_id=None):
    """Deliver a published notice; what was unpublished meanwhile is left alone."""
    notice = Delivery.notice.field.related_model.objects.live().filter(pk=notice_id).first()
    if notice:
        actions.deliver(notice, by=User.objects.filter(pk=user_id).first())


@register("tracking.deliver_open_notices")
def deliver_open_notices(unit_id):
    actions.deliver_open_notices(Unit.objects.get(pk=unit_id))


@register("tracking.deliver_open_notices_to_newcomers")
def deliver_open_notices_to_newcomers(decided_at):
    actions.deliver_open_notices_to_newcomers(datetime.fromisoformat(decided_at))


@register("tracking.complete_deliveries", recurring=True)
def complete_deliveries():
    """Find live notices whose delivery never happened, or not since they were recalled, and deliver them."""
    for notice in Delivery.notice.field.related_model.objects.undelivered():
        actions.deliver(notice)
