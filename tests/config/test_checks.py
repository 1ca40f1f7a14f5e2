"""Each unsafe setting is found alone, and nothing is found where all is well."""

import json
from types import SimpleNamespace

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from django.conf import settings as active
from django.core.checks import Tags, run_checks
from moto import mock_aws

from config import checks

SAFE = {
    "DEBUG": False,
    "IS_DEMO": False,
    "SECRET_KEY": "k9v2Q7x4Lm8Zt1Rb6Ny3Wc5Hd0Pf-Gs_Ju=Ea+Xo(Ti)Kq!Vz-long-enough",
    "SECRET_KEY_FALLBACKS": [],
    "ALLOWED_HOSTS": ["portal.example.org"],
    "WAGTAILADMIN_BASE_URL": "https://portal.example.org",
    "SMS_GATEWAY": "sns",
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "ALLAUTH_TRUSTED_PROXY_COUNT": 1,
    "STAFF_MFA_REQUIRED": True,
}
OURS = ("config.", "accounts.")


@pytest.fixture
def safe(settings):
    for name, value in SAFE.items():
        setattr(settings, name, value)
    return settings


def found():
    """What our own checks find, by the way that `check --deploy` and a starting web process go."""
    messages = run_checks(tags=[Tags.security], include_deployment_checks=True)
    return [message.id for message in messages if message.id.startswith(OURS)]


def test_nothing_is_found_where_all_is_well(safe):
    assert found() == []


@pytest.mark.parametrize(
    ("name", "value", "identity"),
    [
        ("DEBUG", True, "config.E001"),
        ("IS_DEMO", True, "config.E001"),
        ("SECRET_KEY", "a" * 60, "config.E002"),
        ("SECRET_KEY", SAFE["SECRET_KEY"][:49], "config.E002"),
        ("SECRET_KEY", "django-insecure-" + SAFE["SECRET_KEY"], "config.E002"),
        ("SECRET_KEY_FALLBACKS", ["old"], "config.E002"),
        ("ALLOWED_HOSTS", ["portal.example.org", "*"], "config.E003"),
        ("ALLOWED_HOSTS", [], "config.E003"),
        ("WAGTAILADMIN_BASE_URL", "http://portal.example.org", "config.E004"),
        ("WAGTAILADMIN_BASE_URL", "https://", "config.E004"),
        ("WAGTAILADMIN_BASE_URL", "https://portal.example.org/portal/", "config.E004"),
        ("SMS_GATEWAY", "console", "config.E005"),
        ("SMS_GATEWAY", "memory", "config.E005"),
        ("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend", "config.W006"),
        ("ALLAUTH_TRUSTED_PROXY_COUNT", 0, "config.W007"),
        ("STAFF_MFA_REQUIRED", False, "accounts.E001"),
    ],
)
def test_what_is_unsafe_is_found_alone(safe, name, value, identity):
    setattr(safe, name, value)
    assert found() == [identity]


# --- The private bucket ---------------------------------------------------------------------------------------------
PUBLIC_READ = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::private/*"}


@pytest.fixture
def bucket(safe, monkeypatch):
    """A client of a store with the bucket "private", which the settings name."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="private")
        storage = SimpleNamespace(connection=SimpleNamespace(meta=SimpleNamespace(client=client)))
        monkeypatch.setattr(checks, "storages", {"private": storage})
        name_buckets(safe, "private", "public")
        yield client


def name_buckets(settings, private, public):
    options = {"private": private, "default": public}
    stores = {alias: {"BACKEND": "x", "OPTIONS": {"bucket_name": name}} for alias, name in options.items()}
    settings.STORAGES = active.STORAGES | stores


def policy(client, **changes):
    statement = PUBLIC_READ | changes
    client.put_bucket_policy(Bucket="private", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))


def bucket_checks():
    return [message.id for message in checks.private_bucket_is_private(None)]


def test_a_private_bucket_is_no_matter(bucket):
    assert bucket_checks() == []


def test_one_bucket_for_both_is_found(bucket, safe):
    name_buckets(safe, "private", "private")
    assert bucket_checks() == ["config.E008"]


def test_a_bucket_that_is_not_there_is_found(bucket, safe):
    name_buckets(safe, "elsewhere", "public")
    assert bucket_checks() == ["config.E009"]


@pytest.mark.parametrize("acl", ["public-read", "public-read-write", "authenticated-read"])
def test_a_grant_to_strangers_is_found(bucket, acl):
    bucket.put_bucket_acl(Bucket="private", ACL=acl)
    assert bucket_checks() == ["config.E012"]


@pytest.mark.parametrize(
    ("changes", "identities"),
    [
        ({}, ["config.E012"]),
        ({"Principal": {"AWS": "*"}}, ["config.E012"]),
        ({"Principal": {"AWS": ["arn:aws:iam::123456789012:root", "*"]}}, ["config.E012"]),
        ({"Principal": {"AWS": "arn:aws:iam::123456789012:root"}}, []),
        ({"Effect": "Deny"}, []),
        ({"Condition": {"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}}, []),
    ],
)
def test_a_policy_that_lets_strangers_in_is_found(bucket, changes, identities):
    policy(bucket, **changes)
    assert bucket_checks() == identities


def test_a_store_that_does_not_answer_stops_no_start(bucket, monkeypatch):
    def away(**_arguments):
        raise EndpointConnectionError(endpoint_url="https://s3.example.org")

    monkeypatch.setattr(bucket, "get_bucket_acl", away)
    assert bucket_checks() == ["config.W011"]


def test_a_store_that_does_not_tell_is_to_be_looked_at(bucket, monkeypatch):
    monkeypatch.setattr(bucket, "get_bucket_acl", lambda **_: bucket.get_object(Bucket="private", Key="not there"))
    assert bucket_checks() == ["config.I010"]
