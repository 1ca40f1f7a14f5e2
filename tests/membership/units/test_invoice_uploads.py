"""OFD and XML of invoices: known by their content, refused in words when they are something else or a trap."""

import zipfile
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError

from membership import office_files, plain_xml
from membership.units.uploads import FORMS, INVOICES, OFD, PDF, SCANS, XML, inspect, kinds_in_words
from tests.files import docx_bytes, einvoice_xml, ofd_bytes, pdf_bytes, upload

WORDS = "“{}”不符合要求：文件必须是真正的 PDF / OFD / XML 文件，不能只更改扩展名"
DAMAGED = "XML 文件“{}”已损坏，或含有发票不应有的内容，请重新下载后上传"
LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><x>&b;</x>"""
OUTSIDE = b"""<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>"""


def bomb():
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("OFD.xml", b"0" * 5_000_000)
    return stream.getvalue()


def ofd_below():
    """OFD.xml lies in a folder: an archive of something else."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("folder/OFD.xml", "<OFD/>")
    return stream.getvalue()


def in_gb18030():
    return einvoice_xml().decode().replace("UTF-8", "GB18030").encode("gb18030")


@pytest.mark.parametrize(
    ("name", "make", "mime"),
    [
        ("发票.pdf", pdf_bytes, PDF),
        ("发票.ofd", ofd_bytes, OFD),
        ("发票.OFD", ofd_bytes, OFD),
        ("发票.xml", einvoice_xml, XML),
        ("gbk.xml", in_gb18030, XML),
        ("bom.xml", lambda: b"\xef\xbb\xbf" + einvoice_xml(), XML),
    ],
)
def test_files_of_invoices_are_known_by_their_content(name, make, mime):
    file = upload(name, make())
    assert (inspect(file, INVOICES).mime, file.tell()) == (mime, 0)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("setup.exe", b"MZ\x90\0" + b"\0" * 60, WORDS),
        ("setup.pdf", b"MZ\x90\0" + b"\0" * 60, WORDS),
        ("setup.ofd", b"MZ\x90\0" + b"\0" * 60, WORDS),
        ("ofd.pdf", ofd_bytes, WORDS),
        ("pdf.ofd", pdf_bytes, WORDS),
        ("word.ofd", docx_bytes, WORDS),
        ("below.ofd", ofd_below, WORDS),
        ("bomb.ofd", bomb, WORDS),
        ("zip64.ofd", lambda: ofd_bytes() + office_files.ZIP64_LOCATOR, WORDS),
        ("half.ofd", lambda: ofd_bytes()[:40], WORDS),
        ("macros.docx", docx_bytes, WORDS),
        ("page.xml", b"<html><script>alert(1)</script></html>", WORDS),
        ("laughs.xml", LAUGHS, DAMAGED),
        ("outside.xml", OUTSIDE, DAMAGED),
        ("cut.xml", lambda: einvoice_xml()[:-12], DAMAGED),
        ("latin.xml", b'<?xml version="1.0" encoding="ISO-8859-1"?><x/>', DAMAGED),
        ("lie.xml", lambda: einvoice_xml().decode().encode("gb18030"), DAMAGED),
        ("nul.xml", b'<?xml version="1.0"?><x>\x00</x>', DAMAGED),
        ("deep.xml", b'<?xml version="1.0"?>' + b"<a>" * 65 + b"</a>" * 65, DAMAGED),
        ("long.xml", lambda: b'<?xml version="1.0"?><x>' + b" " * plain_xml.MAX_BYTES + b"</x>", DAMAGED),
    ],
)
def test_what_is_no_file_of_an_invoice_is_refused_in_words(name, content, said):
    with pytest.raises(ValidationError) as refused:
        inspect(upload(name, content() if callable(content) else content), INVOICES)
    assert [message.rstrip("。") for message in refused.value.messages] == [said.format(name)]


@pytest.mark.parametrize("accept", [SCANS, FORMS], ids=["scans", "forms"])
@pytest.mark.parametrize("name", ["a.ofd", "a.xml"])
def test_other_papers_take_neither(accept, name):
    content = ofd_bytes() if name == "a.ofd" else einvoice_xml()
    with pytest.raises(ValidationError) as refused:
        inspect(upload(name, content), accept)
    assert refused.value.code == "wrong_type"


def test_kinds_are_named():
    assert kinds_in_words(INVOICES) == "PDF / OFD / XML"


def test_texts_are_read_by_their_tags():
    assert plain_xml.texts_of(b'<?xml version="1.0"?><n:a xmlns:n="u"><n:b> 1 </n:b><b>2</b><c/></n:a>') == {"b": "1"}
