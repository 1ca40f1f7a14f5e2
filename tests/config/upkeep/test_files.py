"""Files without rows and rows without files: what is found, what goes, and when a person has to look."""

import json
import os
from datetime import timedelta
from io import StringIO
from pathlib import Path

import boto3
import pytest
import time_machine
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.utils import timezone
from moto import mock_aws

from config.upkeep import files
from membership.jobs.models import Job
from membership.jobs.states import JobState
from membership.messaging.models import OutboundMessage
from membership.private_files import PrivateS3Storage
from membership.units.actions import draw_pages, store_document
from membership.units.models import Document, DocumentPage
from membership.units.states import DocumentKind
from tests.factories import UnitFactory, clerk
from tests.files import pdf

pytestmark = pytest.mark.django_db


def lay(key, hours=25):
    """A file that somebody wrote so long ago."""
    storages["private"].save(key, ContentFile(b"content"))
    moment = (timezone.now() - timedelta(hours=hours)).timestamp()
    os.utime(Path(storages["private"].location) / key, (moment, moment))
    return key


def lies(key):
    return storages["private"].exists(key)


@pytest.fixture
def stored():
    """A document of a unit with the image of its page, as old as the rest."""
    unit = UnitFactory()
    document = store_document(pdf("执照.pdf"), unit=unit, kind=DocumentKind.BUSINESS_LICENSE, by=clerk(unit))
    draw_pages(document)
    return document


def in_two_days():
    return time_machine.travel(timezone.now() + timedelta(days=2))


def check(*arguments):
    said = StringIO()
    call_command("check_files", *arguments, stdout=said)
    return said.getvalue()


def test_file_without_a_row_goes_after_a_day_and_no_other(stored):
    orphan, young = lay("documents/2026/01/orphan"), lay("documents/2026/01/young", hours=23)
    kept = lay("kept-resolutions/waits")
    assert files.sweep() == [orphan]
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        assert files.sweep() == [young]
    with in_two_days():
        assert files.sweep() == []
    page = DocumentPage.objects.get()
    assert [lies(key) for key in (orphan, young, kept, stored.file.name, page.image.name)] == [
        False,
        False,
        True,
        True,
        True,
    ]


def test_file_named_by_any_field_of_the_project_is_no_orphan():
    """A field that the sweeper overlooked would cost its files."""
    labels = {f"{model._meta.label}.{field.name}" for model, field in files.fields()}
    assert labels == {
        "jobs.Job.result",
        "units.Document.file",
        "units.DocumentPage.image",
        "units.MembershipSettings.application_form_template",
        "units.MembershipSettings.commitment_letter_template",
        "units.PhoneRebinding.letter",
        "units.UnitImport.file",
        "dues.BankStatement.file",
        "dues.Refund.document",
        "dues.DuesStandard.resolution",
        "dues.DuesWaiver.resolution",
        "cms.Attachment.file",
        "cms.AttachmentPage.image",
    }


def test_file_that_a_mail_names_is_no_orphan():
    key = lay("documents/2026/01/invoice")
    attached = [{"name": "发票.pdf", "key": key, "mime": "application/pdf"}]
    OutboundMessage.objects.create(channel="email", template="invoice", recipient="a@b.cn", attachments=attached)
    assert files.sweep() == []


def test_too_many_orphans_are_left_for_a_person(stored, monkeypatch):
    monkeypatch.setattr(files, "FEW", 1)
    orphans = [lay(f"documents/{number}") for number in range(2)]
    with pytest.raises(files.TooMany, match="2 of 4 files"):
        files.sweep()
    assert all(map(lies, orphans))
    assert check("--remove").startswith("removed 2\n2 files")
    assert not any(map(lies, orphans))
    assert lies(stored.file.name)


def test_comparison_names_what_is_missing_on_either_side(stored):
    assert check().startswith("2 files, ")
    gone, orphan = stored.file.name, lay("documents/2026/01/orphan")
    storages["private"].delete(gone)
    with pytest.raises(CommandError) as told:
        check()
    assert str(told.value).splitlines() == [f"no row: {orphan}", f"no file: units.Document.file {stored.pk} ({gone})"]


def test_result_of_a_job_is_compared_too():
    Job.objects.create(name="x", state=JobState.SUCCEEDED, finished_at=timezone.now(), result="results/gone")
    assert [key for _row, key in files.compare(timezone.now()).lost] == ["results/gone"]


def test_erased_row_leaves_nothing_to_sweep(stored):
    stored.drawn.all().delete()
    Document.objects.filter(pk=stored.pk).delete()
    with in_two_days():
        assert len(files.sweep()) == 2


def test_manifest_has_a_line_for_each_file_and_one_for_all(stored, tmp_path):
    path = tmp_path / "manifest.jsonl"
    assert check("--manifest", str(path)) == "2 files\n"
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    assert [line.get("key") for line in lines] == [*sorted_keys(stored), None]
    assert lines[-1]["files"] == 2
    assert lines[-1]["bytes"] == sum(line["bytes"] for line in lines[:-1])


def sorted_keys(stored):
    there = [key for key, _written, _size in storages["private"].stored()]
    assert set(there) == {stored.file.name, stored.drawn.get().image.name}
    return there


def test_bucket_is_listed_with_what_the_comparison_needs(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "us-east-1")
    with mock_aws():
        boto3.client("s3").create_bucket(Bucket="private")
        storage = PrivateS3Storage(bucket_name="private")
        storage.save("documents/a", ContentFile(b"content"))
        [(key, written, size)] = storage.stored()
        assert (key, size, storage.is_reachable()) == ("documents/a", 7, True)
        assert timezone.now() - written < timedelta(minutes=5)
        with pytest.raises(Exception, match="404"):
            PrivateS3Storage(bucket_name="nobody").is_reachable()
