"""Private files and the rows that own them, compared: files that no row names, rows that have lost their file."""

import json
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db.models import FileField
from django.utils import timezone

from membership.messaging.models import OutboundMessage
from membership.private_files import private

YOUNG = timedelta(hours=24)  # whoever has just uploaded may still be filling in the form
FEW = 100  # so many files without a row may go by themselves …
SHARE = 0.1  # … and this share of all. More looks like a database that is not the one of these files.
KEPT_WITHOUT_ROW = ("kept-resolutions/",)  # waits for its form, signed; its own job removes it


class TooMany(Exception):
    """More files lack a row than can be right: a person has to look (`manage.py check_files --remove`)."""


@dataclass(frozen=True)
class Comparison:
    """`orphans` are keys that no row names; `lost` are (row, key) whose object is gone; `count` is of all objects."""

    orphans: list
    lost: list
    count: int
    size: int


def fields():
    """Every field of the project whose files lie in the private storage."""
    return [
        (model, field)
        for model in apps.get_models()
        for field in model._meta.local_fields
        if isinstance(field, FileField) and field.storage == private()
    ]


def owned():
    """{key: the row that names it}; one row is enough for those that several name."""
    found = {}
    for model, field in fields():
        rows = model._base_manager.exclude(**{field.name: ""}).exclude(**{field.name: None})
        label = f"{model._meta.label}.{field.name}"
        found |= {key: f"{label} {pk}" for pk, key in rows.values_list("pk", field.name).iterator()}
    return found


def attached():
    """Keys that e-mails name: they lie there for the row of their file and outlive it only until they are sent."""
    mails = OutboundMessage.objects.exclude(attachments=[]).values_list("attachments", flat=True)
    return {entry["key"] for entries in mails.iterator() for entry in entries}


def compare(now):
    """Look through storage and database. What came within a day is neither orphan nor lost: it is on its way.

    The storage is listed first: a row that is written meanwhile has its file already, in no list, and is looked for.
    """
    stored, size, known = {}, 0, set()
    for key, written, length in private().stored():
        stored[key], size = written, size + length
    rows = owned()
    known = rows.keys() | attached()
    orphans = [
        key
        for key, written in stored.items()
        if key not in known and written < now - YOUNG and not key.startswith(KEPT_WITHOUT_ROW)
    ]
    lost = [(row, key) for key, row in rows.items() if key not in stored and not private().exists(key)]
    return Comparison(sorted(orphans), sorted(lost), len(stored), size)


def sweep(now=None, *, by_hand=False):
    """Remove files older than a day that no row names; returns their keys.

    Raises TooMany, and removes nothing, when there are more than a slip explains, unless a person has looked.
    """
    found = compare(now or timezone.now())
    if not by_hand and len(found.orphans) > max(FEW, found.count * SHARE):
        raise TooMany(f"{len(found.orphans)} of {found.count} files have no row")
    for key in found.orphans:
        private().delete(key)
    return found.orphans


def sweep_temporary():
    """Remove uploads older than a day that a process left half-read when it died; returns how many."""
    folder = Path(settings.FILE_UPLOAD_TEMP_DIR or tempfile.gettempdir())
    before = (timezone.now() - YOUNG).timestamp()
    old = [path for path in folder.glob("*.upload*") if path.is_file() and path.stat().st_mtime < before]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def write_manifest(out):
    """One line of JSON for each private file, and one for all: what a restored bucket is compared with."""
    count = total = 0
    for key, written, length in private().stored():
        count, total = count + 1, total + length
        out.write(json.dumps({"key": key, "written": written.isoformat(), "bytes": length}) + "\n")
    out.write(json.dumps({"files": count, "bytes": total, "at": timezone.now().isoformat()}) + "\n")
    return count
