"""Servers (gunicorn) on loopback, and a client that is quicker than they are (wrk)."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

from config.management.commands.rundemo import answers
from config.processes import Program

WORKERS, CONNECTIONS = 2, 8
HOST = "127.0.0.1"
SCRIPT = """
local all, n = {%s}, 0
request = function()
  n = n %% #all + 1
  return wrk.format("GET", all[n][1], {["Host"] = "%s", ["Cookie"] = all[n][2]})
end
"""
IN_MS = {"us": 0.001, "ms": 1, "s": 1_000}


@dataclass(frozen=True)
class Load:
    """What one run of the client saw."""

    per_second: float
    p99: float  # milliseconds


def free_port():
    """A port of this machine at which nothing answers."""
    with socket.create_server((HOST, 0)) as server:
        return server.getsockname()[1]


@contextmanager
def served(application, **environment):
    """gunicorn with two sync workers at a port of this machine, until the block ends; yields host and port."""
    with gunicorn(application, **environment) as (host, _pid):
        yield host


@contextmanager
def gunicorn(application, **environment):
    """The same; yields host and port, and the key of the process whose children are the workers."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", application, "--workers", str(WORKERS), "--bind", f"{HOST}:{port}"]
    program = Program(application, [*command, "--log-level", "warning"], {**os.environ, **environment})
    program.start()
    try:
        while not answers(port):
            if not program.is_running:
                raise SystemExit(f"gunicorn with {application} ended at once.")
        yield f"{HOST}:{port}", program.process.pid
    finally:
        program.end()


def warm_up(host, requests):
    """Have every worker answer before it is measured: the first answer of each waits for imports."""
    for path, cookies in requests[: 4 * WORKERS]:
        with urlopen(Request(f"http://{host}{path}", headers={"Cookie": cookies}), timeout=60):
            pass


def load(host, requests, seconds):
    """Ask for these (path, cookies) in turn, over eight connections; every answer must be a page."""
    if not shutil.which("wrk"):
        raise SystemExit("wrk is needed to measure: install it (Debian: apt-get install wrk).")
    quoted = ", ".join(f'{{"{path}", "{cookies}"}}' for path, cookies in requests)
    with tempfile.TemporaryDirectory() as directory:
        script = Path(directory) / "requests.lua"
        script.write_text(SCRIPT % (quoted, host), encoding="utf-8")
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "--latency", "-s", str(script), f"http://{host}"]
        told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if "Non-2xx" in told or not re.search(r"[1-9]\d* requests in", told):
        raise SystemExit(f"Not every answer was a page:\n{told}")
    slowest = re.search(r"99%\s+([\d.]+)(us|ms|s)", told)
    return Load(float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1]), float(slowest[1]) * IN_MS[slowest[2]])
