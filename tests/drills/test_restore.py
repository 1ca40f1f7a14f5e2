"""The restore is rehearsed; and a backup that is broken turns the rehearsal red."""

import subprocess
import sys

from tests.drills.conftest import ROOT


def drill(*arguments):
    command = [sys.executable, "-m", "tests.drills.restore", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600, check=False)


def test_restored_to_the_second():
    told = drill()
    assert told.returncode == 0, told.stdout + told.stderr
    assert told.stdout.endswith("restore drill green\n")


def test_wal_that_was_cut_short_turns_it_red():
    told = drill("--cut-wal")
    assert told.returncode == 1
    assert "restore drill RED: the restored server does not start" in told.stdout
    assert "wrong size" in told.stdout
