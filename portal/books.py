"""The dues of the unit of the person who asks: pages and API read them here."""

from urllib.parse import urljoin

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.urls import reverse

from membership.dues import slips
from membership.dues.models import DuesOrder
from membership.dues.standing import Account
from portal.shell import Shell


def account_of(request):
    """How the unit stands, what it may order."""
    shell = Shell.of(request)
    return Account(shell.unit, certification=shell.certification)


def own_orders(request):
    """The orders of the unit, and of no other even where the person is staff."""
    return DuesOrder.objects.for_user(request.user).filter(unit=Shell.of(request).unit)


def order_or_404(request, number):
    """The order of the own unit with everything that its pages show."""
    orders = own_orders(request).with_received().with_invoices()
    return get_object_or_404(orders.select_related("unit", "level", "placed_by", "proof"), number=number)


def slip_or_404(request, number):
    """The order as its payment slip shows it, for as long as there is something to pay."""
    return get_object_or_404(own_orders(request).open().with_received().select_related("unit", "level"), number=number)


def shared_address(order):
    """Where whoever pays may look at the slip without a login, as long as the order is open."""
    return urljoin(settings.WAGTAILADMIN_BASE_URL, reverse("portal:shared-slip", args=[slips.token_of(order)]))
