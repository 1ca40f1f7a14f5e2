"""Sums of money in the database, exact to the fen everywhere: SQLite adds decimals as binary fractions."""

from decimal import Decimal

from django.db.models import DecimalField, Sum, Value
from django.db.models.functions import Coalesce, Round

MONEY = DecimalField(max_digits=14, decimal_places=2)
NIL = Decimal("0.00")


def sum_of(amount):
    """The sum of this field rounded to the fen, to be compared in the database; NULL without rows."""
    return Round(Sum(amount), precision=2)


def or_nil(expression):
    """The expression, 0 where it is NULL."""
    return Coalesce(expression, Value(0), output_field=MONEY)


def to_fen(yuan):
    """A sum that came from the database as Decimal yuan with two places; None is 0."""
    return (yuan or NIL).quantize(NIL)
