"""Links to a payment slip (缴费通知单) that whoever pays may open without a login, as long as the order is open."""

from django.core.signing import BadSignature, Signer

from membership.dues.models import DuesOrder

SIGNER = Signer(sep=".", salt="dues.slip")


def token_of(order):
    """What stands in the link: the number of the order, signed."""
    return SIGNER.sign(order.number)


def order_of(token):
    """The order of a link, open or not, or None for one that we never made."""
    try:
        number = SIGNER.unsign(token)
    except BadSignature:
        return None
    return DuesOrder.objects.select_related("unit").with_received().filter(number=number).first()
