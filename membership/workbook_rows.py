"""Reads a workbook in a process of its own with little memory and time: `python -m membership.workbook_rows FILE`.

A small file can unpack to a row of millions of cells. Here that ends this process and nothing else.
"""

import datetime
import json
import resource
import sys
import warnings

from openpyxl import load_workbook  # noqa: TID251 - the one place that reads workbooks
from openpyxl.worksheet._reader import FORMULA_TAG, WorkSheetParser  # noqa: TID251

MEMORY_BYTES = 512 * 1024 * 1024
CPU_SECONDS = 60
MAX_COLUMN = 256


class Parser(WorkSheetParser):
    """Knows a formula that no program has worked out: such a cell is not empty."""

    def parse_cell(self, element):
        cell = super().parse_cell(element)
        if cell["value"] is None and element.find(FORMULA_TAG) is not None:
            cell["data_type"] = "f"
        return cell


def plain(cell):
    """The value of a cell as JSON can hold it; None for an empty one. Moments, formulas and errors are marked."""
    value, kind = cell["value"], cell["data_type"]
    if kind == "f":
        return {"formula": True}
    if kind == "e":
        return {"error": str(value)}
    if isinstance(value, datetime.datetime | datetime.date):
        return {"moment": value.isoformat()}
    if value is None or isinstance(value, int | float):
        return value
    return str(value).encode("utf-8", "replace").decode() if str(value).strip() else None


def rows(path):
    """Rows of the first visible sheet that hold something, as [number, {column: value}]; at the end the merged cells.

    Only cells that are there are read: a sheet that claims a million rows costs nothing.
    """
    book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
    sheet = next(sheet for sheet in book.worksheets if sheet.sheet_state == "visible")
    with sheet._get_source() as source:
        parser = Parser(
            source,
            sheet._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for number, cells in parser.parse():
            held = {cell["column"]: plain(cell) for cell in cells if cell["column"] <= MAX_COLUMN}
            held = {column: value for column, value in held.items() if value is not None}
            if held:
                yield [number, held]
    merged = parser.merged_cells.mergeCell if parser.merged_cells else []
    yield {"merged": [area.ref for area in merged]}


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    warnings.simplefilter("ignore")
    for row in rows(sys.argv[1]):
        sys.stdout.write(json.dumps(row) + "\n")
