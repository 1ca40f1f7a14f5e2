"""What is erased when: each kind on its day and not before; what the law wants stays; a dry run changes nothing."""

from datetime import timedelta
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db.models import JSONField
from django.utils import timezone

from config.upkeep import retention, unused
from membership.audit.models import AuditEntry
from membership.jobs.models import Job
from membership.jobs.states import JobState
from membership.messaging.models import OutboundMessage
from membership.messaging.states import MessageState
from membership.tracking.models import Delivery, ReceiptDraft
from membership.units.models import Document, Membership, ProfileDraft
from membership.units.states import DocumentKind
from tests.factories import UnitFactory, UserFactory, clerk, document, notice, review
from tests.files import pdf, private_files
from tests.portal.conftest import deliver

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def now():
    return timezone.now()


def command(*arguments):
    said = StringIO()
    call_command("apply_retention", *arguments, stdout=said)
    return said.getvalue().splitlines()


def message(age, state=MessageState.FAILED, **fields):
    made = OutboundMessage.objects.create(
        channel="sms", template="x", recipient="+8613811138111", state=state, **fields
    )
    OutboundMessage.objects.filter(pk=made.pk).update(created_at=now() - age)
    return made


def upload(unit, kind=DocumentKind.BUSINESS_LICENSE, age=31 * DAY):
    made = document(unit, kind)
    Document.objects.filter(pk=made.pk).update(uploaded_at=now() - age)
    return made


def test_dry_run_counts_and_changes_nothing():
    Session.objects.create(session_key="a", expire_date=now() - DAY)
    message(366 * DAY)
    upload(UnitFactory())
    assert command("--dry-run") == [
        "sessions: 1 would go",
        "messages: 1 would go",
        "jobs: 0 would go",
        "uploads: 1 would go",
    ]
    assert (Session.objects.count(), OutboundMessage.objects.count(), Document.objects.count()) == (1, 1, 1)
    assert command() == ["sessions: 1 gone", "messages: 1 gone", "jobs: 0 gone", "uploads: 1 gone"]
    assert (Session.objects.count(), OutboundMessage.objects.count(), Document.objects.count()) == (0, 0, 0)
    assert command() == ["sessions: 0 gone", "messages: 0 gone", "jobs: 0 gone", "uploads: 0 gone"]


def test_session_goes_when_it_is_over():
    Session.objects.create(session_key="over", expire_date=now() - DAY)
    Session.objects.create(session_key="live", expire_date=now() + DAY)
    retention.apply(now())
    assert [session.session_key for session in Session.objects.all()] == ["live"]


def test_messages_go_after_a_year_with_those_sent_in_their_place():
    first = message(400 * DAY, state=MessageState.REPLACED)
    message(399 * DAY, repeats=first)
    fresh_of_old = message(400 * DAY, state=MessageState.REPLACED)
    young = message(364 * DAY, repeats=fresh_of_old)
    waiting = message(400 * DAY, state=MessageState.QUEUED)
    retention.apply(now())
    assert set(OutboundMessage.objects.values_list("pk", flat=True)) == {fresh_of_old.pk, young.pk, waiting.pk}


@pytest.mark.parametrize(("days", "left"), [(179, 1), (181, 0)])
def test_failed_jobs_go_after_half_a_year_with_their_files(days, left, settings):
    job = Job.objects.create(name="x", state=JobState.FAILED, finished_at=now() - days * DAY, created_by=UserFactory())
    job.result.save("x", pdf("x.pdf"))
    retention.apply(now())
    assert (Job.objects.count(), len(private_files())) == (left, left)


def test_the_trail_is_kept_whatever_its_age():
    entry = AuditEntry.objects.create(verb="x", object_type="x", object_id="1")
    retention.apply(now() + 3_650 * DAY)
    assert AuditEntry.objects.filter(pk=entry.pk).exists()


# --- Uploads that came to nothing ------------------------------------------------------------------------------------
def test_upload_that_nothing_names_goes_after_thirty_days():
    unit = UnitFactory()
    old, young = upload(unit), upload(unit, age=29 * DAY)
    retention.apply(now())
    assert list(Document.objects.all()) == [young]
    [entry] = AuditEntry.objects.filter(verb="units.erase_document")
    assert entry.object_id == str(old.pk)


def in_effect(unit, made):
    unit.business_license = made
    unit.save()


def in_profile_draft(unit, made):
    values = {"documents": {"business_license": str(made.pk)}}
    ProfileDraft.objects.create(unit=unit, values=values, saved_by=clerk(unit), saved_at=now())


def in_receipt_draft(unit, made):
    page = notice(rules=[{"kind": "unit", "unit": unit}])
    deliver(page)
    delivery = Delivery.objects.get(unit=unit)
    values = {"document": str(made.pk)}
    ReceiptDraft.objects.create(delivery=delivery, values=values, saved_by=clerk(unit), saved_at=now())


def handed_in(unit, made):
    review(unit.memberships.get(), snapshot={"documents": {"business_license": str(made.pk)}})


def in_answers(unit, made):
    Membership.objects.filter(unit=unit).update(answers={"leave": str(made.pk)})


@pytest.mark.parametrize("name_it", [in_effect, in_profile_draft, in_receipt_draft, handed_in, in_answers])
def test_upload_that_something_names_stays(name_it):
    unit = UnitFactory(certified=True)
    named, other = upload(unit), upload(unit)
    name_it(unit, named)
    retention.apply(now())
    assert list(Document.objects.all()) == [named]
    assert not Document.objects.filter(pk=other.pk).exists()


@pytest.mark.parametrize(
    "kind", [DocumentKind.PAYMENT_PROOF, DocumentKind.INVOICE, DocumentKind.LEVEL_DECISION], ids=lambda kind: kind.value
)
def test_evidence_stays_though_nothing_names_it(kind):
    kept = upload(UnitFactory(), kind)
    retention.apply(now() + 3_650 * DAY)
    assert list(Document.objects.all()) == [kept]


def test_every_column_of_json_has_been_judged():
    """A new one that may hold ids of documents must be added, or its uploads would be lost."""
    holds_none = {
        *("UnitImport.remarks", "ImportRow.texts", "ImportRow.facts", "ImportRow.problems", "ImportRow.changes"),
        *("ImportRow.plan", "BankStatement.columns", "BankStatement.sample", "BankStatement.faulty_rows"),
        *("BankStatement.outlook", "Attachment.placeholders", "NoticePage.attendee_columns"),
        "ActivityPage.attendee_columns",
    }
    found = {
        f"{model.__name__}.{field.name}"
        for label in ("units", "tracking", "dues", "cms")
        for model in apps.get_app_config(label).get_models()
        for field in model._meta.get_fields()
        if isinstance(field, JSONField)
    }
    assert found - holds_none == {f"{model.__name__}.{field}" for model, field, _way in unused.NAMING}


def test_every_key_to_a_document_is_known():
    found = {f"{model.__name__}.{key}" for model, key in unused.references()}
    assert found == {
        *("Unit.business_license", "Unit.entry_permit", "Unit.application_form", "Unit.commitment_letter"),
        *("Qualification.document", "Review.document", "LevelTerm.document", "Receipt.document"),
        *("InvoiceFile.document", "DuesOrder.proof"),
    }
