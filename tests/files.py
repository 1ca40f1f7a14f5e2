"""Files as people upload them: good ones, and each kind that must be refused in words."""

import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl  # noqa: TID251 - as an office program of the people outside
import pikepdf
import pypdfium2
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile


def upload(name, content, mime="application/octet-stream"):
    """An upload as the browser sends it; the media type is what the browser believes."""
    return SimpleUploadedFile(name, content, mime)


def pdf_bytes(pages=1, password=""):
    """A small real PDF, the same at every call; encrypted when a password is given."""
    document = pikepdf.new()
    for _number in range(pages):
        document.add_blank_page(page_size=(595, 842))
    encryption = pikepdf.Encryption(owner=password, user=password) if password else False
    stream = BytesIO()
    document.save(stream, encryption=encryption, deterministic_id=not encryption)
    return stream.getvalue()


def docx_bytes():
    """The least that a Word file consists of."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    return stream.getvalue()


def ofd_bytes(**more):
    """The least that an OFD file consists of; `more` are members beside it."""
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("OFD.xml", "<ofd:OFD xmlns:ofd='http://www.ofdspec.org/2016'/>")
        for name, content in {"Doc_0/Document.xml": "<Document/>", **more}.items():
            archive.writestr(name, content)
    return stream.getvalue()


def einvoice_xml(number="26512000000012345678", buyer="示范建设集团有限公司", amount="2000.00", day="2026-06-02"):
    """An invoice as the tax office hands it out."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<EInvoice><Header><EIid>{number}</EIid></Header><EInvoiceData>
<SellerInformation><SellerName>示范协会</SellerName></SellerInformation>
<BuyerInformation><BuyerIdNum>91510100MA00000000</BuyerIdNum><BuyerName>{buyer}</BuyerName></BuyerInformation>
<BasicInformation><TotalTax-includedAmount>{amount}</TotalTax-includedAmount></BasicInformation>
</EInvoiceData><TaxSupervisionInfo><InvoiceNumber>{number}</InvoiceNumber><IssueTime>{day}</IssueTime>
</TaxSupervisionInfo></EInvoice>""".encode()


def pdf(name="回执.pdf", pages=1, password=""):
    return upload(name, pdf_bytes(pages, password), "application/pdf")


def docx(name="参会回执表.docx"):
    return upload(name, docx_bytes())


def heavy_pdf(megabytes):
    """A PDF that is too large by its size alone."""
    return upload("大文件.pdf", b"%PDF-1.7\n" + b"0" * (megabytes * 1024 * 1024), "application/pdf")


def private_files():
    """Every file in the private storage that somebody has handed in."""
    return [path for path in _stored() if not _is_page(path)]


def page_files():
    """Every image of a page that was drawn from such files."""
    return [path for path in _stored() if _is_page(path)]


def _stored():
    return [path for path in Path(storages["private"].location).rglob("*") if path.is_file()]


def _is_page(path):
    return "pages" in path.relative_to(storages["private"].location).parts


def pdf_text(content):
    """What can be read on each page of a PDF, in one line, without any white space (it is laid out, not written)."""
    with pypdfium2.PdfDocument(content) as document:
        return ["".join(page.get_textpage().get_text_bounded().split()) for page in document]


def pdf_sizes(content):
    """Width and height of each page in millimetres."""
    with pypdfium2.PdfDocument(content) as document:
        return [tuple(round(side / 72 * 25.4) for side in page.get_size()) for page in document]


def workbook(rows, *, title="会员", name="名单.xlsx", before=None):
    """An XLSX upload as an office program saves it; `before(book, sheet)` may spoil it."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    if before:
        before(book, sheet)
    stream = BytesIO()
    book.save(stream)
    return upload(name, stream.getvalue())


def cells(file):
    """The sheets of a written workbook as an office program reads them, {title: rows of values}; none is a formula."""
    file.seek(0)
    book = openpyxl.load_workbook(BytesIO(file.read()))
    assert [c.coordinate for sheet in book for row in sheet.iter_rows() for c in row if c.data_type == "f"] == []
    return {sheet.title: [list(row) for row in sheet.iter_rows(values_only=True)] for sheet in book}
