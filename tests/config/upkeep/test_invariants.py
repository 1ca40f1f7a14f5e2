"""One command proves every room; each break is named."""

from io import StringIO

import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.db import connection

from membership.tracking import invariants
from membership.tracking.models import Delivery, Receipt
from tests.files import pdf
from tests.portal.conftest import deliberation, deliver, member, opinions

pytestmark = pytest.mark.django_db


@pytest.fixture
def answered():
    ours = member("示范建设有限公司", "李四")
    page = deliberation(rules=[{"kind": "unit", "unit": ours.unit}])
    delivery = deliver(page)[ours.unit]
    ours.client.post(
        f"/portal/messages/{delivery.pk}/receipt/", {"version": 0, **opinions(page), "file": pdf("回执.pdf")}
    )
    return Delivery.objects.get(pk=delivery.pk)


def check():
    said = StringIO()
    call_command("check_invariants", stdout=said)
    return said.getvalue()


def broken():
    with pytest.raises(CommandError) as told:
        check()
    return str(told.value)


def test_all_holds(answered):
    assert answered.receipt_version == 1
    assert check() == "All invariants hold.\n"


def test_row_without_its_file_is_named(answered):
    document = Receipt.objects.get().document
    storages["private"].delete(document.file.name)
    assert broken() == f"rows whose file is gone: units.Document.file {document.pk}"


def test_answer_without_a_receipt_is_named(answered):
    Receipt.objects.update(superseded_at=answered.receipted_at)
    assert broken() == f"answered deliveries without a receipt that stands: {answered.pk}"


def test_receipt_of_a_delivery_that_waits_is_named(answered):
    Delivery.objects.update(receipt_state="awaiting", receipted_at=None)
    assert broken() == f"receipts that stand though their delivery waits for one: {answered.pk}"


def test_version_out_of_step_is_named(answered):
    Receipt.objects.update(version=2)
    assert broken() == f"deliveries whose version is not that of the newest receipt: {answered.pk}"


def test_opinion_on_a_matter_of_another_notice_is_named(answered):
    other = deliberation(title="另一通知", rules=[])
    opinion = Receipt.objects.get().opinions.first()
    type(opinion).objects.filter(pk=opinion.pk).update(item=other.agenda_items.first())
    assert broken() == f"opinions on a matter of another notice: {opinion.pk}"


def test_second_current_receipt_is_named(answered):
    """The database refuses it; without its index the check finds it."""
    with connection.cursor() as cursor:
        cursor.execute("DROP INDEX receipt_one_current")
    Receipt.objects.create(delivery=answered, version=2, submitted_by=answered.read_by)
    found = invariants.broken()
    assert found[0] == f"deliveries with several current receipts: {answered.pk}"
