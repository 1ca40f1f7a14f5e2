"""The chain over the trail: one changed byte anywhere is found, and what is young is left for the next seal."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from membership.audit import sealing
from membership.audit.actions import record, record_many
from membership.audit.models import AuditEntry, AuditSeal
from membership.jobs import actions as jobs
from tests.factories import UnitFactory, UserFactory
from tests.migrated import Guard

pytestmark = pytest.mark.django_db

HOUR = sealing.REST + timedelta(minutes=1)


@pytest.fixture
def unit():
    return UnitFactory()


@pytest.fixture
def sealed(unit, monkeypatch):
    """Five entries under three seals, and one that is young."""
    monkeypatch.setattr(sealing, "MOST", 2)
    person = UserFactory(staff=True)
    with time_machine.travel(timezone.now() - HOUR):
        record_many("units.import", [(unit, unit.pk, {}, {"state": "active", "n": n}) for n in range(5)], by=person)
    young = record("units.approve", unit, by=person, after={"level": "理事", "amount": 12.5})
    seals = sealing.seal()
    assert [each.entries for each in seals] == [2, 2, 1]
    return young


def tamper(statement, *values):
    """What somebody does who owns the tables and has taken the triggers away."""
    guard = Guard("audit_auditentry", "audit_auditseal")
    guard.take_away()
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount == 1
    guard.put_back()


def ids():
    return list(AuditEntry.objects.order_by("id").values_list("id", flat=True))


def said(*arguments):
    out = StringIO()
    call_command("verify_audit", *arguments, stdout=out)
    return out.getvalue().strip()


def test_a_sound_trail(sealed):
    newest = AuditSeal.objects.latest("last_id").digest
    assert said() == (f"5 entries under 3 seals are as they were sealed, 1 are not sealed yet. Newest seal: {newest}")
    assert said("--known", AuditSeal.objects.earliest("last_id").digest).startswith("5 entries")


def test_an_empty_trail():
    assert said() == "0 entries under 0 seals are as they were sealed, 0 are not sealed yet. Newest seal: none"


COLUMNS = {
    "at": "2026-01-01 00:00:00+00:00",
    "actor_id": None,
    "unit_id": 0,
    "verb": "units.impor!",
    "object_type": "units.unit ",
    "object_id": "0",
    "before": '{"a": 1}',
    "after": '{"state": "activf", "n": 2}',
    "address": "1",
    "result": "OK",
}


def test_every_column_of_an_entry_is_under_the_seal():
    assert {"id", *COLUMNS} == set(sealing.COLUMNS) == {f.attname for f in AuditEntry._meta.concrete_fields}


@pytest.mark.parametrize("column", COLUMNS)
def test_one_changed_byte_is_found(sealed, column):
    change = f"UPDATE audit_auditentry SET {column} = %s WHERE id = %s"  # noqa: S608 - columns of the table above
    tamper(change, COLUMNS[column], ids()[2])
    with pytest.raises(CommandError, match=rf"changed: entries {ids()[1] + 1} to {ids()[3]} "):
        said()


def test_a_removed_entry_is_found(sealed):
    tamper("DELETE FROM audit_auditentry WHERE id = %s", ids()[0])
    with pytest.raises(CommandError, match="changed"):
        said()
    with pytest.raises(CommandError, match="the audit trail has been changed: entries"):
        call_command("check_invariants")


def test_an_entry_put_between_is_found(sealed):
    last = ids()[-2]
    tamper("DELETE FROM audit_auditentry WHERE id = %s", last)
    tamper("UPDATE audit_auditentry SET id = %s WHERE id = %s", last, sealed.pk)
    with pytest.raises(CommandError, match="changed"):
        said()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_auditseal SET digest = 'x' WHERE last_id = %s",
        "UPDATE audit_auditseal SET entries = entries + 1 WHERE last_id = %s",
        "DELETE FROM audit_auditseal WHERE last_id = %s",
    ],
)
def test_a_changed_or_removed_seal_is_found(sealed, statement):
    tamper(statement, ids()[1])
    with pytest.raises(CommandError, match="changed"):
        said()


def test_a_chain_cut_at_its_end_is_found_by_a_digest_kept_elsewhere(sealed):
    newest = AuditSeal.objects.latest("last_id")
    tamper("DELETE FROM audit_auditseal WHERE id = %s", newest.pk)
    assert said().startswith("4 entries under 2 seals")
    with pytest.raises(CommandError, match=f"no seal has the digest {newest.digest}"):
        said("--known", newest.digest)


def test_what_is_young_is_sealed_later_and_a_seal_is_made_once_an_hour(sealed):
    with time_machine.travel(timezone.now() + timedelta(minutes=30)):
        assert sealing.seal() == []
    with time_machine.travel(timezone.now() + HOUR):
        assert [each.last_id for each in sealing.seal()] == [sealed.pk]
        assert sealing.seal() == []
    assert said().startswith("6 entries under 4 seals are as they were sealed, 0 are not")


def test_nothing_older_is_sealed_behind_an_entry_that_is_young(unit):
    """A transaction that is slow may bring a lower number after a higher one."""
    young = record("units.approve", unit, by=None)
    with time_machine.travel(timezone.now() - HOUR):
        old = record("units.approve", unit, by=None)
    assert old.pk > young.pk
    assert sealing.seal() == []


def test_two_that_seal_at_once_leave_one_chain(sealed):
    last = AuditSeal.objects.latest("last_id")
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditSeal.objects.create(last_id=last.last_id + 1, entries=1, previous=last.previous, digest="2" * 64)


def test_the_scheduler_has_it_sealed(unit):
    with time_machine.travel(timezone.now() - HOUR):
        record("units.approve", unit, by=None)
    jobs.enqueue("audit.seal")
    assert AuditSeal.objects.count() == 1
