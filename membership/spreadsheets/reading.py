"""The one reader of uploaded tables: XLSX and CSV, row by row, with words for whatever is wrong with the file."""

import codecs
import csv
import io
import itertools
import json
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from membership.office_files import OLE, XLSX, ZIP, office_type

HEAD_WITHIN = 20  # rows: above the titles of the columns there may be a title of the table
EXACT_DIGITS = 15
BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
ENCODINGS = ("utf-8", "gb18030")
SCIENTIFIC = re.compile(r"(\d)(?:\.(\d+))?E\+?(\d{1,2})", re.IGNORECASE)
DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:[ T]\d{1,2}:\d{2}(?::\d{2})?)?")
TAB_IN_CELL = re.compile(r"\t+(?=\"?[,;])")
EPOCH = date(1899, 12, 30)
SERIAL = range(10_000, 80_000)  # 1927 to 2119; smaller numbers are rather years


@dataclass(frozen=True)
class Heading:
    """A column that is looked for: the key for its values, the title, other titles that mean the same."""

    key: str
    title: str
    required: bool = False
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """A row that holds something: its number as spreadsheet programs count, and raw values by key."""

    number: int
    values: dict


@dataclass
class Table:
    """An uploaded table: walk through it once for its rows; `merged` is known when all are read."""

    titles: dict
    unknown: list
    rows: object
    merged: list = field(default_factory=list)

    def __iter__(self):
        return self.rows


class Formula:
    """The value of a cell whose formula no program has worked out."""


@dataclass(frozen=True)
class CellError:
    """The value of a cell in which a formula failed: #N/A and the like."""

    text: str


def refuse(sentence, code, **params):
    return ValidationError(sentence, code=code, params=params)


@contextmanager
def table(file, headings, *, limit):
    """Open an uploaded file (a Django File) as a Table with these headings.

    Entering and walking raise ValidationError in words: no table, no such columns, more than `limit` rows. What the
    file is, its content says. Formulas are not evaluated; a value that a program has worked out is taken.
    """
    merged = []
    with _raw_rows(file, merged) as raw:
        numbers, titles = _find_head(raw, headings)
        known = {column for column, _key in titles.items()}
        unknown = [str(title).strip() for column, title in numbers.items() if column not in known]
        yield Table(titles, unknown, _data(raw, titles, limit), merged)


@contextmanager
def rows(file, *, limit):
    """Open an uploaded file (a Django File) as raw rows, (number, {column from 1: value}), whatever its titles are.

    Entering and walking raise ValidationError in words: no table, more than `limit` rows that hold something.
    """
    with _raw_rows(file, []) as raw:
        yield _at_most(raw, limit)


def _at_most(raw, limit):
    for count, row in enumerate(raw, start=1):
        if count > limit:
            raise _too_many(limit)
        yield row


def count_rows(file, headings, *, limit):
    """Read the file once for its problems as a whole; returns the number of its rows. Raises ValidationError."""
    with table(file, headings, limit=limit) as rows:
        count = sum(1 for _row in rows)
    if not count:
        raise refuse(_("The file has titles of columns but no rows below them."), "no_rows")
    return count


def as_text(value):
    """A raw value as the text that the person meant; raises ValidationError where digits or the value are lost."""
    if value is None:
        return ""
    if isinstance(value, Formula):
        raise refuse(_("The cell holds a formula without a value. Copy it and paste it as a value."), "formula")
    if isinstance(value, CellError):
        raise refuse(_("The cell holds the error %(error)s."), "cell_error", error=value.text)
    if isinstance(value, datetime) and (value.hour or value.minute):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _digits(value)
    text = str(value).strip()
    text = text[1:].lstrip() if text.startswith("'") else text
    found = SCIENTIFIC.fullmatch(text)
    return _expanded(*found.groups(default="")) if found and int(found[3]) >= 9 else text


def as_date(value):
    """A raw value as a date, also from the number that spreadsheets count days by; None when empty.

    Raises ValidationError for what is no day of the calendar, also for a year or a month alone: nobody guesses here.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and int(value) in SERIAL:
        return EPOCH + timedelta(days=int(value))
    text = unicodedata.normalize("NFKC", as_text(value))
    if not text:
        return None
    found = DAY.fullmatch(re.sub(r"(?<=[-/.年月]) +| +(?=[-/.年月日])", "", text))
    try:
        return date(*(int(part) for part in found.groups() if part))
    except (AttributeError, ValueError) as failure:
        raise refuse(_("“%(text)s” is no date. Write it like 2015-06-30."), "date", text=text[:30]) from failure


def _digits(number):
    if abs(number) >= 10**EXACT_DIGITS:
        raise _digits_lost()
    return str(int(number)) if int(number) == number else f"{number:.15g}"


def _expanded(first, more, exponent):
    """1.3811138111E+10 as the digits it stands for, if all of them are there."""
    if len(more) < int(exponent):
        raise _digits_lost()
    return (first + more)[: int(exponent) + 1]


def _digits_lost():
    sentence = _(
        "The spreadsheet program has turned the digits into a number and lost some. Format the cell as text and type "
        "them again."
    )
    return refuse(sentence, "digits_lost")


# --- Which row has the titles ---------------------------------------------------------------------------------------
def _title(text):
    """A title as it is compared: half width, without spaces, line ends and the star of required columns."""
    return re.sub(r"[\s*'\ufeff]", "", unicodedata.normalize("NFKC", str(text))).lower()


def _find_head(raw, headings):
    """The row of titles: the first of those at the top that has the most of them. Returns its cells and {column: key}.

    Rows above it are passed over.
    """
    by_title = {_title(name): heading for heading in headings for name in (heading.title, *heading.synonyms)}
    best = ({}, [])
    waiting = []
    for _number, cells in raw:
        found = [(column, by_title[_title(text)]) for column, text in cells.items() if _title(text) in by_title]
        waiting.append((_number, cells))
        if len(found) > len(best[1]):
            best, waiting = (cells, found), []
        if len(best[1]) == len(headings) or _number >= HEAD_WITHIN:
            break
    raw.push_back(waiting)
    cells, found = best
    _check_head(found, headings)
    return cells, {column: heading.key for column, heading in found}


def _check_head(found, headings):
    if not found:
        titles = "、".join(str(heading.title) for heading in headings if heading.required)
        raise refuse(
            _("The file has no row with the titles of the columns: %(titles)s. Use the template."),
            "no_head",
            titles=titles,
        )
    counts = Counter(heading.key for _column, heading in found)
    twice = "、".join(str(heading.title) for heading in headings if counts[heading.key] > 1)
    if twice:
        raise refuse(_("These columns are there twice: %(titles)s. Delete one of each."), "twice", titles=twice)
    missing = "、".join(str(heading.title) for heading in headings if heading.required and not counts[heading.key])
    if missing:
        raise refuse(_("These columns are missing: %(titles)s. Use the template."), "missing", titles=missing)


def _data(raw, titles, limit):
    count = 0
    for number, cells in raw:
        values = {key: cells[column] for column, key in titles.items() if column in cells}
        if not values:
            continue
        count += 1
        if count > limit:
            raise _too_many(limit)
        yield Row(number, values)


def _too_many(limit):
    sentence = _("The file has more than %(limit)s rows. Divide it into several files.")
    return refuse(sentence, "too_many_rows", limit=limit)


# --- Raw rows: (number, {column: value}) ----------------------------------------------------------------------------
class RawRows:
    """Rows of a file, some of which can be put back."""

    def __init__(self, rows):
        self._rows, self._returned = rows, []

    def push_back(self, rows):
        self._returned = list(rows)

    def __iter__(self):
        return self

    def __next__(self):
        return self._returned.pop(0) if self._returned else next(self._rows)


@contextmanager
def _raw_rows(file, merged):
    file.seek(0)
    head = file.read(8)
    file.seek(0)
    if file.size > settings.UPLOAD_MAX_BYTES:
        limit = settings.UPLOAD_MAX_BYTES // 1024**2
        raise refuse(_("The file is larger than %(limit)s MB. Divide it."), "too_large", limit=limit)
    if head.startswith(OLE):
        raise refuse(
            _("This is a workbook of the old kind, or one with a password. Save it as .xlsx without a password."), "old"
        )
    if head.startswith(b"%PDF"):
        raise _no_table()
    if head.lstrip().lower().startswith((b"<html", b"<!doc", b"<?xml", b"<table")):
        sentence = _(
            "This is a web page, whatever its name ends in. Open it with a spreadsheet program, save it as .xlsx."
        )
        raise refuse(sentence, "web_page")
    if head.startswith(ZIP):
        if office_type(file) != XLSX:
            raise _no_table()
        with _workbook(file, merged) as rows:
            yield RawRows(rows)
    else:
        yield RawRows(_csv(file))


def _no_table():
    return refuse(_("This is no readable table. Upload an Excel file (.xlsx) or a CSV file."), "no_table")


@contextmanager
def _workbook(file, merged):
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        command = [sys.executable, "-m", "membership.workbook_rows", copy.name]
        child = subprocess.Popen(  # noqa: S603
            command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=settings.BASE_DIR, encoding="utf-8"
        )
        try:
            yield _from_child(child, merged)
        finally:
            child.kill()
            child.communicate()


def _from_child(child, merged):
    for line in child.stdout:
        row = json.loads(line)
        if isinstance(row, dict):
            merged.extend(row["merged"])
        else:
            yield row[0], {int(column): _revived(value) for column, value in row[1].items()}
    if child.wait():
        raise _no_table()


def _revived(value):
    if not isinstance(value, dict):
        return value
    if "moment" in value:
        return datetime.fromisoformat(value["moment"])
    return CellError(value["error"]) if "error" in value else Formula()


def _csv(file):
    """Rows of a text file: comma, semicolon or tab, in UTF-8, UTF-16 or GB18030."""
    text = io.TextIOWrapper(io.BytesIO(file.read()), encoding=_encoding(file), newline="")
    sample = "".join(itertools.islice(text, HEAD_WITHIN))
    text.seek(0)
    number = 0
    try:
        for number, cells in enumerate(csv.reader(text, delimiter=_delimiter(sample)), start=1):
            held = {column: cell for column, cell in enumerate(cells, start=1) if cell.strip()}
            if held:
                yield number, held
    except csv.Error as failure:
        raise refuse(_("The file cannot be read from row %(number)s on."), "csv", number=number + 1) from failure


def _delimiter(sample):
    """What stands between the cells of these lines; tabs that a bank puts after digits, to keep them text, do not."""
    return max(",;\t", key=TAB_IN_CELL.sub("", sample).count)


def _encoding(file):
    """How the characters are written: said by the mark at the beginning, else the first that fits the whole file."""
    file.seek(0)
    content = file.read()
    file.seek(0)
    marked = next((name for bom, name in BOMS.items() if content.startswith(bom)), None)
    for name in [marked] if marked else ENCODINGS:
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return name
    raise _no_table()
