"""Who may do what with dues (whether it may happen now is for the table of moves)."""

from membership.units.permissions import is_paper_of, may_act_for
from membership.units.states import DocumentKind


def may_order(user, unit):
    """Whoever has a seat in the unit."""
    return may_act_for(user, unit)


def may_prove(user, order, document):
    """Whoever has a seat in the unit, with a proof of that unit."""
    return may_act_for(user, order.unit) and is_paper_of(document, order.unit_id, DocumentKind.PAYMENT_PROOF)


def may_manage_orders(user):
    """Finance: book payments, cancel orders, take payments back."""
    return _staff_with(user, "dues.manage_duesorder")


def may_see_orders(user):
    """Finance and whoever reads its books."""
    return _staff_with(user, "dues.view_duesorder")


def may_see_status(user):
    """How a unit stands with its dues: readers of the books, and reviewers."""
    return may_see_orders(user) or _staff_with(user, "units.review_membership")


def may_see_standards(user):
    """Finance and whoever reads its books."""
    return _staff_with(user, "dues.view_duesstandard")


def may_work_the_desk(user):
    """Finance: import bank statements and book their rows."""
    return _staff_with(user, "dues.manage_bankentry")


def may_see_desk(user):
    return _staff_with(user, "dues.view_bankentry")


def may_issue(user):
    """Finance: enter, replace and void invoices."""
    return _staff_with(user, "dues.issue_invoice")


def may_see_invoice(user, invoice):
    """The unit of the order, and whoever reads the books."""
    return may_see_orders(user) or may_act_for(user, invoice.order.unit)


def may_send_invoice(user, invoice):
    """The unit of the order, and finance."""
    return may_issue(user) or may_act_for(user, invoice.order.unit)


def may_file_invoice(user, order, document):
    """Finance, with a file that was stored as an invoice of the order's unit."""
    return may_issue(user) and is_paper_of(document, order.unit_id, DocumentKind.INVOICE)


def may_set_standard(user):
    """Finance and administrators, always with the resolution."""
    return _staff_with(user, "dues.set_duesstandard")


def may_waive(user):
    """Finance, the secretary-general and administrators, always with the resolution."""
    return _staff_with(user, "dues.grant_dueswaiver")


def may_keep_rules(user):
    """Finance and administrators keep the rules of reminding."""
    return _staff_with(user, "dues.change_duesreminderrule")


def _staff_with(user, right):
    return user.is_active and user.is_staff and user.has_perm(right)
