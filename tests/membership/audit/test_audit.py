"""The audit trail: what an entry holds, that it cannot be changed, and where the address comes from."""

import pytest
from django.db import transaction
from django.http import HttpResponse
from wagtail.models import ModelLogEntry, PageLogEntry

from membership.audit.actions import record
from membership.audit.middleware import RequestOriginMiddleware
from membership.audit.models import AuditEntry
from membership.audit.origin import acting_from, current_address
from tests.factories import UnitFactory, UserFactory, notice

pytestmark = pytest.mark.django_db


@pytest.fixture
def unit():
    return UnitFactory()


@pytest.fixture
def entry(unit):
    return record("units.approve", unit, by=UserFactory(staff=True), unit_id=unit.pk, after={"state": "active"})


# --- an entry -------------------------------------------------------------------------------------------------------
def test_entry_says_who_did_what_to_which_object_from_where(unit):
    person = UserFactory(staff=True)
    with acting_from("203.0.113.7"):
        entry = record(
            "units.approve", unit, by=person, unit_id=unit.pk, before={"state": "pending"}, after={"state": "active"}
        )

    stored = AuditEntry.objects.values().get()
    assert stored.pop("at") == entry.at
    assert stored == {
        "id": entry.pk,
        "actor_id": person.pk,
        "unit_id": unit.pk,
        "verb": "units.approve",
        "object_type": "units.unit",
        "object_id": str(unit.pk),
        "before": {"state": "pending"},
        "after": {"state": "active"},
        "address": "203.0.113.7",
        "result": "ok",
    }


def test_entry_of_the_machine_has_no_person_and_no_address(unit):
    entry = record("units.approve", unit, by=None)
    assert (entry.actor, entry.address, entry.unit_id, entry.before, entry.after) == (None, "", None, {}, {})


def test_about_tells_the_story_of_one_object(unit, entry):
    record("units.approve", UnitFactory(), by=None)
    later = record("units.reject", unit, by=None)
    assert list(AuditEntry.objects.about(unit)) == [entry, later]


def test_history_of_the_object_has_a_line_too(unit):
    person = UserFactory(staff=True)
    record("units.approve", unit, by=person, after={"state": "active"})
    line = ModelLogEntry.objects.for_instance(unit).get()
    assert (line.action, line.user, line.data) == (
        "units.approve",
        person,
        {"before": {}, "after": {"state": "active"}},
    )
    assert line.message == line.formatter.format_message(line)


def test_history_of_a_page_is_in_the_log_of_pages():
    page = notice()
    record("tracking.deliver", page, by=None)
    assert PageLogEntry.objects.for_instance(page).filter(action="tracking.deliver").count() == 1


def test_history_may_be_left_out(unit):
    record("units.approve", unit, by=None, in_history=False)
    assert ModelLogEntry.objects.for_instance(unit).count() == 0


# --- append-only ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "change",
    [
        lambda entry: entry.save(),
        lambda entry: entry.delete(),
        lambda entry: AuditEntry.objects.update(verb="x"),
        lambda entry: AuditEntry.objects.filter(pk=entry.pk).delete(),
        lambda entry: AuditEntry.objects.all().delete(),
        lambda entry: AuditEntry.objects.bulk_update([entry], ["verb"]),
        lambda entry: AuditEntry.objects.update_or_create(pk=entry.pk, defaults={"verb": "x"}),
    ],
)
def test_entries_are_append_only(change, entry):
    before = list(AuditEntry.objects.values())
    with pytest.raises(TypeError, match="append-only"), transaction.atomic():
        change(entry)
    assert list(AuditEntry.objects.values()) == before


# --- the address ----------------------------------------------------------------------------------------------------
def address_for(rf, **environ):
    seen = []

    def view(request):
        seen.append(current_address())
        return HttpResponse()

    RequestOriginMiddleware(view)(rf.get("/", **environ))
    assert current_address() == ""
    return seen[0]


def test_address_is_that_of_the_connection(rf):
    assert address_for(rf, REMOTE_ADDR="203.0.113.7") == "203.0.113.7"


def test_forwarded_address_is_not_believed_by_default(rf):
    assert address_for(rf, REMOTE_ADDR="203.0.113.7", HTTP_X_FORWARDED_FOR="198.51.100.1") == "203.0.113.7"


def test_forwarded_address_is_believed_from_as_many_proxies_as_there_are(rf, settings):
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    forwarded = "192.0.2.66, 198.51.100.1"  # the first is what the client claims of itself
    assert address_for(rf, REMOTE_ADDR="10.0.0.1", HTTP_X_FORWARDED_FOR=forwarded) == "198.51.100.1"


def test_longest_address_fits(rf, unit):
    longest = "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"
    with acting_from(address_for(rf, REMOTE_ADDR=longest)):
        assert record("units.approve", unit, by=None).address == longest


@pytest.mark.parametrize("address", ["", "not an address"])
def test_connection_without_an_address_is_answered_all_the_same(rf, address):
    assert address_for(rf, REMOTE_ADDR=address) == ""


def test_address_is_forgotten_when_the_view_fails(rf):
    def view(request):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        RequestOriginMiddleware(view)(rf.get("/", REMOTE_ADDR="203.0.113.7"))
    assert current_address() == ""
