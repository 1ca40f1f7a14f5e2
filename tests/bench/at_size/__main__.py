"""Builds what is asked for, measures it, prints figures with verdicts and writes them down."""

import argparse
import json
import os
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
RESULTS = ROOT / "test-results" / "bench-at-size.json"


def main():
    options = arguments()
    if not os.environ.get("DATABASE_URL", "").startswith("postgres"):
        raise SystemExit("Sizes are measured on PostgreSQL: DATABASE_URL=postgres://… make size")
    prepare()
    from tests.bench.at_size.measuring import measure  # noqa: PLC0415 - models are there once Django is set up
    from tests.bench.at_size.verdicts import verdicts  # noqa: PLC0415

    figures = []
    for notices in options.notices:
        build(options.units, notices)
        figures.append(measure(options, is_last=notices == options.notices[-1]))
    found = {"machine": machine(), "options": vars(options), "figures": figures, "verdicts": verdicts(figures)}
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")
    for line in found["verdicts"]:
        sys.stdout.write(
            f"{line['met'] and 'met   ' or 'MISSED'}  {line['figure']:<5} {line['what']:<62} {line['words']}\n"
        )
    sys.stdout.write(f"Written to {RESULTS}\n")


def arguments():
    parser = argparse.ArgumentParser(prog="make size")
    parser.add_argument("--units", type=int, default=10_000)
    parser.add_argument("--notices", type=int, nargs="+", default=[2_000], help="Sizes, each growing from the last.")
    parser.add_argument("--rounds", type=int, default=5, help="Runs of the client for each page.")
    parser.add_argument("--seconds", type=int, default=3, help="Length of such a run.")
    return parser.parse_args()


def prepare():
    """Django for this process and the servers: as the demo runs, with DEBUG off; migrated, with its cache."""
    os.environ.update(DJANGO_SETTINGS_MODULE="config.settings.dev", DEBUG="false", STAFF_MFA_REQUIRED="false")
    os.environ["OPEN_PAGES_KEPT"] = "true"
    manage("migrate", "--verbosity", "0")
    manage("createcachetable", "--verbosity", "0")
    import django  # noqa: PLC0415

    django.setup()


def manage(*command):
    subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=True)


def build(units, notices):
    manage("build_bench_data", "--units", str(units), "--notices", str(notices))


def machine():
    return {"cpus": os.cpu_count(), "load": os.getloadavg(), "python": platform.python_version()}


if __name__ == "__main__":
    main()
