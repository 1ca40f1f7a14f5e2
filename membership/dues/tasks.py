"""Jobs of dues."""

from django.utils import timezone

from membership.accounts.models import User
from membership.dues import actions, owing, resolutions
from membership.dues.actions import statements
from membership.dues.models import BankStatement, DuesOrder
from membership.jobs.actions import keep_result, register


@register("dues.tell_paid")
def tell_paid(order_ids):
    """Tell the units whose money has come; who was told is left alone."""
    for order in DuesOrder.objects.filter(pk__in=order_ids, told_at=None).select_related("unit"):
        actions.tell_paid(order)


@register("dues.expire_orders", recurring=True)
def expire_orders():
    actions.expire_orders(timezone.localdate())


@register("dues.remind_by_rules", recurring=True)
def remind_by_rules():
    """Reminders before the year ends and in arrears, in the hours of an office."""
    actions.remind_by_rules(timezone.now())


@register("dues.export_orders")
def export_orders(user_id, chosen, job):
    user = User.objects.get(pk=user_id)
    with actions.export_orders(DuesOrder.objects.for_user(user).narrowed(**chosen), by=user) as workbook:
        keep_result(job, workbook, name=workbook.name)


@register("dues.export_arrears")
def export_arrears(user_id, chosen, job):
    user = User.objects.get(pk=user_id)
    with actions.export_arrears(owing.narrowed(user, timezone.now(), **chosen), by=user) as workbook:
        keep_result(job, workbook, name=workbook.name)


@register("dues.forget_resolutions", recurring=True)
def forget_resolutions():
    resolutions.forget_abandoned(timezone.now())


@register("dues.read_statement", on_failure=lambda statement_id: statements.give_up_reading(statement_id))
def read_statement(statement_id, job):
    statements.read_statement(BankStatement.objects.get(pk=statement_id), job=job)


@register("dues.book_statement", on_failure=lambda statement_id: statements.give_up_booking(statement_id))
def book_statement(statement_id, job):
    statements.book_statement(BankStatement.objects.select_related("booked_by").get(pk=statement_id), job=job)
