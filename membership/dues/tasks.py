"""Jobs of dues."""

from django.utils import timezone

from membership.dues import actions
from membership.dues.actions import statements
from membership.dues.models import BankStatement, DuesOrder
from membership.jobs.actions import register


@register("dues.tell_paid")
def tell_paid(order_ids):
    """Tell the units whose money has come; who was told is left alone."""
    for order in DuesOrder.objects.filter(pk__in=order_ids, told_at=None).select_related("unit"):
        actions.tell_paid(order)


@register("dues.expire_orders", recurring=True)
def expire_orders():
    actions.expire_orders(timezone.localdate())


@register("dues.read_statement", on_failure=lambda statement_id: statements.give_up_reading(statement_id))
def read_statement(statement_id, job):
    statements.read_statement(BankStatement.objects.get(pk=statement_id), job=job)


@register("dues.book_statement", on_failure=lambda statement_id: statements.give_up_booking(statement_id))
def book_statement(statement_id, job):
    statements.book_statement(BankStatement.objects.select_related("booked_by").get(pk=statement_id), job=job)
