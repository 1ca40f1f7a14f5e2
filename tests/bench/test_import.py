"""Importing ten thousand members from a workbook: time and memory of the check and of the writing (P11)."""

import time

import pytest

from membership import spreadsheets
from membership.jobs import actions as jobs
from membership.spreadsheets import Column, Sheet
from membership.units import actions
from membership.units.models import Membership, Unit, UnitImport
from tests.bench.conftest import UNITS, keep, note
from tests.bench.processes import forget_peak, peak
from tests.factories import notice
from tests.files import upload
from tests.membership.units.conftest import employee
from tests.membership.units.import_files import HEAD, facts

pytestmark = pytest.mark.django_db

ROWS = UNITS


class Peak:
    """The most that this process held while the block ran, in megabytes, and how long that took, in milliseconds."""

    def __enter__(self):
        forget_peak()
        self.start = time.perf_counter()
        return self

    def __exit__(self, *_failure):
        self.took = 1000 * (time.perf_counter() - self.start)
        self.most = peak()


@pytest.fixture
def filled(settings):
    """A workbook of ten thousand members, and jobs that wait until they are run."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    rows = (
        [facts(n, contact_phone=f"13{n:09d}", quality="理事" if n % 2 else "").get(key, "") for key in HEAD]
        for n in range(1, ROWS + 1)
    )
    with spreadsheets.as_file([Sheet("会员", [Column(title) for title in HEAD.values()], rows)], "名单.xlsx") as file:
        return upload("名单.xlsx", file.read())


def test_importing_ten_thousand_members(filled):
    reviewer = employee("会员审核")
    notice(deliver_to_newcomers=True)
    with Peak() as uploading:
        unit_import = actions.start_import(filled, by=reviewer)
    with Peak() as checking:
        jobs.run_job.call(unit_import.job_id)
    unit_import = UnitImport.objects.get()
    assert unit_import.rows.counts()["created"] == ROWS
    unit_import = actions.confirm_import(unit_import, by=reviewer)
    with Peak() as writing:
        jobs.run_job.call(unit_import.job_id)
    assert (Unit.objects.certified().count(), Membership.objects.count()) == (ROWS, ROWS + ROWS // 2)
    parts = {"upload": uploading, "check": checking, "write": writing}
    for name, part in parts.items():
        note(f"import of {ROWS} members: {name} (peak {part.most:.0f} MB)", [part.took])
    took, most = ([getattr(part, what) for part in parts.values()] for what in ("took", "most"))
    keep(import_s=sum(took) / 1000, import_mb=max(most))
