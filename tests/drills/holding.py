"""Waiting in a drill: until something is so, or while a file lies there."""

import time
from pathlib import Path
from threading import Event

PATIENCE = 90.0  # seconds, on a machine that is busy with other work


def until(condition, complaint="it did not come about", patience=PATIENCE):
    """Ask again until it is so and return the answer; AssertionError with the complaint when time is up."""
    end = time.monotonic() + patience
    while not (answer := condition()):
        assert time.monotonic() < end, complaint
        Event().wait(0.05)
    return answer


def hold(folder, name):
    """Say that this place is reached, and stay while the file `hold` lies in the folder."""
    Path(folder, name).touch()
    while Path(folder, "hold").exists():
        Event().wait(0.05)
