"""Reading a deliberation: how it stands now, and what came of it once it is frozen."""

from membership.tracking.models import Delivery, Opinion, Receipt
from membership.tracking.tally import Rule, tally


def standing_of(notice):
    """(rule, tallies) of a deliberation as it would end now. Three queries."""
    deliveries = Delivery.objects.filter(notice=notice)
    rule = Rule(notice.quorum, notice.majority, **deliveries.turnout())
    return rule, _tallies(notice, deliveries.opinions_that_count(), rule)


def outcome(result):
    """The rule of a frozen result with its numbers. Two queries."""
    entitled = result.entitled
    return Rule(result.quorum, result.majority, entitled.count(), entitled.present().count())


def tallies(result, rule):
    """What came of every matter of a frozen result, by the receipts that counted then. Two queries."""
    receipts = result.entitled.present().values("receipt")
    return _tallies(result.notice, Opinion.objects.filter(receipt__in=receipts).by_choice(), rule)


def late_receipts(result):
    """{unit id: the receipt that came too late to count, with its opinions}: shown beside the result. Two queries."""
    late = Receipt.objects.current().filter(delivery__notice=result.notice_id, is_late=True, sent_back_at=None)
    return {receipt.delivery.unit_id: receipt for receipt in late.with_answers().select_related("delivery")}


def _tallies(notice, opinions, rule):
    numbers = {}
    for item, choice, number in opinions:
        numbers.setdefault(item, {})[choice] = number
    return [tally(item, numbers.get(item.pk, {}), rule) for item in notice.agenda_items.all()]
