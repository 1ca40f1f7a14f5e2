"""Orders that a credit of the bank may be for: those that its note names, that a person chose or searched."""

from django.db.models import F, Q

from membership.dues.amounts import in_figures
from membership.dues.codes import codes_in
from membership.dues.models import DuesOrder

SHOWN = 20
MOST = 20  # orders among which one credit is divided
DIGITS = 19  # of any key that a database counts to


def _open_orders(user):
    """With `missing`, the yuan that each still lacks."""
    orders = DuesOrder.objects.for_user(user).open().with_received()
    return orders.annotate(missing=F("amount") - F("received")).select_related("unit")


def _lines(orders):
    """With what they lack as figures."""
    orders = list(orders)
    for order in orders:
        order.missing_figures = in_figures(order.missing)
    return orders


def chosen_orders(entry, user, keys):
    """Open orders with these keys (texts of the address); without keys the suggested one, else those of the note."""
    if keys:
        wanted = {int(key) for key in keys[:MOST] if key.isascii() and key.isdigit() and len(key) < DIGITS}
        return _lines(_open_orders(user).filter(pk__in=wanted).order_by("pk"))
    named = Q(remittance_code__in=codes_in(entry.memo)[:MOST])
    return _lines(_open_orders(user).filter(named | Q(pk=entry.suggestion_id)).order_by("pk"))


def found_orders(entry, user, words, *, besides):
    """Open orders with these words, else those that look like the credit: its payer, or exactly its rest."""
    orders = _open_orders(user).exclude(pk__in=[order.pk for order in besides])
    if words:
        return _lines(orders.matching(words).order_by("-placed_at", "-pk")[:SHOWN])
    alike = Q(missing=entry.rest)
    if entry.payer_name:
        alike |= Q(unit__name=entry.payer_name) | Q(payer_name=entry.payer_name)
    return _lines(orders.filter(alike).order_by("-placed_at", "-pk")[:SHOWN])
