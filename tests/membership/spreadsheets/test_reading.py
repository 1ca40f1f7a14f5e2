"""What people upload as a table: read whatever its program wrote, refused in words when it cannot be, never a bomb."""

import csv
import io
import zipfile
from datetime import date, datetime

import pytest
from django.core.exceptions import ValidationError

from membership import office_files
from membership.spreadsheets import Heading, as_date, as_file, as_text, count_rows, table
from membership.spreadsheets.reading import CellError, Formula
from membership.spreadsheets.writing import Column, Sheet
from tests.files import docx, pdf, upload, workbook

NAME = Heading("name", "单位名称", required=True, synonyms=("名称",))
CODE = Heading("uscc", "统一社会信用代码", required=True)
DAY = Heading("joined_on", "入会时间")
HEADINGS = [NAME, CODE, DAY]
HEAD = ["单位名称*", "统一社会信用代码*", "入会时间"]
moment = datetime.fromisoformat
ROW = ["甲建设", "91510100MA0000001X", "2015-06-30"]


def read(file, limit=100):
    with table(file, HEADINGS, limit=limit) as rows:
        return [(row.number, {key: as_text(value) for key, value in row.values.items()}) for row in rows]


def refused(file, limit=100):
    with pytest.raises(ValidationError) as refusal:
        read(file, limit)
    [sentence] = refusal.value.messages
    return refusal.value.code, sentence


def lines(*rows, encoding="utf-8", delimiter=","):
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return upload("名单.csv", text.getvalue().encode(encoding))


EXPECTED = [(2, {"name": "甲建设", "uscc": "91510100MA0000001X", "joined_on": "2015-06-30"})]


# --- Kinds of files -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_text_files_of_every_program_are_read(encoding, delimiter):
    assert read(lines(HEAD, ROW, encoding=encoding, delimiter=delimiter)) == EXPECTED


def test_workbook_is_read_with_the_row_numbers_of_its_program():
    day = [ROW[0], ROW[1], date(2015, 6, 30)]
    rows = read(workbook([HEAD, [], [None, " "], day, ["", "", ""], day]))
    assert rows == [(4, EXPECTED[0][1]), (6, EXPECTED[0][1])]


def test_our_own_workbook_comes_back_as_it_was():
    columns = [Column(title) for title in HEAD]
    names = ["=1+1", "'甲", "-", "+86 138", "a\tb"]
    with as_file([Sheet("名单", columns, [[name, ROW[1], date(2015, 6, 30)] for name in names])], "x.xlsx") as file:
        file.size = file.seek(0, 2)
        assert [values["name"] for _number, values in read(file)] == names


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (lambda: upload("名单.xlsx", office_files.OLE + b"\0" * 600), "old"),
        (lambda: upload("名单.xls", office_files.OLE + b"\0" * 600), "old"),
        (lambda: docx("名单.xlsx"), "no_table"),
        (lambda: upload("名单.xlsx", b"PK\x03\x04" + b"\0" * 60), "no_table"),
        (lambda: upload("名单.xlsx", workbook([HEAD, ROW]).read()[:-200]), "no_table"),
        (lambda: upload("名单.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), "no_table"),
        (lambda: upload("名单.csv", "单位名称,a\nb\0,c".encode()), "no_table"),
        (lambda: upload("名单.csv", b"\xff\xfe\x00"), "no_table"),
        (lambda: upload("名单.csv", b'"a","' + b"x" * 140_000), "csv"),
        (lambda: pdf("名单.csv"), "no_table"),
        (lambda: upload("名单.csv", b""), "no_head"),
    ],
    ids=["ole", "old", "docx", "zip", "half", "png", "nul", "utf16", "csv", "pdf", "empty"],
)
def test_what_is_no_table_is_refused_in_words(file, code):
    assert refused(file())[0] == code


def test_file_that_is_too_large_is_refused_unread(settings):
    settings.UPLOAD_MAX_BYTES = 1024**2
    assert refused(upload("名单.csv", b"a" * (1024**2 + 1))) == ("too_large", "文件超过 1 MB，请拆分后再上传。")


# --- Bombs ----------------------------------------------------------------------------------------------------------
def spoilt(sheet_xml):
    """A workbook whose sheet is this XML."""
    source, target = zipfile.ZipFile(workbook([HEAD])), io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
        for name in source.namelist():
            copy.writestr(name, sheet_xml if name == "xl/worksheets/sheet1.xml" else source.read(name))
        copy.writestr("ballast", bytes(range(256)) * 3_000, zipfile.ZIP_STORED)  # keeps the ratio in bounds
    return upload("名单.xlsx", target.getvalue())


SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
LAUGHS = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>' + SHEET.format(
    '<row r="1"><c t="inlineStr"><is><t>&b;</t></is></c></row>'
)


def test_row_of_millions_of_cells_ends_its_own_process_only():
    bomb = spoilt(SHEET.format('<row r="1">' + "<c/>" * 10_000_000 + "</row>"))
    assert office_files.office_type(bomb) == office_files.XLSX
    assert refused(bomb)[0] == "no_table"


@pytest.mark.parametrize("xml", [LAUGHS, "<worksheet", SHEET.format('<row r="x"/>')], ids=["laughs", "cut", "number"])
def test_damaged_and_hostile_sheets_are_refused(xml):
    assert refused(spoilt(xml))[0] == "no_table"


def test_cell_far_away_costs_nothing():
    def far(book, sheet):
        sheet["XFD1048576"] = "x"

    assert read(workbook([HEAD, ROW], before=far)) == EXPECTED


# --- Sheets, formulas, merged cells ---------------------------------------------------------------------------------
def test_first_visible_sheet_counts():
    def hide(book, sheet):
        shown = book.create_sheet("第二张")
        for row in (HEAD, ROW):
            shown.append(row)
        sheet.sheet_state = "hidden"

    assert read(workbook([["别的"], ["x"]], before=hide)) == EXPECTED


def test_formulas_are_never_worked_out_and_never_taken_for_empty():
    with table(workbook([HEAD, ["=1+1", *ROW[1:]]]), HEADINGS, limit=9) as rows:
        [row] = rows
    assert isinstance(row.values["name"], Formula)


def test_merged_cells_are_told():
    def merge(book, sheet):
        sheet.merge_cells("A2:A3")

    with table(workbook([HEAD, ROW, ROW], before=merge), HEADINGS, limit=9) as rows:
        values = [row.values.get("name") for row in rows]
    assert (values, rows.merged) == (["甲建设", None], ["A2:A3"])


# --- Titles ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("head", [["名称 ", " 统一社会\n信用代码＊"], ["單位", "单位名称", "统一社会信用代码"]])
def test_titles_are_known_in_any_spelling(head):
    row = ["x"] * (len(head) - 2) + ROW[:2]
    assert [values["name"] for _number, values in read(workbook([head, row]))] == ["甲建设"]


def test_titles_may_stand_below_a_title_of_the_table():
    assert read(workbook([["四川省会员名单"], [], HEAD, ROW])) == [(4, EXPECTED[0][1])]


def test_unknown_columns_are_told():
    with table(workbook([[*HEAD, "备注"], [*ROW, "x"]]), HEADINGS, limit=9) as rows:
        assert (rows.unknown, [row.values.keys() for row in rows]) == (["备注"], [{"name", "uscc", "joined_on"}])


@pytest.mark.parametrize(
    ("head", "code", "sentence"),
    [
        (["甲", "乙"], "no_head", "文件中没有包含“单位名称、统一社会信用代码”的表头行，请使用导入模板。"),
        (["单位名称", "代码"], "missing", "缺少列：统一社会信用代码。请使用导入模板。"),
        ([*HEAD, "名称"], "twice", "列重复：单位名称。请只保留一列。"),
    ],
)
def test_wrong_titles_are_said_in_words(head, code, sentence):
    assert refused(workbook([head, ROW])) == (code, sentence)


def test_rows_are_counted_and_their_number_is_limited():
    rows = [[f"单位{n}", "x"] for n in range(11)]
    assert count_rows(workbook([HEAD, *rows]), HEADINGS, limit=11) == 11
    assert refused(workbook([HEAD, *rows]), limit=10) == ("too_many_rows", "文件超过 10 行，请拆分为多个文件。")
    assert refused(lines(HEAD, *rows), limit=10)[0] == "too_many_rows"
    with pytest.raises(ValidationError) as none:
        count_rows(workbook([HEAD, []]), HEADINGS, limit=10)
    assert none.value.code == "no_rows"


# --- Values ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (" 甲 ", "甲"),
        ("'9135", "9135"),
        (13811138111, "13811138111"),
        (1.3811138111e10, "13811138111"),
        ("1.3811138111E+10", "13811138111"),
        (12.5, "12.5"),
        (True, "True"),
        ("5E3", "5E3"),
        (moment("2015-06-30"), "2015-06-30"),
        (moment("2015-06-30T08:05"), "2015-06-30 08:05"),
    ],
)
def test_values_are_the_texts_that_were_meant(value, text):
    assert as_text(value) == text


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (9.135e17, "digits_lost"),
        (913510100000000000, "digits_lost"),
        ("9.135E+17", "digits_lost"),
        ("1.38E+10", "digits_lost"),
        (Formula(), "formula"),
        (CellError("#N/A"), "cell_error"),
    ],
)
def test_values_that_are_lost_are_said_so(value, code):
    with pytest.raises(ValidationError) as refusal:
        as_text(value)
    assert refusal.value.code == code


@pytest.mark.parametrize(
    "value",
    ["2015-06-30", "2015/6/30", "2015.6.30", "2015年6月30日", "20150630", 20150630, 42185, 42185.25, "2015-06-30 08:00",
     "２０１５－０６－３０", "'2015-06-30", "2015 年 6 月 30 日", moment("2015-06-30T08:00"), date(2015, 6, 30)],
)  # fmt: skip
def test_days_are_read_in_every_spelling(value):
    assert as_date(value) == date(2015, 6, 30)


@pytest.mark.parametrize("value", ["2015", 2015, "2015-06", 2015.06, "30/06/2015", "2015-02-30", "去年", "0000-01-01"])
def test_nobody_guesses_a_day(value):
    with pytest.raises(ValidationError) as refusal:
        as_date(value)
    assert refusal.value.code == "date"


def test_no_day_is_none():
    assert [as_date(value) for value in (None, "", " ")] == [None] * 3
