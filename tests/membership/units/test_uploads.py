"""What is accepted as a file and in which words the rest is refused; the table of good and bad files."""

import struct
import zipfile
import zlib
from io import BytesIO
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from PIL import Image

from membership import office_files
from membership.audit.models import AuditEntry
from membership.units import pdf_facts, uploads
from membership.units.actions import store_document
from membership.units.models import Document
from membership.units.states import DocumentKind
from membership.units.uploads import DOC, DOCX, FORMS, JPEG, PDF, PNG, SCANS, XLS, XLSX, clean_name, inspect
from tests.factories import UnitFactory, clerk
from tests.files import docx_bytes, pdf_bytes, private_files, upload

pytestmark = pytest.mark.children

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
OLE = office_files.OLE + b"\0" * 504


def archive(members, compression=zipfile.ZIP_STORED):
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as file:
        for name, content in members.items():
            file.writestr(name, content)
    return stream.getvalue()


def office(part, **more):
    return archive({"[Content_Types].xml": "<Types/>", part: "<x/>", **more})


def ole(*streams):
    """The directory of an old Office file: names in UTF-16, each in an entry of 128 bytes."""
    return OLE + b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in streams)


def image(kind, size=(30, 20), mode="RGB"):
    stream = BytesIO()
    Image.new(mode, size).save(stream, kind)
    return stream.getvalue()


def png_header(width, height):
    """A PNG that says how large it is and holds almost nothing."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def zip_with_long_directory():
    """Its list of members alone is longer than any form needs, whatever number of them it admits to."""
    content = docx_bytes()
    end = content.rindex(office_files.ZIP_END)
    return content[:end] + content[end : end + 12] + struct.pack("<I", 2**21) + content[end + 16 :]


WORD_BOMB = archive(
    {"[Content_Types].xml": "<Types/>", "word/document.xml": b"0" * 5_000_000}, compression=zipfile.ZIP_DEFLATED
)
WIDE_BOMB = archive({"[Content_Types].xml": "", "word/document.xml": "", **{f"{n}.xml": "" for n in range(1_000)}})

GOOD = {
    "回执.pdf": (lambda: pdf_bytes(2), SCANS, PDF, 2),
    "a.PDF": (lambda: pdf_bytes(), SCANS, PDF, 1),
    "照片.jpg": (lambda: image("JPEG"), SCANS, JPEG, None),
    "照片.JPEG": (lambda: image("JPEG", mode="CMYK"), SCANS, JPEG, None),
    "照片.png": (lambda: image("PNG"), SCANS, PNG, None),
    "large.png": (lambda: png_header(8_000, 5_000), SCANS, PNG, None),
    "参会回执表.docx": (docx_bytes, FORMS, DOCX, None),
    "参会回执表.xlsx": (lambda: office("xl/workbook.xml"), FORMS, XLSX, None),
    "旧版.doc": (lambda: ole("Root Entry", "WordDocument"), FORMS, DOC, None),
    "旧版.xls": (lambda: ole("Root Entry", "Workbook"), FORMS, XLS, None),
    "更旧.xls": (lambda: ole("Root Entry", "Book"), FORMS, XLS, None),
}


@pytest.mark.parametrize("name", GOOD)
def test_good_file_is_known_for_what_it_is(name):
    make, accept, mime, pages = GOOD[name]
    facts = inspect(upload(name, make()), accept)
    assert (facts.name, facts.mime, facts.pages) == (name, mime, pages)


def test_facts_hold_size_and_hash_of_the_content():
    facts = inspect(upload("a.png", png_header(1, 1)), SCANS)
    assert (facts.size, len(facts.sha256)) == (len(png_header(1, 1)), 64)


def test_inspected_file_is_ready_to_be_read_again():
    for name, (make, accept, _mime, _pages) in GOOD.items():
        file = upload(name, make())
        inspect(file, accept)
        assert file.tell() == 0


SCAN_WORDS = "“{}”不符合要求：文件必须是真正的 PDF / JPG / PNG 文件，不能只更改扩展名"
FORM_WORDS = "“{}”不符合要求：文件必须是真正的 PDF / DOC / DOCX / XLS / XLSX / JPG / PNG 文件，不能只更改扩展名"
EMPTY = "文件“{}”是空的"
LARGE = "文件“{}”超过 20 MB，文件必须小于 20 MB"
DAMAGED = "PDF 文件“{}”已损坏或没有页面，请重新扫描或导出后上传"
LOCKED = "文件“{}”有密码保护，请取消密码后上传"
BROKEN_IMAGE = "图片“{}”已损坏，请重新扫描或导出后上传"
PIXELS = "图片“{}”超过 4000 万像素，请降低分辨率重新扫描后上传"

BAD = [
    ("empty.pdf", b"", SCANS, EMPTY),
    ("large.pdf", lambda: b"%PDF-1.7\n" + b"0" * 21 * 1024 * 1024, SCANS, LARGE),
    ("one-too-many.pdf", lambda: b"%PDF-1.7\n".ljust(20 * 1024 * 1024 + 1, b"0"), SCANS, LARGE),
    ("word.pdf", docx_bytes, SCANS, SCAN_WORDS),
    ("word-as-form.pdf", docx_bytes, FORMS, FORM_WORDS),
    ("setup.pdf.exe", pdf_bytes, SCANS, SCAN_WORDS),
    ("program.pdf", b"MZ\x90\0" + b"\0" * 60, SCANS, SCAN_WORDS),
    ("no-extension", pdf_bytes, SCANS, SCAN_WORDS),
    ("page.pdf", b"<html><script>alert(1)</script></html>", SCANS, SCAN_WORDS),
    ("drawing.svg", SVG, SCANS, SCAN_WORDS),
    ("drawing.png", SVG, SCANS, SCAN_WORDS),
    ("photo.heic", b"\0\0\0\x18ftypheic" + b"\0" * 40, SCANS, SCAN_WORDS),
    ("polyglot.pdf", lambda: b"<script>alert(1)</script>" + pdf_bytes(), SCANS, SCAN_WORDS),
    ("png-as.jpg", lambda: image("PNG"), SCANS, SCAN_WORDS),
    ("scan.docx", docx_bytes, SCANS, SCAN_WORDS),
    ("password.pdf", lambda: pdf_bytes(password="geheim"), SCANS, LOCKED),
    ("no-pages.pdf", lambda: pdf_bytes(pages=0), SCANS, DAMAGED),
    ("cut-in-half.pdf", lambda: pdf_bytes(3)[: len(pdf_bytes(3)) // 2], SCANS, DAMAGED),
    ("cut-at-the-end.pdf", lambda: pdf_bytes(3)[:-20], SCANS, DAMAGED),
    ("head-only.pdf", b"%PDF-1.7\n%%EOF", SCANS, DAMAGED),
    ("macros.docx", lambda: office("word/document.xml", **{"word/vbaProject.bin": "x"}), FORMS, FORM_WORDS),
    ("macros.xlsx", lambda: office("xl/workbook.xml", **{"xl/VBAPROJECT.bin": "x"}), FORMS, FORM_WORDS),
    ("macros.doc", lambda: ole("WordDocument", "_VBA_PROJECT"), FORMS, FORM_WORDS),
    ("installer.doc", lambda: ole("Root Entry", "Property"), FORMS, FORM_WORDS),
    ("workbook.doc", lambda: ole("Root Entry", "Workbook"), FORMS, FORM_WORDS),
    ("archive.docx", lambda: archive({"a.txt": "a"}), FORMS, FORM_WORDS),
    ("slides.docx", lambda: office("ppt/presentation.xml"), FORMS, FORM_WORDS),
    ("half.docx", lambda: docx_bytes()[:60], FORMS, FORM_WORDS),
    ("ratio.docx", WORD_BOMB, FORMS, FORM_WORDS),
    ("members.docx", WIDE_BOMB, FORMS, FORM_WORDS),
    ("directory.docx", zip_with_long_directory, FORMS, FORM_WORDS),
    ("zip64.docx", lambda: docx_bytes() + office_files.ZIP64_LOCATOR, FORMS, FORM_WORDS),
    ("broken.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 40, SCANS, BROKEN_IMAGE),
    ("broken.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 40, SCANS, BROKEN_IMAGE),
    ("9000x9000.png", lambda: png_header(9_000, 9_000), SCANS, PIXELS),
    ("bomb.png", lambda: png_header(60_000, 60_000), SCANS, PIXELS),
    ("just-over.png", lambda: png_header(8_000, 5_001), SCANS, PIXELS),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("name", "content", "accept", "words"), BAD, ids=[row[0] for row in BAD])
def test_bad_file_is_refused_in_words_and_nothing_is_kept(name, content, accept, words):
    unit = UnitFactory()
    owner = clerk(unit)
    file = upload(name, content() if callable(content) else content)

    with pytest.raises(ValidationError) as refused:
        store_document(file, unit=unit, kind=DocumentKind.RECEIPT, by=owner, accept=accept)

    assert refused.value.messages == [words.format(name)]
    assert (Document.objects.count(), AuditEntry.objects.count(), private_files()) == (0, 0, [])


@pytest.mark.django_db
def test_sum_of_an_archive_is_limited_even_when_it_is_hardly_packed(monkeypatch):
    monkeypatch.setattr(office_files, "ZIP_MAX_BYTES", 10)
    with pytest.raises(ValidationError):
        inspect(upload("a.docx", docx_bytes()), FORMS)


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("回执.pdf", "回执.pdf"),
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\李四\\回执.pdf", "回执.pdf"),
        ("a\0b.pdf", "ab.pdf"),
        ('a";\r\nX: y.pdf', "a;X y.pdf"),
        ("😀证书.pdf", "😀证书.pdf"),
        ("fdp.\u202eexe", "fdp.exe"),
        ("\ud800.pdf", "pdf"),
        ("  .hidden. ", "hidden"),
        ("..", "file"),
        ("", "file"),
        ("证" * 300 + ".pdf", "证" * 146 + ".pdf"),
        ("a." + "x" * 300, "a." + "x" * 148),
    ],
)
def test_clean_name(name, clean):
    assert clean_name(name) == clean


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["证" * 300 + ".pdf", "😀" * 200 + ".pdf", "a\0b.pdf", "../../../x.pdf"])
def test_file_with_a_strange_name_is_kept_under_a_key_that_says_nothing(name):
    unit = UnitFactory()
    file = upload("x.pdf", pdf_bytes())
    file._name = name  # what arrives when a server hands the name through unshortened

    document = store_document(file, unit=unit, kind=DocumentKind.RECEIPT, by=clerk(unit))

    assert document.original_name == clean_name(name)
    assert [path.name for path in private_files()] == [Path(document.file.name).name]
    assert Path(document.file.name).name.isalnum()


def test_pdf_is_looked_at_in_a_process_with_limits(tmp_path):
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_bytes(4))
    assert uploads._facts_in_child(str(path)) == {"pages": 4, "encrypted": False}
    assert (pdf_facts.MEMORY_BYTES, pdf_facts.CPU_SECONDS) == (512 * 1024**2, 10)


def test_child_that_takes_too_long_is_a_damaged_file(tmp_path, monkeypatch):
    path = tmp_path / "a.pdf"
    path.write_bytes(pdf_bytes())
    monkeypatch.setattr(uploads, "PDF_TIMEOUT_SECONDS", 0.001)
    assert uploads._facts_in_child(str(path)) is None
