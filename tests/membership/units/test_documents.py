"""Keeping an uploaded file: who may, for which unit, of which kind, with one record."""

import pytest
from django.core.exceptions import PermissionDenied

from membership.audit.models import AuditEntry
from membership.units import actions
from membership.units.states import DocumentKind
from tests.files import pdf
from tests.membership.units.conftest import PEOPLE, snapshot

pytestmark = pytest.mark.django_db


def test_document_is_kept_with_its_facts_and_one_record(people):
    document = actions.store_document(
        pdf("执照.pdf", 2), unit=people.unit, kind=DocumentKind.BUSINESS_LICENSE, by=people.agent
    )

    document.refresh_from_db()
    assert (document.original_name, document.mime, document.pages) == ("执照.pdf", "application/pdf", 2)
    assert (document.uploaded_by, document.unit, document.size) == (people.agent, people.unit, document.file.size)
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.unit_id) == ("units.store_document", people.unit.pk)
    assert entry.after == {"kind": "business_license", "sha256": document.sha256}


MAY_STORE = dict.fromkeys(DocumentKind.values, {"owner", "agent"}) | {
    "level_decision": {"reviewer", "secretary_general", "administrator", "root"},
    "receipt": {"owner", "agent", "editor", "administrator", "root"},
    "invoice": {"finance", "administrator", "root"},
}


@pytest.mark.parametrize("kind", MAY_STORE)
def test_unit_keeps_its_own_files_and_the_staff_decisions_receipts_on_paper_and_invoices(people, kind):
    stored = set()
    for who in PEOPLE.split():
        before = snapshot()
        try:
            actions.store_document(pdf(), unit=people.unit, kind=kind, by=getattr(people, who))
            stored.add(who)
        except PermissionDenied:
            assert snapshot() == before
    assert stored == MAY_STORE[kind]
