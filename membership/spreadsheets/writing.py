"""The one writer of workbooks: streamed, every cell a text, a number or a date, and never a formula."""

import math
import re
import tempfile
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import xlsxwriter  # noqa: TID251 - the one place that writes workbooks
from django.core.files import File
from django.template.defaultfilters import yesno
from django.utils import timezone

TEXT_MAX = 32_767  # what a cell can hold
TITLE_MAX = 31
WIDTH_MIN, WIDTH_MAX = 10, 60
FIRST_YEAR = 1900  # the calendar of spreadsheets knows no earlier day
EXACT_DIGITS = 15  # of a number in a spreadsheet
CHOICES_MAX = 255  # characters of a list to choose from
ROWS_WITH_CHOICES = 10_000

# What spreadsheet programs take for the beginning of a formula, half and full width.
STARTS_FORMULA = tuple("=+-@＝＋－＠\t\r\n")
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
NOT_IN_TITLES = re.compile(r"[\[\]:*?/\\]")


@dataclass(frozen=True)
class Column:
    """A column: its title, its width in characters (0: by the title) and values offered to choose from."""

    title: str
    width: int = 0
    choices: Sequence[str] = ()


@dataclass(frozen=True)
class Sheet:
    """A sheet: its title, its columns, and rows of values in their order."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence] = ()


def write(stream, sheets):
    """Write a workbook into the binary `stream`, row by row: memory does not grow with the number of rows.

    Values are texts (also lazy ones), numbers, dates, moments, booleans or None. Texts that could be taken for a
    formula get an apostrophe in front, which our reader takes off again (threats T24).
    """
    book = xlsxwriter.Workbook(stream, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"})
    formats = {
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "num_format": "@"}),
        "text": book.add_format({"num_format": "@"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }
    taken = set()
    for sheet in sheets:
        title = _free_title(sheet.title, taken)
        _write_sheet(book.add_worksheet(title), sheet, formats)
    book.close()


def as_file(sheets, name):
    """The workbook as a Django File called `name`, on disk and deleted when it is closed."""
    stream = tempfile.TemporaryFile()  # noqa: SIM115 - the File that is returned closes it
    write(stream, sheets)
    stream.seek(0)
    return File(stream, name=name)


def safe_text(value):
    """The value as a text that no program takes for a formula and that XML can hold."""
    text = ILLEGAL.sub("", str(value))
    if text.lstrip(" \u3000").startswith(STARTS_FORMULA) or text.startswith("'"):
        text = f"'{text}"
    return text if len(text) <= TEXT_MAX else f"{text[: TEXT_MAX - 1]}…"


def _write_sheet(page, sheet, formats):
    page.freeze_panes(1, 0)
    for number, column in enumerate(sheet.columns):
        # New cells of the column are texts too: a credit code that is typed there stays as it was typed.
        page.set_column(number, number, column.width or _width(column.title), formats["text"])
        if column.choices and len(",".join(column.choices)) <= CHOICES_MAX:
            offered = {"validate": "list", "source": list(column.choices), "error_type": "warning"}
            page.data_validation(1, number, ROWS_WITH_CHOICES, number, offered)
    for number, column in enumerate(sheet.columns):
        page.write_string(0, number, safe_text(column.title), formats["head"])
    for line, row in enumerate(sheet.rows, start=1):
        for number, value in enumerate(row):
            _write_cell(page, line, number, value, formats)


def _write_cell(page, line, number, value, formats):
    if value is None or value == "":
        return
    if isinstance(value, bool):
        page.write_string(line, number, yesno(value), formats["text"])
    elif isinstance(value, datetime) and value.year > FIRST_YEAR:
        local = timezone.localtime(value) if timezone.is_aware(value) else value
        page.write_datetime(line, number, local.replace(tzinfo=None), formats["moment"])
    elif isinstance(value, date) and value.year > FIRST_YEAR:
        page.write_datetime(line, number, value, formats["date"])
    elif isinstance(value, int | float | Decimal) and math.isfinite(value) and abs(value) < 10**EXACT_DIGITS:
        page.write_number(line, number, value)
    else:
        page.write_string(line, number, safe_text(value), formats["text"])


def _width(title):
    """Room for the title; a character of Chinese takes two columns."""
    room = 2 + sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in str(title))
    return min(max(room, WIDTH_MIN), WIDTH_MAX)


def _free_title(title, taken):
    """The title as spreadsheets allow it: 31 characters, some of them not, and each once whatever its case."""
    clean = NOT_IN_TITLES.sub(" ", ILLEGAL.sub("", str(title))).strip().strip("'") or "-"
    free, number = clean[:TITLE_MAX], 2
    while free.lower() in taken:
        ending = f" {number}"
        free, number = clean[: TITLE_MAX - len(ending)] + ending, number + 1
    taken.add(free.lower())
    return free
