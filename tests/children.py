"""Child processes that examine and draw files: in tests, one for each content and not for each upload of it."""

import hashlib
from pathlib import Path

from membership.units import uploads
from membership.units.actions import pages

examined, drawn = {}, {}
examine, draw = uploads._facts_in_child, pages._draw_in_child


def _digest(path):
    return hashlib.sha256(Path(path).read_bytes()).digest()


def facts_once(path):
    """What the first child said of a file with this content."""
    content = _digest(path)
    if content not in examined:
        examined[content] = examine(path)
    return examined[content]


def drawn_once(source, mime, first, last):
    """The images that the first child left of a file with this content."""
    key, folder = (_digest(source), mime, first, last), Path(source).parent
    if key not in drawn:
        draw(source, mime, first, last)
        drawn[key] = {image.name: image.read_bytes() for image in folder.glob("*.jpg")}
    for name, image in drawn[key].items():
        (folder / name).write_bytes(image)
