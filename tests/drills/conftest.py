"""Drills have a marker of their own and real processes, which end with the test."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.files.storage import storages
from django.db import connection

from tests.drills.holding import until

ROOT = Path(__file__).resolve().parents[2]
LEASE = 2  # seconds


def pytest_collection_modifyitems(items):
    for item in items:
        if "/drills/" in str(item.path):
            item.add_marker(pytest.mark.drills)


def own_url():
    """The database of the tests, as another process is told of it."""
    facts = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{facts['NAME']}"
    port = f":{facts['PORT']}" if facts["PORT"] else ""
    return f"postgres://{facts['USER']}@{facts['HOST']}{port}/{facts['NAME']}"


@pytest.fixture
def worker(tmp_path, settings):
    """Start real workers on the database of the test; `kill` ends one at once, as power or the OOM killer does."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default"]}}
    settings.JOB_LEASE_SECONDS = LEASE
    folder = tmp_path / "drill"
    folder.mkdir()
    own = {"DJANGO_SETTINGS_MODULE": "tests.drills.settings", "DRILL_DATABASE_URL": own_url()}
    own |= {"DRILL_FILES": storages["private"].location, "DRILL_FOLDER": str(folder)}
    own |= {"DRILL_LEASE_SECONDS": str(LEASE), "DRILL_SMS_GATEWAY": "tests.drills.gateway"}
    log, started = (tmp_path / "worker.log").open("wb"), []

    def start():
        command = [sys.executable, "manage.py", "db_worker", "--queue-name", "*", "--interval", "0.1"]
        process = subprocess.Popen(
            command, cwd=ROOT, env=os.environ | own, stdout=log, stderr=log, start_new_session=True
        )
        started.append(process)
        return process

    def kill(process):
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def reached(name):
        until(lambda: (folder / name).exists(), f"nobody came to “{name}”: {(tmp_path / 'worker.log').read_text()}")

    yield SimpleNamespace(start=start, kill=kill, reached=reached, folder=folder)
    for process in started:
        if process.poll() is None:
            kill(process)
    log.close()
