"""docs/states.md is drawn from the tables of moves, and the check says when it is not."""

import pytest
from django.core.management import CommandError, call_command
from django.db.models import TextChoices

from config.management.commands.states import FILE, MACHINES, diagram, draw


class Light(TextChoices):
    RED = "red", "Red"
    GREEN = "green", "Green"
    UNUSED = "unused", "Unused"


MOVES = {"go": ({Light.RED}, Light.GREEN), "stop": ({Light.GREEN, Light.RED}, Light.RED)}


def test_diagram_has_every_state_in_use_and_every_move():
    assert list(diagram(Light, MOVES, [Light.RED])) == [
        "stateDiagram-v2",
        "    red : Red · Red",
        "    green : Green · Green",
        "    [*] --> red",
        "    red --> green : go",
        "    red --> red : stop",
        "    green --> red : stop",
    ]


def test_page_shows_every_machine():
    page = draw()
    assert page.count("stateDiagram-v2") == len(MACHINES) == 9
    for title, _states, moves, _starts in MACHINES:
        assert f"## {title}\n" in page
        assert all(f" : {verb}\n" in page for verb in moves)
    assert "待审核 · Under review" in page


def test_committed_page_is_in_step():
    call_command("states", check=True)


def test_check_fails_when_the_page_is_out_of_step_and_writes_nothing(settings, tmp_path):
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    with pytest.raises(CommandError, match="out of step"):
        call_command("states", check=True)
    assert not (tmp_path / FILE).exists()

    call_command("states")
    call_command("states", check=True)

    (tmp_path / FILE).write_text(draw() + "x")
    with pytest.raises(CommandError, match="out of step"):
        call_command("states", check=True)
