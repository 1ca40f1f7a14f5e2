"""Jobs of dues."""

from django.utils import timezone

from membership.dues import actions
from membership.dues.models import DuesOrder
from membership.jobs.actions import register


@register("dues.tell_paid")
def tell_paid(order_ids):
    """Tell the units whose money has come; who was told is left alone."""
    for order in DuesOrder.objects.filter(pk__in=order_ids, told_at=None).select_related("unit"):
        actions.tell_paid(order)


@register("dues.expire_orders", recurring=True)
def expire_orders():
    actions.expire_orders(timezone.localdate())
