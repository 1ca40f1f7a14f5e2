"""The object store goes away: an upload is refused without a row, other pages live, and afterwards it is as before."""

import boto3
import pytest
from django.core.files.storage import storages
from django.test import Client
from moto.server import ThreadedMotoServer

from membership.private_files import PrivateS3Storage
from membership.units.models import Document
from membership.units.states import DocumentKind
from tests.drills.cluster import free_port
from tests.factories import UnitFactory, clerk
from tests.files import pdf

# The client of S3 leaves its buffer of a download that failed to the collector.
pytestmark = [pytest.mark.django_db, pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")]
UPLOAD = "/portal/unit/documents/business_license/"


@pytest.fixture
def store(monkeypatch):
    """A store on a port of its own, with the private bucket in it; it can be stopped and started."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_DEFAULT_REGION"):
        monkeypatch.setenv(name, "us-east-1")
    port = free_port()
    server = ThreadedMotoServer(port=port, verbose=False)
    server.start()
    address = f"http://127.0.0.1:{port}"
    boto3.client("s3", endpoint_url=address).create_bucket(Bucket="private")
    storage = PrivateS3Storage(bucket_name="private", endpoint_url=address, addressing_style="path")
    monkeypatch.setattr(Document._meta.get_field("file"), "storage", storage)
    monkeypatch.setitem(storages._storages, "private", storage)
    yield server
    server.stop()


@pytest.fixture
def person():
    client = Client(raise_request_exception=False)
    client.force_login(clerk(UnitFactory(certified=False)))
    return client


def upload(client):
    return client.post(UPLOAD, {"file": pdf("执照.pdf"), "name": "business_license"})


def test_store_that_is_away_takes_no_row(store, person):
    assert upload(person).status_code == 200
    stored = Document.objects.get(kind=DocumentKind.BUSINESS_LICENSE)
    assert person.get(f"/portal/documents/{stored.pk}/").status_code == 200
    assert person.get("/readyz").status_code == 200

    store.stop()
    refused, gone = upload(person), person.get(f"/portal/documents/{stored.pk}/")
    assert (refused.status_code, gone.status_code) == (503, 503)
    assert "暂时" in refused.content.decode()
    assert list(Document.objects.all()) == [stored]
    assert person.get("/readyz").json()["failing"] == ["storage"]
    assert [person.get(page).status_code for page in ("/portal/", "/notices/", "/accounts/login/")] == [200, 200, 302]
