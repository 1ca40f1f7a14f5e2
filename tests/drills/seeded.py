"""The demo association in a cluster of a drill: migrated and seeded once, later loaded from what was kept of it."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.drills.cluster import BIN

ROOT = Path(__file__).resolve().parents[2]


def environment(cluster, database, files):
    """What a program of ours needs to run on this database and these files."""
    own = {"DJANGO_SETTINGS_MODULE": "tests.drills.settings", "DRILL_FILES": str(files)}
    return os.environ | own | {"DRILL_DATABASE_URL": cluster.url(database), "PYTHONPATH": str(ROOT)}


def manage(*arguments, env):
    """A command of ours; what it said. Raises RuntimeError with its last words when it fails."""
    command = [sys.executable, str(ROOT / "manage.py"), *arguments]
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=280, check=False)
    if done.returncode:
        raise RuntimeError(f"{arguments[0]}: {done.stdout[-500:]}{done.stderr[-1500:]}")
    return done.stdout


def seed(cluster, database, files):
    """Make the database with the demo association, and its files in a new folder."""
    cluster.sql(f"CREATE DATABASE {database}")
    kept = _kept()
    if not kept.exists():
        _make(kept, cluster, database, files)
        return
    shutil.copytree(kept / "files", files, dirs_exist_ok=True)
    with (kept / "dump").open("rb") as dump:
        subprocess.run(
            [BIN / "pg_restore", "--no-owner", "--dbname", cluster.url(database).replace("postgres:", "postgresql:")],
            stdin=dump,
            check=True,
        )


def _make(kept, cluster, database, files):
    env = environment(cluster, database, files)
    for arguments in (["migrate", "--verbosity", "0"], ["createcachetable"], ["seed_demo"]):
        manage(*arguments, env=env)
    fresh = kept.parent / f"seeding-{os.getpid()}"
    fresh.mkdir(parents=True)
    shutil.copytree(files, fresh / "files")
    command = [BIN / "pg_dump", "--format=custom", cluster.url(database).replace("postgres:", "postgresql:")]
    with (fresh / "dump").open("wb") as dump:
        subprocess.run(command, stdout=dump, check=True)
    for old in kept.parent.glob("drill-*"):
        shutil.rmtree(old)
    fresh.replace(kept)


def _kept():
    """Under another name as soon as a migration, a package or the demo changes."""
    digest = hashlib.sha256()
    sources = [*ROOT.glob("[!.]*/**/migrations/*.py"), *ROOT.glob("config/demo/*.py")]
    for path in [ROOT / "requirements-dev.lock", *sorted(sources)]:
        digest.update(path.read_bytes())
    return ROOT / ".test" / f"drill-{digest.hexdigest()[:16]}"
