"""The rest of the corpus of bad files: with those of test_uploads and test_invoice_uploads more than sixty by name.

Each is refused in words, or taken and made harmless: never given back as something that a browser runs.
"""

import resource
from io import BytesIO

import pikepdf
import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from membership.audit.models import AuditEntry
from membership.private_files import as_download
from membership.units import pdf_facts
from membership.units.actions import store_document
from membership.units.models import Document
from membership.units.states import DocumentKind
from membership.units.uploads import FORMS, SCANS
from tests.factories import UnitFactory, clerk
from tests.files import docx_bytes, pdf_bytes, private_files, upload
from tests.membership.units import test_invoice_uploads, test_uploads
from tests.membership.units.test_uploads import FORM_WORDS, LOCKED, SCAN_WORDS, archive, image, office, ole

pytestmark = [pytest.mark.django_db, pytest.mark.children]

NESTED = {"[Content_Types].xml": "<Types/>", "inner.zip": archive({"a": "0" * 1000})}

REFUSED = [
    ("moving.gif", lambda: image("GIF"), SCANS, SCAN_WORDS),
    ("gif-as.png", lambda: image("GIF"), SCANS, SCAN_WORDS),
    ("webp-as.jpg", lambda: image("WEBP"), SCANS, SCAN_WORDS),
    ("scan.tiff", lambda: image("TIFF"), SCANS, SCAN_WORDS),
    ("bmp-as.png", lambda: image("BMP"), SCANS, SCAN_WORDS),
    ("packed.svgz", b"\x1f\x8b\x08\0" + b"\0" * 40, SCANS, SCAN_WORDS),
    ("page.pdf.html", lambda: pdf_bytes() + b"<script>alert(1)</script>", SCANS, SCAN_WORDS),
    ("junk-first.pdf", lambda: b"\n\n" + pdf_bytes(), SCANS, SCAN_WORDS),
    ("mail.pdf", b"MIME-Version: 1.0\nContent-Type: multipart/related\n", SCANS, SCAN_WORDS),
    ("shortcut.pdf", b"L\0\0\0\x01\x14\x02\0" + b"\0" * 60, SCANS, SCAN_WORDS),
    ("linux.pdf", b"\x7fELF\x02\x01\x01" + b"\0" * 60, SCANS, SCAN_WORDS),
    ("script.pdf", b"#!/bin/sh\nrm -rf /\n", SCANS, SCAN_WORDS),
    ("spaces.pdf", b" " * 4096, SCANS, SCAN_WORDS),
    ("protected.docx", lambda: ole("EncryptionInfo", "EncryptedPackage"), FORMS, FORM_WORDS),
    ("text.doc", b"{\\rtf1\\ansi{\\*\\objdata 0105}}", FORMS, FORM_WORDS),
    ("form.docm", docx_bytes, FORMS, FORM_WORDS),
    ("form.xlsm", lambda: office("xl/workbook.xml"), FORMS, FORM_WORDS),
    ("nested.docx", lambda: archive(NESTED), FORMS, FORM_WORDS),
    ("program.jar", lambda: archive({"META-INF/MANIFEST.MF": "Main-Class: A"}), FORMS, FORM_WORDS),
    ("page.xml", b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', FORMS, FORM_WORDS),
]


def refuse(name, content, accept):
    unit = UnitFactory()
    with pytest.raises(ValidationError) as refused:
        store_document(upload(name, content), unit=unit, kind=DocumentKind.RECEIPT, by=clerk(unit), accept=accept)
    assert (Document.objects.count(), AuditEntry.objects.count(), private_files()) == (0, 0, [])
    return refused.value.messages


@pytest.mark.parametrize(("name", "content", "accept", "words"), REFUSED, ids=[row[0] for row in REFUSED])
def test_bad_file_is_refused_in_words_and_nothing_is_kept(name, content, accept, words):
    assert refuse(name, content() if callable(content) else content, accept) == [words.format(name)]


def test_pdf_with_a_password_of_its_owner_alone_is_refused():
    """It opens without a password; what may be done with it is restricted, and office programs balk at it."""
    stream = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        document.save(stream, encryption=pikepdf.Encryption(owner="geheim", user=""))
    assert refuse("restricted.pdf", stream.getvalue(), SCANS) == [LOCKED.format("restricted.pdf")]


# --- Taken, and harmless --------------------------------------------------------------------------------------------
def pdf_with(change):
    stream = BytesIO()
    with pikepdf.new() as document:
        document.add_blank_page()
        change(document)
        document.save(stream)
    return stream.getvalue()


def runs_script(document):
    action = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
    document.Root.OpenAction = action


def launches(document):
    document.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="cmd.exe")


def holds_a_program(document):
    document.attachments["setup.exe"] = pikepdf.AttachedFileSpec(document, b"MZ\x90")


def inflates(document):
    """300 KB that become 300 MB when they are unpacked."""
    document.make_stream(b"0" * 300_000_000)
    document.pages[0].Contents = document.make_stream(b"0" * 300_000_000)


def moving_png():
    stream = BytesIO()
    frames = [Image.new("RGB", (8, 8), shade) for shade in range(3)]
    frames[0].save(stream, "PNG", save_all=True, append_images=frames[1:])
    return stream.getvalue()


HARMLESS = {
    "javascript.pdf": lambda: pdf_with(runs_script),
    "launch.pdf": lambda: pdf_with(launches),
    "attachment.pdf": lambda: pdf_with(holds_a_program),
    "thousand-pages.pdf": lambda: pdf_bytes(1000),
    "script-at-the-end.pdf": lambda: pdf_bytes().replace(b"%%EOF", b"%<script>alert(1)</script>\n%%EOF"),
    "script-at-the-end.jpg": lambda: image("JPEG") + b"<script>alert(1)</script>",
    "archive-at-the-end.png": lambda: image("PNG") + archive({"a.exe": "MZ"}),
    "moving.png": moving_png,
}


@pytest.mark.parametrize("name", HARMLESS)
def test_what_cannot_be_told_from_a_good_file_leaves_as_a_download_that_nothing_runs(name):
    unit = UnitFactory()
    stored = store_document(
        upload(name, HARMLESS[name]()), unit=unit, kind=DocumentKind.RECEIPT, by=clerk(unit), accept=SCANS
    )
    answer = as_download(stored.file, name=stored.original_name, mime=stored.mime)
    assert {header: answer[header] for header in ("Content-Disposition", "X-Content-Type-Options")} == {
        "Content-Disposition": f'attachment; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
    }
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["Content-Type"] in SCANS
    answer.close()


def test_pdf_that_inflates_is_counted_without_being_inflated(tmp_path):
    path = tmp_path / "bomb.pdf"
    path.write_bytes(pdf_with(inflates))
    assert path.stat().st_size < 1_000_000
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert pdf_facts.facts(path) == {"pages": 1, "encrypted": False}
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50 * 1024  # KB


def test_the_corpus_has_sixty_names():
    elsewhere = [row[0] for row in test_uploads.BAD]
    of_invoices = test_invoice_uploads.test_what_is_no_file_of_an_invoice_is_refused_in_words.pytestmark[0].args[1]
    names = {*elsewhere, *(row[0] for row in of_invoices), *(row[0] for row in REFUSED), *HARMLESS}
    assert len(names) >= 60
