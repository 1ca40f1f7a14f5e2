"""A certified unit that was asked something, and the outsider whose row must never be touched."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.tracking import actions
from membership.tracking.models import Attendee, Delivery, Opinion, Receipt
from membership.tracking.states import ReceiptKind
from tests.factories import UnitFactory, clerk, notice


def in_days(days):
    return timezone.now() + timedelta(days=days)


def sent(page, unit):
    return Delivery.objects.select_related("unit").get(notice=page, unit=unit)


def everything():
    """Every row that a verb of tracking may write, to compare before and after a refusal."""
    nouns = (Delivery, Receipt, Opinion, Attendee, AuditEntry)
    return {noun.__name__: list(noun.objects.order_by("pk").values()) for noun in nouns}


def breaks(*args, **kwargs):
    raise RuntimeError("the audit trail cannot be written")


@pytest.fixture
def broken_audit(monkeypatch):
    """The audit entry cannot be written, as when its table is full."""
    monkeypatch.setattr(AuditEntry, "save", breaks)


@pytest.fixture
def ours(db):
    unit = UnitFactory(certified=True)
    return SimpleNamespace(unit=unit, clerk=clerk(unit), colleague=clerk(unit, duty="agent"))


@pytest.fixture
def outsider(db):
    unit = UnitFactory(certified=True)
    return SimpleNamespace(unit=unit, clerk=clerk(unit))


@pytest.fixture
def meeting(ours, outsider):
    """A notice that asks who comes, delivered to both units."""
    page = notice(receipt_kind=ReceiptKind.ATTENDANCE, deadline=in_days(7))
    actions.deliver(page)
    return page


@pytest.fixture
def delivery(meeting, ours):
    return sent(meeting, ours.unit)
