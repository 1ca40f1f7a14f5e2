"""Jobs of dues."""

from functools import partial

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from membership.accounts.models import User
from membership.dues import actions, owing, permissions, resolutions
from membership.dues.actions import statements
from membership.dues.models import BankStatement, DuesOrder
from membership.jobs.actions import keep_result, register, report_progress


@register("dues.tell_paid", gettext_lazy("Tell units that their dues have come"))
def tell_paid(order_ids):
    """Tell the units whose money has come; who was told is left alone."""
    for order in DuesOrder.objects.filter(pk__in=order_ids, told_at=None).select_related("unit"):
        actions.tell_paid(order)


@register("dues.expire_orders", gettext_lazy("Let orders run out"), recurring=True)
def expire_orders():
    actions.expire_orders(timezone.localdate())


@register("dues.remind_by_rules", gettext_lazy("Remind by the rules for dues"), recurring=True)
def remind_by_rules():
    """Reminders before the year ends and in arrears, in the hours of an office."""
    actions.remind_by_rules(timezone.now())


def _may_fetch(user, _arguments):
    return permissions.may_see_orders(user)


@register("dues.export_orders", gettext_lazy("Export orders"), may_fetch=_may_fetch)
def export_orders(user_id, chosen, job):
    user = User.objects.get(pk=user_id)
    with actions.export_orders(DuesOrder.objects.for_user(user).narrowed(**chosen), by=user) as workbook:
        keep_result(job, workbook, name=workbook.name)


@register("dues.export_arrears", gettext_lazy("Export what is owed"), may_fetch=_may_fetch)
def export_arrears(user_id, chosen, job, kind="xlsx"):
    user = User.objects.get(pk=user_id)
    members = owing.narrowed(user, timezone.now(), **chosen)
    with actions.export_arrears(members, by=user, kind=kind) as workbook:
        keep_result(job, workbook, name=workbook.name)


@register("dues.print_letters", gettext_lazy("Print reminders of dues"), may_fetch=_may_fetch)
def print_letters(user_id, chosen, job):
    """催缴函 to all members of the list, or to the units ticked."""
    user = User.objects.get(pk=user_id)
    members = owing.narrowed(user, timezone.now(), **chosen)
    report = partial(report_progress, job)
    with actions.print_letters(members, by=user, report=report) as letters:
        keep_result(job, letters, name=letters.name)


@register("dues.remind_all", gettext_lazy("Remind units of their dues"))
def remind_all(user_id, chosen, job):
    """提醒 of every member of the list; whoever was reminded today is passed over, so running twice is harmless."""
    user = User.objects.get(pk=user_id)
    members = owing.narrowed(user, timezone.now(), **chosen)
    outcome = actions.remind_all(members, by=user, report=partial(report_progress, job))
    words = _("%(sent)s units are reminded, %(skipped)s are passed over.")
    report_progress(job, 1, 1, words % {"sent": outcome.sent, "skipped": len(outcome.skipped)})


@register("dues.forget_resolutions", gettext_lazy("Take away files of resolutions that nobody used"), recurring=True)
def forget_resolutions():
    resolutions.forget_abandoned(timezone.now())


@register(
    "dues.read_statement",
    gettext_lazy("Read a bank statement"),
    on_failure=lambda statement_id: statements.give_up_reading(statement_id),
)
def read_statement(statement_id, job):
    statements.read_statement(BankStatement.objects.get(pk=statement_id), job=job)


@register(
    "dues.book_statement",
    gettext_lazy("Book a bank statement"),
    on_failure=lambda statement_id: statements.give_up_booking(statement_id),
)
def book_statement(statement_id, job):
    statements.book_statement(BankStatement.objects.select_related("booked_by").get(pk=statement_id), job=job)
