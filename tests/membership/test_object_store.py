"""Buckets: links to private files are signed and short, those to public ones neither; nobody waits long."""

from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from django.core.files.base import ContentFile
from moto import mock_aws

from membership.object_store import BoundedS3Storage
from membership.private_files import PrivateS3Storage

SHARED = {"region_name": "us-east-1", "addressing_style": "path", "signature_version": "s3v4", "file_overwrite": False}
PRIVATE = SHARED | {"bucket_name": "private", "querystring_expire": 60}
PUBLIC = SHARED | {"bucket_name": "public", "querystring_auth": False}


@pytest.fixture
def store(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        for bucket in ("private", "public"):
            client.create_bucket(Bucket=bucket)
        yield client


def test_private_files_go_out_by_short_signed_links_alone(store):
    storage = PrivateS3Storage(**PRIVATE)
    name = storage.save("documents/a.pdf", ContentFile(b"paper"))
    query = parse_qs(urlsplit(storage.url(name)).query)
    assert (query["X-Amz-Expires"], len(query["X-Amz-Signature"])) == (["60"], 1)
    listed = store.list_objects_v2(Bucket="private")["Contents"]
    assert [each["Key"] for each in listed] == [name]


def test_nothing_is_overwritten(store):
    storage = PrivateS3Storage(**PRIVATE)
    names = {storage.save("a.pdf", ContentFile(content)) for content in (b"one", b"two")}
    kept = {store.get_object(Bucket="private", Key=name)["Body"].read() for name in names}
    assert kept == {b"one", b"two"}


def test_links_to_public_pictures_are_plain(store):
    assert BoundedS3Storage(**PUBLIC).url("a/b.webp") == "https://s3.amazonaws.com/public/a/b.webp"
    beside = BoundedS3Storage(**PUBLIC, custom_domain="portal.example.org/files")
    assert beside.url("a/b.webp") == "https://portal.example.org/files/a/b.webp"


def test_nobody_waits_long_for_the_store(store):
    """The bounds go beside the options, which are written to task rows and must be plain values."""
    for storage in (PrivateS3Storage(**PRIVATE), BoundedS3Storage(**PUBLIC)):
        config = storage.connection.meta.client.meta.config
        assert (config.connect_timeout, config.read_timeout, config.retries["total_max_attempts"]) == (3, 10, 2)
        assert (config.s3["addressing_style"], config.signature_version) == ("path", "s3v4")
        assert (config.request_checksum_calculation, config.response_checksum_validation) == ("when_required",) * 2
        _path, _arguments, options = storage.deconstruct()
        assert {type(value) for value in options.values()} <= {str, int, bool}
