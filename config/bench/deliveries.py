"""The deliveries of an invented notice to every unit, and what the units answered: by the database itself, row by row
different, and the same whenever it is made."""

from datetime import timedelta

from django.db import connection, models
from django.db.models import Case, F, Max, Q, Value, When
from django.db.models.functions import Cast, Mod

from membership.tracking.models import Attendee, Delivery, Opinion, Receipt
from membership.tracking.states import OpinionChoice, ReceiptKind, ReceiptOrigin, ReceiptState
from membership.units.models import Unit
from membership.units.states import Duty

NEW = 50  # of so many newest notices a unit has read less than of the others
READ, READ_OF_NEW, ANSWERED = 86, 60, 80  # percent
READ_AFTER = [timedelta(hours=2), timedelta(hours=20), timedelta(days=4)]


def chance(key, number, factor=7_919):
    """0 to 99 for the row with this key in the notice of this number, evenly spread."""
    return Mod(Cast(key, models.BigIntegerField()) * factor + number * 104_729, 100)


def deliver(plan, notice, items, now):
    """Everything that follows from the notice; returns how many deliveries that is."""
    before = last(Delivery)
    sent = _insert(Delivery, *_deliveries(plan, notice, now))
    if plan.receipt_kind != ReceiptKind.NONE:
        receipts = last(Receipt)
        _insert(Receipt, *_receipts(Delivery.objects.filter(pk__gt=before)))
        _answer(plan, items, Receipt.objects.filter(pk__gt=receipts))
    return sent


def last(model):
    """The highest key."""
    return model.objects.aggregate(last=Max("pk"))["last"] or 0


def _deliveries(plan, notice, now):
    lot = chance(F("pk"), plan.number)
    moments = [min(plan.published_at + after, now) for after in READ_AFTER]
    asks = plan.receipt_kind != ReceiptKind.NONE
    answered, read = Q(lot__lt=ANSWERED), Q(lot__lt=READ_OF_NEW if plan.number <= NEW else READ)
    read = read | answered if asks else read
    submitted = [When(answered, then=Value(ReceiptState.SUBMITTED.value))] if asks else []
    units = Unit.objects.filter(seats__duty=Duty.OWNER).order_by("pk").alias(lot=lot, turn=Mod(F("pk"), 3))
    return units, {
        "unit": F("pk"),
        "notice": Value(notice.pk, models.BigIntegerField()),
        "category": Value(notice.category_id, models.BigIntegerField()),
        "pinned": Value(notice.pinned, models.BooleanField()),
        "delivered_at": _moment(plan.published_at),
        "read_at": Case(*(When(read & Q(turn=n), then=_moment(at)) for n, at in enumerate(moments))),
        "read_by": Case(When(read, then=F("seats__user"))),
        "receipt_kind": Value(plan.receipt_kind.value),
        "receipt_state": Case(*submitted, default=Value((ReceiptState.AWAITING if asks else ReceiptState.NONE).value)),
        "receipt_version": Case(When(answered, then=1), default=0) if asks else Value(0),
        "receipted_at": Case(*(When(answered, then=_moment(moments[-1])) for _ in submitted), default=_moment(None)),
    }


def _moment(at):
    return Value(at, models.DateTimeField())


def _receipts(deliveries):
    submitted = deliveries.filter(receipt_state=ReceiptState.SUBMITTED).order_by("pk")
    return submitted, {
        "delivery": F("pk"),
        "version": Value(1),
        "submitted_at": F("receipted_at"),
        "submitted_by": F("read_by"),
        "origin": Value(ReceiptOrigin.PORTAL.value),
        "is_late": Value(False, models.BooleanField()),
        "declined_because": Value(""),
        "sent_back_because": Value(""),
    }


def _answer(plan, items, receipts):
    """Opinions on every matter, or one person who comes to the meeting."""
    for number, item in enumerate(items):
        lot = chance(F("pk"), plan.number + number, 31)
        says = [When(lot__lt=3, then=Value(OpinionChoice.DISAGREE.value))]
        says.append(When(lot__lt=8, then=Value(OpinionChoice.ABSTAIN.value)))
        opinion = {
            "receipt": F("pk"),
            "item": Value(item.pk, models.BigIntegerField()),
            "choice": Case(*says, default=Value(OpinionChoice.AGREE.value)),
            "comment": Case(When(lot__lt=3, then=Value("建议分步实施")), default=Value("")),
        }
        _insert(Opinion, receipts.alias(lot=lot), opinion)
    if plan.receipt_kind == ReceiptKind.ATTENDANCE:
        told = {"name": "王五", "position": "总工程师", "mobile": "+8613811138111"}
        blank = dict.fromkeys(["gender", "email", "accommodation", "remark"], "")
        _insert(
            Attendee, receipts, {"receipt": F("pk"), **{name: Value(text) for name, text in (told | blank).items()}}
        )


def _insert(model, rows, columns):
    """INSERT … SELECT: one row of the model for each of `rows`, with these expressions; returns how many."""
    named = {f"to_{name}": expression for name, expression in columns.items()}
    select, params = rows.annotate(**named).values_list(*named).query.sql_with_params()
    quote = connection.ops.quote_name
    names = ", ".join(quote(model._meta.get_field(name).column) for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO {quote(model._meta.db_table)} ({names}) {select}", params)
        return cursor.rowcount
