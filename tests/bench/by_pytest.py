"""P9, P10 and P11: what `tests/bench/test_*.py` measure, each file in a process and a database of its own."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.bench import fresh

ROOT = Path(__file__).resolve().parents[2]


def measure(file, options):
    """The figures that the tests of this file note under a key."""
    with tempfile.TemporaryDirectory() as folder:
        found = Path(folder) / "figures.json"
        environment = fresh.environment(DATABASE_URL=options.database_url)
        environment |= {"BENCH_UNITS": str(options.units), "BENCH_FIGURES": str(found)}
        command = [sys.executable, "-m", "pytest", "-n0", "-q", "-m", "bench", f"tests/bench/{file}"]
        ended = subprocess.run(command, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
        if ended.returncode:
            raise RuntimeError(f"tests/bench/{file} failed: {ended.stdout[-2_000:]}{ended.stderr[-500:]}")
        return json.loads(found.read_text(encoding="utf-8"))
