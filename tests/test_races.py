"""The table of races in docs/races.md: every scenario has a test and a twin, and each of them exists and commits."""

import ast
import re

import pytest
from django.conf import settings

ROW = re.compile(r"^\| (?!#|-)(.*) \|$", re.MULTILINE)
ID = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")
SCENARIOS = ["T06", "T07", "T08", "T09", "T10", "T11", "T38", "T38", "分会", "审核", "取消", "导入", "编号"]


def table():
    text = (settings.BASE_DIR / "docs" / "races.md").read_text()
    return [row.split(" | ") for row in ROW.findall(text)]


IDS = [found for row in table() for found in ID.findall(" ".join(row))]


def test_every_scenario_has_a_guard_a_test_and_a_twin():
    assert [row[0] for row in table()] == SCENARIOS
    for row in table():
        assert (len(row), bool(row[2]), bool(ID.findall(row[3])), bool(ID.findall(row[4]))) == (5, True, True, True), (
            row
        )


def test_no_test_stands_for_two_scenarios():
    assert len(set(IDS)) == len(IDS)


@pytest.mark.parametrize(("path", "name"), IDS)
def test_each_of_them_exists_and_starts_threads_together(path, name):
    tree = ast.parse((settings.BASE_DIR / path).read_text())
    functions = {node.name: node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assert name in functions
    assert {"at_once", "together"} & called_by(functions[name], functions)


def called_by(function, functions, seen=()):
    """Names that a test calls, also through functions of its own module and as defaults of their parameters."""
    names = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)} - {function.name}
    for name in names & functions.keys() - set(seen):
        names |= called_by(functions[name], functions, {*seen, *names})
    return names
