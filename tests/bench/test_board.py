"""Ten thousand receipts of one notice: its board, its workbook and a bundle of a thousand files (P7, P9)."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from membership.spreadsheets import as_file
from membership.tracking import actions, bundles, sheets
from membership.tracking.models import Delivery, Opinion, Receipt
from membership.tracking.states import ReceiptState
from membership.units.models import Document
from membership.units.states import DocumentKind
from tests.bench.conftest import UNITS, keep
from tests.bench.processes import forget_peak, peak
from tests.factories import notice
from tests.files import pdf_bytes
from tests.membership.units.conftest import employee

pytestmark = pytest.mark.django_db
FILES = UNITS // 10


@pytest.fixture
def editor():
    return employee("编辑")


@pytest.fixture
def answered(register, editor):
    """A deliberation of two matters that every unit has answered; the first thousand with a file."""
    page = notice(receipt_kind="deliberation", items=["章程", "会费"], deadline=timezone.now() + timedelta(days=7))
    actions.deliver(page)
    now, rows = timezone.now(), Delivery.objects.filter(notice=page)
    document = Document(
        unit=register,
        kind=DocumentKind.RECEIPT,
        original_name="回执.pdf",
        size=1,
        sha256="0" * 64,
        mime="application/pdf",
        uploaded_by=editor,
    )
    document.file.save("回执.pdf", ContentFile(pdf_bytes() + b"%" * 300_000))
    rows.update(receipt_state=ReceiptState.SUBMITTED, receipt_version=1, receipted_at=now, read_at=now, read_by=editor)
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    receipts = [
        Receipt(delivery_id=key, version=1, submitted_by=editor, document=document if number < FILES else None)
        for number, key in enumerate(keys)
    ]
    Receipt.objects.bulk_create(receipts, batch_size=1_000)
    items = list(page.agenda_items.all())
    opinions = [Opinion(receipt=receipt, item=item, choice="agree") for receipt in receipts for item in items]
    Opinion.objects.bulk_create(opinions, batch_size=1_000)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    return page


def test_the_board_of_ten_thousand(answered, editor, measure):
    browser = Client()
    browser.force_login(editor)
    url = f"/cms/notices/{answered.pk}/board/?list=receipted"
    shown = measure(f"board of a notice to {UNITS} units", lambda: browser.get(url))
    assert len(shown.context["rows"]) == 50
    with CaptureQueriesContext(connection) as queries:
        browser.get(url)
    took = sum(float(query["time"]) * 1000 for query in queries)
    print(f"SQL of the board: {took:.0f} ms in {len(queries)} queries")  # noqa: T201


def test_the_workbook_of_ten_thousand(answered, measure):
    def write():
        with as_file(sheets.of_receipts(answered), "回执.xlsx") as file:
            return file.size

    forget_peak()
    assert measure(f"workbook of {UNITS} receipts", write, "workbook_s") > UNITS * 10
    keep(workbook_mb=peak())


def test_the_bundle_of_a_thousand(answered, editor, measure):
    def write():
        file, lost = bundles.bundle(answered, by=editor)
        with file:
            return file.size, lost

    forget_peak()
    size, lost = measure(f"bundle of {FILES} files of 300 KB", write, "bundle_s")
    assert (size > FILES * 300_000, lost) == (True, [])
    keep(bundle_mb=peak())
