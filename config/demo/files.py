"""Real files for the demo: Word and Excel forms to be filled in, and stamped receipts as PDF."""

import zipfile
from io import BytesIO
from xml.sax.saxutils import escape

import pikepdf
from xlsxwriter import Workbook  # noqa: TID251 - ruled forms, no export

CONTENT_TYPES = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Default Extension="xml" ContentType="application/xml"/>
<Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>
</Types>"""  # noqa: E501
RELATIONS = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">
<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="word/document.xml"/>
</Relationships>"""  # noqa: E501
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
EDGES = "".join(f'<w:{edge} w:val="single" w:sz="4"/>' for edge in ("top", "left", "bottom", "right"))
CELL = '<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/><w:tcBorders>' + EDGES + "</w:tcBorders></w:tcPr>{text}</w:tc>"
LINE_CHARACTERS, PAGE_LINES = 34, 25  # of a printed page
CLOSING = "，。；：、）》”"
TEXT_WIDTH = 9000  # twentieths of a point: the width of A4 between its margins


def word_form(title, lines=(), rows=()):
    """A Word file: a centred title, lines of text, and a table whose empty cells are to be filled in."""
    body = _paragraph(title, size=36, align="center") + "".join(_paragraph(line) for line in lines)
    if rows:
        width = TEXT_WIDTH // len(rows[0])
        cells = ("".join(CELL.format(width=width, text=_paragraph(text)) for text in row) for row in rows)
        grid = f'<w:gridCol w:w="{width}"/>' * len(rows[0])
        lines = "".join(f"<w:tr>{row}</w:tr>" for row in cells)
        body += f"<w:tbl><w:tblPr/><w:tblGrid>{grid}</w:tblGrid>{lines}</w:tbl>"
    document = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?><w:document xmlns:w="{WORD}"><w:body>{body}'
        f"{_paragraph('')}</w:body></w:document>"
    )
    stream = BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", RELATIONS)
        archive.writestr("word/document.xml", document)
    return stream.getvalue()


def _paragraph(text, size=24, align="left"):
    """A paragraph; `size` is in half points."""
    return (
        f'<w:p><w:pPr><w:jc w:val="{align}"/></w:pPr><w:r><w:rPr><w:sz w:val="{size}"/></w:rPr>'
        f'<w:t xml:space="preserve">{escape(text)}</w:t></w:r></w:p>'
    )


def sheet_form(title, columns, rows=()):
    """An Excel file: a title over the columns, and rows filled in so far (at least ten are ruled)."""
    stream = BytesIO()
    with Workbook(stream, {"in_memory": True}) as book:
        sheet = book.add_worksheet(title[:31])
        ruled = book.add_format({"border": 1})
        sheet.merge_range(0, 0, 0, len(columns) - 1, title, book.add_format({"bold": True, "align": "center"}))
        sheet.set_column(0, len(columns) - 1, 16)
        for number, row in enumerate([columns, *rows, *[[""] * len(columns)] * max(0, 10 - len(rows))], start=1):
            sheet.write_row(number, 0, row, ruled)
    return stream.getvalue()


def stamped_receipt(unit_name, title, lines):
    """A receipt as a unit returns it: one page of PDF with a round red seal."""
    drawn = [_text(90, 760, 20, title), _text(90, 715, 12, f"单位名称：{unit_name}")]
    drawn += [_text(90, 685 - 24 * number, 12, line) for number, line in enumerate(lines)]
    drawn += [_text(330, 205, 12, f"（盖章）{unit_name}"[:20]), SEAL]
    return _pdf([drawn])


def printed_text(title, paragraphs):
    """A document as PDF: a centred title and indented paragraphs on as many A4 pages as they need."""
    lines = [line for text in paragraphs for line in _wrapped("\u3000\u3000" + text)]
    pages = [lines[start : start + PAGE_LINES] for start in range(0, len(lines), PAGE_LINES)]
    drawn = [[_text(90, 730 - 25 * row, 12, line) for row, line in enumerate(page)] for page in pages]
    drawn[0].append(_text(297 - 9 * len(title), 775, 18, title))
    for number, page in enumerate(drawn, start=1):
        page.append(_text(276, 50, 10, f"— {number} —"))
    return _pdf(drawn)


def _wrapped(text):
    """Lines of one width; digits and Latin letters take half of it, and no line begins with a closing mark."""
    line, width = "", 0
    for character in text:
        if width >= LINE_CHARACTERS and character not in CLOSING:
            yield line
            line, width = "", 0
        line += character
        width += 0.5 if character.isascii() else 1
    yield line


def _pdf(pages):
    """A4 pages of drawing instructions. Every PDF reader brings the Chinese font along, so none is embedded."""
    pdf = pikepdf.new()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type0,
        BaseFont=pikepdf.Name("/STSong-Light-UniGB-UCS2-H"),
        Encoding=pikepdf.Name("/UniGB-UCS2-H"),
        DescendantFonts=[_song(pdf)],
    )
    resources = pdf.make_indirect(pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(font))))
    for drawn in pages:
        page = pdf.add_blank_page(page_size=(595, 842))
        page.Resources = resources
        page.Contents = pdf.make_stream("\n".join(drawn).encode())
    stream = BytesIO()
    pdf.save(stream)
    return stream.getvalue()


def _song(pdf):
    about = pikepdf.Dictionary(
        Type=pikepdf.Name.FontDescriptor, FontName=pikepdf.Name("/STSong-Light"), Flags=6, ItalicAngle=0, Ascent=880,
        Descent=-120, CapHeight=880, StemV=93, FontBBox=[-25, -254, 1000, 880],
    )  # fmt: skip
    system = pikepdf.Dictionary(Registry=pikepdf.String("Adobe"), Ordering=pikepdf.String("GB1"), Supplement=4)
    return pdf.make_indirect(
        pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.CIDFontType0, BaseFont=pikepdf.Name("/STSong-Light"),
            CIDSystemInfo=system, FontDescriptor=pdf.make_indirect(about), DW=1000, W=[1, 95, 500],
        )
    )  # fmt: skip


def _text(x, y, size, text):
    """Draw `text` at x, y points from the lower left corner."""
    return f"BT /F1 {size} Tf {x} {y} Td <{text.encode('utf-16-be').hex()}> Tj ET"


# A circle of radius 60 around 420, 200, from four curves.
SEAL = (
    "q 0.8 0.1 0.1 RG 3 w 480 200 m 480 233.1 453.1 260 420 260 c 386.9 260 360 233.1 360 200 c "
    "360 166.9 386.9 140 420 140 c 453.1 140 480 166.9 480 200 c S Q"
)
