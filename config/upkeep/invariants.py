"""What must hold in every room at any moment: money, receipts, files, trail; `manage.py check_invariants` asks it."""

from django.utils import timezone

from config.upkeep import files
from membership.audit import sealing
from membership.dues import invariants as dues
from membership.tracking import invariants as tracking

SHOWN = 20


def broken():
    """Sentences about whatever is broken; empty when all is well."""
    return [*dues.broken(), *tracking.broken(), *_files(), *_trail()]


def _trail():
    fault = sealing.verify().fault
    if fault:
        yield f"the audit trail has been changed: {fault}"


def _files():
    found = files.compare(timezone.now())
    if found.lost:
        yield f"rows whose file is gone: {', '.join(row for row, _key in found.lost[:SHOWN])}"
    if found.orphans:
        yield f"files older than a day without a row ({len(found.orphans)}): {', '.join(found.orphans[:SHOWN])}"
