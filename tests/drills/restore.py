"""The restore drill: a cluster with WAL archive is seeded, backed up, broken and restored to the second.

`python -m tests.drills.restore` ends with 0 when every step held; with --cut-wal a WAL file is cut short after the
backup, as a full disk would, and the drill must go red.
"""

import argparse
import os
import shutil
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from tests.drills import seeded
from tests.drills.cluster import Cluster

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = ("archive_wal.sh", "base_backup.sh", "check.sh", "first_wal.sh", "restore.sh")
DATABASE = "huiyuan_ops_restore"
PRIMARY_CONNECTIONS = 60
COUNTED = ("accounts_user", "units_unit", "tracking_delivery", "tracking_receipt", "dues_payment", "audit_auditentry")
PATIENCE = 60  # seconds for the archiver and the recovery


class Red(Exception):
    """A step did not hold."""


class Drill:
    """The steps, in their order; `steps` collects (what, seconds)."""

    def __init__(self, cluster, cut_wal=False):
        self.cluster, self.cut_wal, self.steps = cluster, cut_wal, []
        self.backups, self.scripts = cluster.home / "backups", cluster.home / "scripts"
        self.files, self.restored = cluster.home / "files", cluster.home / "restored"
        for folder in (self.backups, self.scripts, self.files):
            folder.mkdir()
            if os.geteuid() == 0:
                shutil.chown(folder, "postgres")
        for name in SCRIPTS:
            shutil.copy(ROOT / "deploy" / "backup" / name, self.scripts)
        archive = f"BACKUP_DIR={self.backups} {self.scripts}/archive_wal.sh %p %f"
        cluster.settings |= {"archive_mode": "on", "archive_command": archive, "wal_level": "replica"}
        cluster.settings |= {"max_connections": PRIMARY_CONNECTIONS}

    @contextmanager
    def step(self, what):
        began = time.monotonic()
        try:
            yield
        except Red:
            raise
        except Exception as failure:
            raise Red(f"{what}: {failure}") from failure
        finally:
            self.steps.append((what, time.monotonic() - began))

    def script(self, name, *arguments, check=True, **environment):
        environment |= {"BACKUP_DIR": str(self.backups)}
        return self.cluster.run(self.scripts / name, *arguments, check=check, **environment)

    def manage(self, *arguments):
        return seeded.manage(*arguments, env=seeded.environment(self.cluster, DATABASE, self.files))

    def sql(self, statement, *values):
        return self.cluster.sql(statement, *values, database=DATABASE)

    def counts(self):
        return {table: self.sql(f"SELECT count(*) FROM {table}")[0][0] for table in COUNTED}  # noqa: S608 - our tables

    def archived(self):
        """Close the WAL file that is being written, and wait until the archive has it."""
        [(name,)] = self.sql("SELECT pg_walfile_name(pg_switch_wal())")
        wait_until(lambda: (self.backups / "wal" / name).exists(), f"{name} was not archived")
        return self.backups / "wal" / name

    def note(self, text):
        self.sql("INSERT INTO drill_note VALUES (%s)", text)

    def notes(self):
        return [text for (text,) in self.sql("SELECT text FROM drill_note ORDER BY text")]

    # --- The steps --------------------------------------------------------------------------------------------------
    def run(self):
        with self.step("start a cluster with WAL archive"):
            self.cluster.start()
        with self.step("seed the association"):
            seeded.seed(self.cluster, DATABASE, self.files)
            self.sql("CREATE TABLE drill_note (text text)")
        self._back_up()
        moment, before = self._write_more()
        with self.step("break it: a table dropped, rows deleted, the disk lost"):
            self.sql("DROP TABLE tracking_opinion CASCADE")
            self.sql("DELETE FROM dues_paidyear")
            self.note("after")
            self.archived()
            self.cluster.stop("immediate")
            shutil.rmtree(self.cluster.data)
        self._restore(moment)
        self._verify(before)

    def _back_up(self):
        with self.step("base backup, verified, with the manifest of files"):
            manifest = self.cluster.home / "manifest.jsonl"
            self.manage("check_files", "--manifest", str(manifest))
            self.script("base_backup.sh", MANIFEST_COMMAND=f"cp {manifest}")
            stamp = (self.backups / "last-good").read_text().strip()
            kept = (self.backups / "files" / f"{stamp}.jsonl").read_text().splitlines()
            if len(kept) != sum(1 for path in self.files.rglob("*") if path.is_file()) + 1:
                raise Red("the manifest does not list the files")

    def _write_more(self):
        with self.step("write more, and note the second"):
            # The name of a base backup is exact to a second: the moment is a later one.
            stamp = (self.backups / "last-good").read_text().strip()
            second = "SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYYMMDD\"T\"HH24MISS\"Z\"')"
            wait_until(lambda: self.sql(second)[0][0] > stamp, "no later second")
            self.note("before, in a closed file")
            first = self.archived()
            self.note("before, in the next file")
            before = self.counts()
            moment = self.sql("SELECT clock_timestamp()::text")[0][0]
            self.archived()
            if self.cut_wal:
                content = first.read_bytes()
                first.write_bytes(content[: len(content) // 3])
            told = self.script("check.sh", check=False)
            if (told.returncode != 0) != self.cut_wal:
                raise Red(f"the check of the backup is wrong: {told.stdout}{told.stderr}")
        return moment, before

    def _restore(self, moment):
        with self.step("restore to that second"):
            self.script("restore.sh", self.restored, moment)
            refused = self.cluster.start(self.restored, check=False, max_connections=PRIMARY_CONNECTIONS // 2)
            if not refused.returncode or "insufficient parameter settings" not in self.cluster.log():
                raise Red("with fewer connections than its primary the restored server was to refuse to start")
            del self.cluster.settings["max_connections"]  # as restore.sh has written it
            started = self.cluster.start(self.restored, check=False, archive_mode="off")
            if started.returncode:
                raise Red(f"the restored server does not start: {self.cluster.log()[-600:]}")
            wait_until(lambda: not self.sql("SELECT pg_is_in_recovery()")[0][0], "recovery does not end")

    def _verify(self, before):
        with self.step("rows as they were, to the last before that second"):
            if self.notes() != ["before, in a closed file", "before, in the next file"]:
                raise Red(f"restored to another moment: {self.notes()}")
            if self.counts() != before:
                raise Red(f"{self.counts()} instead of {before}")
        with self.step("every invariant holds, files too"):
            self.manage("check_invariants")


def wait_until(condition, complaint):
    """Ask again until it is so, for a minute at most."""
    end = time.monotonic() + PATIENCE
    while not condition():
        if time.monotonic() > end:
            raise Red(complaint)
        Event().wait(0.1)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cut-wal", action="store_true", help="cut a WAL file short: the drill must fail")
    options, began, verdict = parser.parse_args(), time.monotonic(), "green"
    with Cluster(fsync="off", archive_timeout=60) as cluster:
        drill = Drill(cluster, cut_wal=options.cut_wal)
        try:
            drill.run()
        except Red as red:
            verdict = f"RED: {red}"
    for what, seconds in drill.steps:
        sys.stdout.write(f"{seconds:7.1f} s  {what}\n")
    sys.stdout.write(f"{time.monotonic() - began:7.1f} s  restore drill {verdict}\n")
    return 0 if verdict == "green" else 1


if __name__ == "__main__":
    sys.exit(main())
