"""What must hold between notices and receipts at any moment; each check names the rows that break it."""

from django.db.models import Count, Exists, F, Max, OuterRef

from membership.tracking.models import Delivery, Opinion, Receipt
from membership.tracking.states import ReceiptState

SHOWN = 20


def broken():
    """Sentences about every invariant that is broken; empty when all is well."""
    return [f"{sentence}: {', '.join(map(str, rows[:SHOWN]))}" for sentence, rows in _findings() if rows]


def _findings():
    current = Receipt.objects.current()
    several = current.order_by().values("delivery").annotate(n=Count("pk")).filter(n__gt=1)
    yield "deliveries with several current receipts", list(several.values_list("delivery", flat=True))
    answered = Delivery.objects.filter(receipt_state=ReceiptState.SUBMITTED)
    standing = current.filter(delivery=OuterRef("pk"), sent_back_at=None)
    yield "answered deliveries without a receipt that stands", _ids(answered.exclude(Exists(standing)))
    waiting = Delivery.objects.exclude(receipt_state=ReceiptState.SUBMITTED)
    yield "receipts that stand though their delivery waits for one", _ids(waiting.filter(Exists(standing)))
    newest = answered.annotate(newest=Max("receipts__version"))
    yield (
        "deliveries whose version is not that of the newest receipt",
        _ids(newest.exclude(receipt_version=F("newest"))),
    )
    elsewhere = Opinion.objects.exclude(item__page=F("receipt__delivery__notice"))
    yield "opinions on a matter of another notice", list(elsewhere.values_list("pk", flat=True)[:SHOWN])


def _ids(deliveries):
    return list(deliveries.order_by("pk").values_list("pk", flat=True)[:SHOWN])
