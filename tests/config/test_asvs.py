"""docs/asvs.csv: each requirement has a test that is there, a decision that is written, or a risk with an owner."""

import ast
import csv
import re
from collections import Counter

import pytest
from django.conf import settings

COLUMNS = ["id", "level", "requirement", "applies", "kind", "evidence", "note"]
# How many requirements of level 1 and 2 a chapter has: OWASP ASVS 5.0.0.
CHAPTERS = [27, 11, 19, 10, 9, 35, 18, 7, 7, 29, 14, 9, 13, 9, 13, 16, 7]
with (settings.BASE_DIR / "docs" / "asvs.csv").open(encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))


def of_kind(kind):
    return [pytest.param(row, id=row["id"]) for row in ROWS if row["kind"] == kind]


def names_in(path):
    """`test_x` and `TestY::test_x` of one file."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.ClassDef):
            yield from (f"{node.name}::{each.name}" for each in node.body if isinstance(each, ast.FunctionDef))


def headings_of(path):
    return re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)


def test_every_requirement_has_one_full_row():
    assert [row["id"] for row in ROWS if list(row) != COLUMNS or not all(cell.strip() for cell in row.values())] == []
    assert [key for key, times in Counter(row["id"] for row in ROWS).items() if times > 1] == []
    chapters = Counter(re.fullmatch(r"V(\d+)\.\d+\.\d+", row["id"])[1] for row in ROWS)
    assert [chapters[str(number)] for number in range(1, 18)] == CHAPTERS
    assert Counter(row["level"] for row in ROWS) == {"1": 70, "2": 183}


def test_the_figures_are_those_that_the_document_tells():
    applicable = [row for row in ROWS if row["applies"] == "yes"]
    kinds = Counter(row["kind"] for row in applicable)
    assert len(applicable) == 194
    assert set(kinds) == {"test", "decision", "risk"}
    assert kinds["test"] >= 130
    assert {row["kind"] for row in ROWS if row["applies"] != "yes"} == {"not applicable"}


@pytest.mark.parametrize("row", of_kind("test"))
def test_the_test_is_there(row):
    path, name = row["evidence"].split("::", 1)
    assert name in set(names_in(settings.BASE_DIR / path))
    assert name.split("::")[-1].startswith("test_")


@pytest.mark.parametrize("row", of_kind("decision") + of_kind("risk"))
def test_the_decision_is_written(row):
    path, heading = row["evidence"].split("#", 1)
    assert heading in headings_of(settings.BASE_DIR / path)


@pytest.mark.parametrize("row", of_kind("risk"))
def test_the_risk_has_an_owner_and_stands_in_the_document(row):
    assert re.match(r"Owner: [a-z ]+\. \S", row["note"])
    told = (settings.BASE_DIR / "docs" / "asvs.md").read_text(encoding="utf-8").partition("## Accepted risks")[2]
    assert re.search(rf"^\| [^|]*\b{re.escape(row['id'])}\b", told, re.MULTILINE)
