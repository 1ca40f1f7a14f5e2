"""P17 and P18: what is committed, cloned to another folder: started from nothing, and tested."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from tests.bench.at_size.serving import HOST, free_port
from tests.bench.processes import children

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 1_800  # seconds until a start counts as failed
OURS = {"ARGS", "DATABASE_URL", "DEBUG", "DJANGO_SETTINGS_MODULE", "OPEN_PAGES_KEPT", "PORT", "STAFF_MFA_REQUIRED"}
OURS |= {"MAKEFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "MFLAGS", "MEMBER_API_REQUESTS_A_MINUTE", "VIRTUAL_ENV"}


def environment(**more):
    """What surrounds us without what was set for measuring."""
    return {name: value for name, value in os.environ.items() if name not in OURS} | more


@contextmanager
def clone():
    """A folder with what is committed, gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="huiyuan-bench-", ignore_cleanup_errors=True) as folder:
        tree = Path(folder) / "portal"
        subprocess.run([shutil.which("git"), "clone", "--quiet", str(ROOT), str(tree)], check=True)
        yield tree


def start(_options):
    """Seconds of `make run`, with nothing installed and nothing in pip's cache, until the home page is there."""
    port = free_port()
    with clone() as tree, (tree.parent / "log").open("w+") as log:
        begun = time.perf_counter()
        make = subprocess.Popen(
            [shutil.which("make"), "run"],
            cwd=tree,
            env=environment(PORT=str(port), PIP_NO_CACHE_DIR="1"),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            while not _is_home(port):
                if time.perf_counter() - begun > PATIENCE or _ended(make, 0.2):
                    log.seek(0)
                    raise RuntimeError(f"make run did not answer: {log.read()[-1_000:]}")
            return {"run_s": time.perf_counter() - begun}
        finally:
            _end(make)


def _is_home(port):
    try:
        with urlopen(f"http://{HOST}:{port}/", timeout=60) as answer:
            return answer.status == 200
    except (URLError, OSError):
        return False


def _ended(process, seconds):
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return False
    return True


def _end(make):
    """Ask what make started to end, which ends its own children; what is left in the group is killed."""
    if make.poll() is None:
        for child in children(make.pid):
            os.kill(child, signal.SIGTERM)
    if not _ended(make, 60):
        os.killpg(make.pid, signal.SIGKILL)
        make.wait()


def test_on_sqlite(options):
    """Seconds of `make test` in a clone, with our packages."""
    return {"test_sqlite_s": _test(options.tests, environment())}


def test_on_postgres(options):
    """The same on the server of our database; Django makes others there, named after it."""
    return {"test_postgres_s": _test(options.tests, environment(DATABASE_URL=options.database_url))}


def _test(tests, surroundings):
    with clone() as tree:
        (tree / ".venv").symlink_to((ROOT / ".venv").resolve())
        # The lock files of a clone are younger than our packages; these need not be installed again.
        locks = [f"--assume-old={name}" for name in ("requirements.lock", "requirements-dev.lock")]
        begun = time.perf_counter()
        command = [shutil.which("make"), *locks, "test", f"ARGS={tests}"]
        ended = subprocess.run(command, cwd=tree, env=surroundings, check=False, capture_output=True, text=True)
        if ended.returncode:
            raise RuntimeError(f"make test failed: {ended.stdout[-2_000:]}")
        return time.perf_counter() - begun
