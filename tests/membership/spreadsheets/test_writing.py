"""What leaves as a workbook: no formula, no broken file, real numbers and dates, in constant memory."""

import tracemalloc
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import openpyxl  # noqa: TID251 - as an office program of the people outside
import pytest
from django.utils.translation import gettext_lazy

from membership.spreadsheets import Column, Sheet, as_file, write
from tests.files import cells

moment = datetime.fromisoformat


def written(*rows, columns=("单位名称",)):
    with as_file([Sheet("名单", [Column(title) for title in columns], rows)], "名单.xlsx") as file:
        return cells(file)["名单"][1:]


def opened(*columns):
    with as_file([Sheet("名单", columns)], "名单.xlsx") as file:
        return openpyxl.load_workbook(file).active


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+86138", "'+86138"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1+1", "'＝1+1"),
        ("＠SUM", "'＠SUM"),
        (" =1", "' =1"),
        ("\u3000=1", "'\u3000=1"),
        ("\t=1", "'\t=1"),
        ("\x00=1", "'=1"),
        ("'quoted", "''quoted"),
        ('=HYPERLINK("http://x","y")', '\'=HYPERLINK("http://x","y")'),
        ("建设\x00集团\x0b", "建设集团"),
        ("a\ud800b", "ab"),
        ("𠮷 \u202e<b>", "𠮷 \u202e<b>"),
        ("9135010000000000XX", "9135010000000000XX"),
    ],
)
def test_text_stays_a_text(text, cell):
    assert written([text]) == [[cell]]


def test_text_that_is_too_long_for_a_cell_is_cut():
    [[text]] = written(["字" * 40_000])
    assert (len(text), text[-1]) == (32_767, "…")


def test_numbers_and_dates_are_real_and_nothing_stays_empty():
    evening = datetime(2026, 11, 25, 16, 30, tzinfo=UTC)
    row = [7, Decimal("12.50"), date(2024, 2, 29), evening, None, "", True, gettext_lazy("Unit name")]
    [[number, amount, day, local, *rest]] = written(row, columns="一二三四五六七八")
    assert (number, amount, day, local) == (7, 12.5, moment("2024-02-29"), moment("2026-11-26T00:30"))
    assert rest == [None, None, "是", "单位名称"]


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**17, date(1899, 1, 1)])
def test_what_a_cell_cannot_count_is_written_as_text(value):
    assert written([value]) == [[str(value)]]


def test_head_is_bold_and_stays_in_sight():
    sheet = opened(Column("单位名称"), Column("人数", width=30))
    assert (sheet["A1"].value, sheet["A1"].font.b, sheet.freeze_panes) == ("单位名称", True, "A2")
    assert [round(sheet.column_dimensions[name].width) for name in "AB"] == [11, 31]


def test_values_to_choose_from_are_offered():
    [rule] = opened(Column("级别", choices=["理事", "会员"])).data_validations.dataValidation
    assert (rule.formula1, str(rule.sqref)) == ('"理事,会员"', "A2:A10001")


def test_several_sheets_get_titles_that_are_allowed_and_differ():
    titles = ["回执", "回执", "[a]:b*?/\\", "", "名" * 40, "名" * 50]
    stream = BytesIO()
    write(stream, [Sheet(title, [Column("x")], [[1]]) for title in titles])
    assert list(cells(stream)) == ["回执", "回执 2", "a  b", "-", "名" * 31, "名" * 29 + " 2"]


def test_memory_does_not_grow_with_the_rows():
    def peak(count):
        tracemalloc.start()
        as_file([Sheet("名单", [Column("单位名称")], ([f"单位{n}" * 100] for n in range(count)))], "x.xlsx").close()
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(10)
    assert peak(4_000) - peak(400) < 1_000_000  # of 4 MB of text
