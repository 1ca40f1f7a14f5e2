"""Rules of the house that no linter knows: names, sizes, and who may move a state."""

import ast
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from wagtail.models import ReferenceIndex

ROOT = Path(settings.BASE_DIR)
PACKAGES = ("config", "portal", "home", "cms", "membership")
LABELS = {"messaging", "jobs", "accounts", "units", "dues", "tracking", "cms", "home", "portal", "audit", "config"}
STATES = {"state", "receipt_state"}
MOVERS = {"actions.py", "models.py", "moves.py"}  # verbs, querysets, and the one UPDATE that they share
MAX_LINES = 450
TEXT_FILES = {".py", ".html", ".js", ".toml", ".md", ".txt", ".json", ".sh", ""}


def modules():
    found = [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]
    return [path for path in sorted(found) if "migrations" not in path.parts]


def name(path):
    return str(path.relative_to(ROOT))


def moved_states(source):
    """Lines that assign a state: `x.state = …`, or `.update(state=…)`."""
    for node in ast.walk(ast.parse(source)):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        if any(isinstance(target, ast.Attribute) and target.attr in STATES for target in targets):
            yield node.lineno
        is_update = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update"
        if is_update and STATES & {keyword.arg for keyword in node.keywords}:
            yield node.lineno


def test_labels_of_our_apps_are_fixed():
    ours = {config.label for config in apps.get_app_configs() if config.name.split(".")[0] in PACKAGES}
    assert ours == LABELS


@pytest.mark.parametrize(
    ("source", "lines"),
    [
        ("unit.state = 1", [1]),
        ("a.b.receipt_state: str = 1", [1]),
        ("rows.filter(state=1).update(x=2)", []),
        ("rows.update(\n    state=1)", [1]),
        ("state = 1", []),
    ],
)
def test_the_search_for_moved_states_finds_them(source, lines):
    assert list(moved_states(source)) == lines


def test_only_verbs_and_querysets_move_a_state():
    found = [
        f"{name(path)}:{line}"
        for path in modules()
        if path.name not in MOVERS and not {"actions", "models"} & set(path.parts)
        for line in moved_states(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_rooms_with_shared_moves_assign_no_state_of_their_own():
    """Jobs, messages and receipts move by `move_rows` alone, so that the table of moves is the only copy."""
    rooms = ("jobs", "messaging", "tracking")
    found = [
        f"{name(path)}:{line}"
        for room in rooms
        for path in sorted((ROOT / "membership" / room).rglob("*.py"))
        for line in moved_states(path.read_text(encoding="utf-8"))
    ]
    assert found == []


def test_no_module_is_named_after_a_technique():
    assert [name(path) for path in modules() if path.stem in {"utils", "helpers", "common", "misc", "services"}] == []


def test_every_module_says_what_it_owns():
    silent = [
        name(path)
        for path in modules()
        if (source := path.read_text(encoding="utf-8")).strip() and not ast.get_docstring(ast.parse(source))
    ]
    assert silent == []


def test_no_file_is_too_long():
    folders = (*PACKAGES, "templates", "tests", "docs")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*") if path.suffix in TEXT_FILES]
    long = [
        name(path)
        for path in files
        if path.is_file() and "migrations" not in path.parts and "__pycache__" not in path.parts
        if len(path.read_text(encoding="utf-8").splitlines()) > MAX_LINES
    ]
    assert long == []


def test_records_of_the_machine_cost_the_worker_no_task():
    """Wagtail would index references out of every row that is saved; these rooms write many and hold no content."""
    rooms = ("tracking", "messaging", "jobs", "audit")
    models = [model for room in rooms for model in apps.get_app_config(room).get_models()]
    assert [model for model in models if ReferenceIndex.model_is_indexable(model)] == []
