"""Workbooks: the one writer of every XLSX that leaves the house, and the one reader of tables that people upload."""

from membership.spreadsheets.reading import Heading, Row, as_date, as_text, count_rows, rows, table
from membership.spreadsheets.writing import Column, Sheet, as_file, write

__all__ = ["Column", "Heading", "Row", "Sheet", "as_date", "as_file", "as_text", "count_rows", "rows", "table", "write"]
