"""Uploads are looked through before they are stored: by a daemon of the test that speaks ClamAV's protocol."""

import socketserver

import pytest
from django.core.exceptions import ValidationError

from membership import virus_scanner
from membership.units.actions import store_document
from membership.units.models import Document
from membership.units.states import DocumentKind
from membership.units.uploads import SCANS, inspect
from tests.clamd import EICAR, LocalDaemon, infected, listening
from tests.factories import UnitFactory, clerk
from tests.files import pdf, pdf_bytes, private_files, upload

FOUND = "“{}”中发现病毒，文件未保存，请检查该文件来源的电脑"
NOT_SCANNED = "暂时无法对文件“{}”进行病毒检查，文件未保存，请稍后重试"


@pytest.fixture
def daemon(settings):
    with listening() as server:
        settings.CLAMD_ADDRESS = f"127.0.0.1:{server.server_address[1]}"
        yield server


def store(file):
    unit = UnitFactory()
    return store_document(file, unit=unit, kind=DocumentKind.RECEIPT, by=clerk(unit), accept=SCANS)


def refused(file):
    with pytest.raises(ValidationError) as refusal:
        store(file)
    assert (Document.objects.count(), private_files()) == (0, [])
    return refusal.value.code, refusal.value.messages


@pytest.mark.django_db
def test_a_virus_is_refused_before_anything_is_stored(daemon):
    assert refused(infected()) == ("infected", [FOUND.format("营业执照.pdf")])


@pytest.mark.django_db
def test_without_a_scanner_the_same_file_is_taken(settings):
    """The negative twin: it is the daemon that refuses it, not one of the other rules."""
    settings.CLAMD_ADDRESS = ""
    assert store(infected()).pk


@pytest.mark.django_db
def test_a_clean_file_is_sent_whole_and_stored(daemon, monkeypatch):
    monkeypatch.setattr(virus_scanner, "CHUNK", 100)
    assert store(pdf()).pk
    assert daemon.received == pdf_bytes()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "said", [b"INSTREAM size limit exceeded. ERROR", b"", b"UNKNOWN COMMAND", b"stream: OK FOUND?", b"x" * 5000]
)
def test_whatever_is_no_verdict_keeps_the_file_out(daemon, said):
    daemon.says = said
    assert refused(pdf("证书.pdf")) == ("not_scanned", [NOT_SCANNED.format("证书.pdf")])


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["127.0.0.1:1", "unix:/nowhere/clamd.ctl", "unix:/dev/null"])
def test_a_scanner_that_is_down_keeps_the_file_out(settings, address):
    settings.CLAMD_ADDRESS = address
    assert refused(pdf("证书.pdf")) == ("not_scanned", [NOT_SCANNED.format("证书.pdf")])


@pytest.mark.django_db
def test_a_scanner_that_does_not_answer_is_not_waited_for(settings, monkeypatch):
    monkeypatch.setattr(virus_scanner, "ANSWER_SECONDS", 0.05)
    with socketserver.TCPServer(("127.0.0.1", 0), socketserver.BaseRequestHandler) as deaf:
        settings.CLAMD_ADDRESS = f"127.0.0.1:{deaf.server_address[1]}"
        assert refused(pdf("证书.pdf"))[0] == "not_scanned"


def test_a_socket_of_this_machine_will_do(settings, tmp_path):
    with listening(LocalDaemon, str(tmp_path / "clamd.ctl")) as server:
        settings.CLAMD_ADDRESS = f"unix:{server.server_address}"
        assert virus_scanner.virus_in(infected()) == "Win.Test.EICAR_HDB-1"
        assert virus_scanner.virus_in(pdf()) == ""


def test_what_is_no_accepted_file_anyway_is_not_sent(daemon):
    with pytest.raises(ValidationError) as refusal:
        inspect(upload("eicar.com", EICAR), SCANS)
    assert (refusal.value.code, daemon.received) == ("wrong_type", b"")
