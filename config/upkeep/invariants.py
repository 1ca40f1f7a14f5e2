"""What must hold in every room at any moment: money, receipts, files; `manage.py check_invariants` asks it."""

from django.utils import timezone

from config.upkeep import files
from membership.dues import invariants as dues
from membership.tracking import invariants as tracking

SHOWN = 20


def broken():
    """Sentences about whatever is broken; empty when all is well."""
    return [*dues.broken(), *tracking.broken(), *_files()]


def _files():
    found = files.compare(timezone.now())
    if found.lost:
        yield f"rows whose file is gone: {', '.join(row for row, _key in found.lost[:SHOWN])}"
    if found.orphans:
        yield f"files older than a day without a row ({len(found.orphans)}): {', '.join(found.orphans[:SHOWN])}"
