"""Two at the same moment: each unit is sent a notice once, one receipt wins. With a twin that lacks the guard."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.db import connections, transaction
from django.utils import timezone

from membership.audit.models import AuditEntry
from membership.exceptions import Refusal
from membership.tracking import actions, audience
from membership.tracking.models import Delivery, Receipt
from membership.tracking.states import ReceiptKind, ReceiptState
from membership.units.models import Body, Level, Unit
from tests.factories import UnitFactory, clerk, members_index, notice
from tests.races import TOGETHER, at_once

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def kinds(results):
    return sorted(type(result).__name__ for result in results)


def test_two_deliveries_at_once_send_each_unit_one():
    units = [UnitFactory(certified=True) for _ in range(5)]
    page = notice()

    results = at_once(2, lambda number: actions.deliver(page))

    assert sum(results) == 5
    assert sorted(Delivery.objects.values_list("unit_id", flat=True)) == [unit.pk for unit in units]
    assert [entry.after["units"] for entry in AuditEntry.objects.filter(verb="tracking.deliver")] == [5]


def test_twin_without_on_conflict_sends_twice_or_breaks():
    """Look first, then insert: both see nothing, and the second is stopped by the constraint alone."""
    UnitFactory(certified=True)
    page = notice()
    looked = Barrier(2, timeout=TOGETHER)

    def deliver_carelessly(number):
        missing = list(audience.units(page.audience_rules.all()).exclude(deliveries__notice=page))
        looked.wait()
        for unit in missing:
            Delivery.objects.create(
                notice=page,
                unit=unit,
                category=page.category,
                receipt_kind=ReceiptKind.NONE,
                receipt_state=ReceiptState.NONE,
            )

    assert kinds(at_once(2, deliver_carelessly)) == ["IntegrityError", "NoneType"]


@pytest.fixture
def asked():
    unit = UnitFactory(certified=True)
    person = clerk(unit, name="李四")
    actions.deliver(notice(receipt_kind=ReceiptKind.ATTENDANCE, deadline=timezone.now() + timedelta(days=7)))
    return Delivery.objects.select_related("unit").get(), person


def test_twenty_receipts_at_once_are_one(asked):
    delivery, person = asked

    results = at_once(20, lambda number: actions.submit_receipt(delivery, by=person, version=0))

    assert kinds(results) == ["Receipt"] + ["Refusal"] * 19
    when = timezone.localtime(Receipt.objects.get().submitted_at)
    friendly = f"李四 已于 {when:%Y-%m-%d %H:%M} 提交此回执。如需修改，请先查看已提交的内容。"
    refusals = [(result.code, str(result)) for result in results if isinstance(result, Refusal)]
    assert refusals == [("already_submitted", friendly)] * 19
    assert list(Receipt.objects.values_list("version", "superseded_at")) == [(1, None)]
    assert AuditEntry.objects.filter(verb="tracking.submit_receipt").count() == 1
    delivery.refresh_from_db()
    assert (delivery.receipt_version, delivery.receipt_state) == (1, ReceiptState.SUBMITTED)


def test_twin_that_checks_and_then_acts_lets_more_than_one_in(asked):
    """Without the conditional UPDATE everybody passes the check; only the unique constraint stands in the way."""
    delivery, person = asked
    looked = Barrier(20, timeout=TOGETHER)

    def submit_carelessly(number):
        fresh = Delivery.objects.get(pk=delivery.pk)
        assert fresh.receipt_version == 0
        looked.wait()
        with transaction.atomic():
            return Receipt.objects.create(delivery=fresh, version=1, submitted_by=person)

    assert kinds(at_once(20, submit_carelessly)) == ["IntegrityError"] * 19 + ["Receipt"]


def test_ten_readers_at_once_have_one_first(asked):
    delivery, person = asked

    results = at_once(10, lambda number: actions.mark_read(Delivery.objects.get(pk=delivery.pk), by=person))

    assert sorted(results) == [False] * 9 + [True]


def test_twin_that_reads_and_then_saves_has_many_first_readers(asked):
    delivery, person = asked
    looked = Barrier(10, timeout=TOGETHER)

    def read_carelessly(number):
        fresh = Delivery.objects.get(pk=delivery.pk)
        looked.wait()
        if fresh.read_at is not None:
            return False
        fresh.read_at, fresh.read_by = timezone.now(), person
        fresh.save()
        return True

    assert at_once(10, read_carelessly) == [True] * 10


def test_receipt_that_waited_for_a_recall_is_refused(asked):
    delivery, person = asked

    def submit():
        try:
            return actions.submit_receipt(delivery, by=person, version=0)
        except Refusal as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            actions.recall(delivery.notice)
            submitting = thread.submit(submit)
            with pytest.raises(TimeoutError):
                submitting.result(timeout=1)
        outcome = submitting.result(timeout=TOGETHER)

    assert (type(outcome), outcome.code) == (Refusal, "recalled")
    assert Receipt.objects.count() == 0


def test_what_migrations_made_is_there_before_a_race():
    assert (Body.objects.association().kind, Level.objects.count()) == ("association", 10)
    assert members_index().live
    assert Unit.objects.count() == 0
