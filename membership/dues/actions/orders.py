"""Verbs on orders: place, prove, cancel, let expire."""

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from membership.audit.actions import record
from membership.dues import permissions
from membership.dues.codes import new_code
from membership.dues.models import BillingProfile, DuesOrder, DuesSettings, NumberSeries, OrderYear
from membership.dues.models.numbers import Series
from membership.dues.standing import Account
from membership.dues.states import MOVES, OrderState
from membership.exceptions import Refusal
from membership.moves import move_rows, next_state
from membership.units.models import Unit
from membership.units.permissions import require


def place_order(unit, *, by, years, amount, billing):
    """Order dues for so many calendar years (guide 三.(二)–(三)); returns the order.

    `amount` is what the person was shown: when the price has changed since, the Refusal `amount_changed` asks for
    consent anew. `billing` are the fields of Billing, checked by the form; they are kept for the next time. Raises
    Refusal with an open order, before certification, without a standard or an account to pay to.
    """
    require(permissions.may_order(by, unit))
    now = timezone.now()
    try:
        with transaction.atomic():
            unit = Unit.objects.select_for_update().get(pk=unit.pk)
            account = Account(unit, now)
            choice = _chosen(account, years, amount)
            order = _create(account, choice, by=by, billing=billing)
            BillingProfile.objects.update_or_create(unit=unit, defaults=billing)
            after = {"number": order.number, "years": [year for year, _p in choice.lines], "amount": str(order.amount)}
            record("dues.place_order", order, by=by, unit_id=unit.pk, after=after)
    except IntegrityError as clash:  # two at once: the constraint decides
        raise Refusal(_("Your unit has an open order already."), code="order_open") from clash
    return order


def _chosen(account, years, amount):
    if account.obstacle:
        code, sentence = account.obstacle
        raise Refusal(sentence, code=code)
    choice = next((each for each in account.choices if each.years == years), None)
    if choice is None:
        raise Refusal(_("So many years cannot be ordered now. Choose anew."), code="years")
    if choice.amount != amount:
        sentence = _(
            "The dues have changed since you opened the page: this order is now %(amount)s yuan. "
            "Check it and submit again."
        )
        raise Refusal(sentence % {"amount": choice.amount}, code="amount_changed")
    return choice


def _create(account, choice, *, by, billing):
    wait = timedelta(days=DuesSettings.current().order_days)
    order = DuesOrder.objects.create(
        number=NumberSeries.objects.next(Series.ORDER, account.standing.this_year),
        unit=account.unit,
        level=account.level,
        first_year=choice.first_year,
        years=choice.years,
        amount=choice.amount,
        remittance_code=_unused_code(),
        pay_by=account.standing.today + wait,
        placed_at=account.now,
        placed_by=by,
        **billing,
    )
    OrderYear.objects.bulk_create(OrderYear(order=order, year=year, price=price) for year, price in choice.lines)
    return order


def _unused_code():
    while DuesOrder.objects.filter(remittance_code=(code := new_code())).exists():
        pass
    return code


def upload_proof(order, *, by, document):
    """The unit shows that it has transferred (上传转账凭证); a newer proof takes the place of the one before."""
    require(permissions.may_prove(by, order, document))
    with transaction.atomic():
        _move(order, "upload_proof", by=by, proof=document)


def cancel_order(order, *, by, reason=""):
    """Give an unpaid order up: its unit, or finance with a reason. Money that was booked is taken back first."""
    is_finance = permissions.may_manage_orders(by)
    require(is_finance or permissions.may_order(by, order.unit))
    if is_finance and not reason.strip():
        raise Refusal(_("Say why the order is cancelled: the unit reads it."), code="no_words")
    with transaction.atomic():
        _locked(order)
        if order.payments.total():
            raise Refusal(_("Money has been booked for this order. Ask the association."), code="has_payment")
        _move(order, "cancel", by=by, closed_at=timezone.now(), closed_by=by, close_reason=reason.strip())


def expire_orders(today):
    """Close the orders that waited for their money in vain; one with a proof or with money waits for a person.

    Returns how many.
    """
    late = DuesOrder.objects.overdue(today).filter(state=OrderState.AWAITING_PAYMENT, payments=None)
    expired = 0
    for order in late.order_by("pk"):
        with transaction.atomic():
            _locked(order)
            if order.payments.exists():
                continue
            rows = DuesOrder.objects.filter(pk=order.pk, pay_by__lt=today)
            if move_rows(rows, MOVES, "expire", closed_at=timezone.now()):
                record("dues.expire", order, by=None, unit_id=order.unit_id, before={"state": order.state})
                expired += 1
    return expired


def _locked(order):
    return DuesOrder.objects.select_for_update().get(pk=order.pk)


def _move(order, verb, *, by, **changes):
    """One conditional UPDATE and its record; the given object follows. Raises Refusal in a state without this move."""
    before = OrderState(order.state)
    if not move_rows(DuesOrder.objects.filter(pk=order.pk), MOVES, verb, **changes):
        order.refresh_from_db(fields=["state"])
        next_state(MOVES, verb, OrderState(order.state))
        raise Refusal(_("Somebody else has just dealt with this order. Reload the page."), code="stale")
    order.state = MOVES[verb][1]
    for name, value in changes.items():
        setattr(order, name, value)
    record(f"dues.{verb}", order, by=by, unit_id=order.unit_id, before={"state": before}, after={"state": order.state})
