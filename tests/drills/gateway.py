"""A gateway of a drill: an SMS has left when it stands in the file; then it may hang."""

import os
from pathlib import Path

from tests.drills.holding import hold


def send(recipient, text, *, template="", variables=None):
    folder = os.environ["DRILL_FOLDER"]
    with Path(folder, "left").open("a", encoding="utf-8") as file:
        file.write(f"{recipient} {text}\n")
    hold(folder, "handed-over")
    return "drill"
