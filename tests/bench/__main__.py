"""`make bench`: every figure of the design in one run, with its goal, whether it is met, and the limits beside it."""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
import traceback
from pathlib import Path

from tests.bench.verdicts import FIGURES, verdicts

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "test-results" / "bench.json"
AT_SIZE = ["P1", "P2", "P3", "P4", "P5", "P6", "P7", "P12", "P13", "P14"]
UNITS, NOTICES, REQUESTS = 10_000, [100, 500, 2_000], 10_000
LIMITS = {"a1_per_second": "A1, a constant", "a2_per_second": "A2, session, user and one query"}
LIMITS |= {"wagtail_per_second": "Wagtail's own listing"}


class Run:
    """What has been measured, and why something was not."""

    def __init__(self, options):
        self.options = options
        self.figures, self.sizes, self.reasons, self.took = {}, [], {}, {}
        self.machine = {"cpus": os.cpu_count(), "load": os.getloadavg(), "python": platform.python_version()}

    def measure(self, names, work):
        """Run `work`, which returns figures, if one of these was chosen; what fails is noted, not raised."""
        if not set(names) & set(self.options.only):
            return
        sys.stdout.write(f"Measuring {', '.join(names)} …\n")
        sys.stdout.flush()
        start = time.monotonic()
        try:
            self.figures |= work(self.options)
        except (Exception, SystemExit) as failure:  # a figure that cannot be measured must not cost the others
            traceback.print_exc()
            lines = f"{type(failure).__name__}: {failure}".strip().splitlines()
            self.reasons |= {name: self.reasons.get(name, lines[0][:200]) for name in names}
        self.took[names[0]] = self.took.get(names[0], 0) + round(time.monotonic() - start)
        self.write()

    def at_size(self, options):
        """The figures of the largest size; those of all sizes are kept for P14."""
        from config.bench import notices  # noqa: PLC0415 - models are there once Django is set up
        from tests.bench.at_size.measuring import measure  # noqa: PLC0415

        largest = max(*options.notices, notices.made().count())
        sizes = [size for size in options.notices if notices.made().count() <= size < largest]
        if not sizes:
            self.reasons["P14"] = f"one size only, {largest} notices: begin with an empty database"
        for size in [*sizes, largest]:
            build(options.units, size)
            self.sizes.append(measure(options, is_last=size == largest))
        return self.sizes[-1]

    def on_data(self, work):
        """The same work, before which there is data; sizes leave some."""

        def _work(options):
            if not self.sizes:
                build(options.units, min(options.notices))
            return work(options)

        return _work

    @property
    def is_smaller(self):
        """Whether less was asked for than the goals are about."""
        asked = self.options
        sizes = asked.units < UNITS or max(asked.notices) < max(NOTICES) or asked.requests < REQUESTS
        return sizes or bool(asked.tests)

    @property
    def lines(self):
        return verdicts(self.figures, self.sizes, self.options.only, self.reasons)

    def write(self):
        """All that is known up to now: a run that is ended early leaves what it has seen."""
        found = {"machine": self.machine, "options": vars(self.options), "seconds": self.took, "figures": self.figures}
        found |= {"is_smaller": self.is_smaller, "sizes": self.sizes, "verdicts": self.lines}
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(found, ensure_ascii=False, indent=1), encoding="utf-8")

    def tell(self):
        for key, name in LIMITS.items():
            if key in self.figures:
                sys.stdout.write(f"limit   {name:<61}{self.figures[key]:.0f} requests a second\n")
        for line in self.lines:
            mark = "met   " if line["met"] else "MISSED"
            sys.stdout.write(f"{mark}  {line['figure']:<4} {line['what']:<62} {line['words']}\n")
        if self.is_smaller:
            sys.stdout.write("Smaller than the goals are about: this shows that it works, not that they are met.\n")
        sys.stdout.write(f"Written to {RESULTS}\n")


def main():
    options = arguments()
    options.database_url = os.environ.get("DATABASE_URL", "")
    if not options.database_url.startswith("postgres"):
        raise SystemExit("Figures are measured on PostgreSQL: DATABASE_URL=postgres://… make bench")
    prepare()
    from tests.bench import by_pytest, fresh, listings, weight, workers  # noqa: PLC0415

    run = Run(options)
    run.measure(AT_SIZE, run.at_size)  # first, while the machine is as quiet as it was found
    run.measure(["P8"], run.on_data(listings.measure))
    run.measure(["P16"], run.on_data(weight.measure))
    run.measure(["P15"], run.on_data(workers.measure))
    run.measure(["P9"], lambda options: by_pytest.measure("test_board.py", options))
    run.measure(["P10"], lambda options: by_pytest.measure("test_bank.py", options))
    run.measure(["P11"], lambda options: by_pytest.measure("test_import.py", options))
    run.measure(["P17"], fresh.start)
    run.measure(["P18"], fresh.test_on_sqlite)
    run.measure(["P18"], fresh.test_on_postgres)
    run.tell()


def arguments():
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--only", nargs="+", default=FIGURES, choices=FIGURES, metavar="P1", help="These figures.")
    parser.add_argument("--units", type=int, default=UNITS)
    parser.add_argument(
        "--notices",
        type=int,
        nargs="+",
        default=NOTICES,
        help="Sizes, each growing from the last; those that the database has outgrown are left out.",
    )
    parser.add_argument("--rounds", type=int, default=5, help="Runs of the client for each page.")
    parser.add_argument("--seconds", type=int, default=3, help="Length of such a run.")
    parser.add_argument("--requests", type=int, default=REQUESTS, help="That web workers answer (P15).")
    parser.add_argument("--tests", default="", help="Arguments for `make test` (P18).")
    return parser.parse_args()


def prepare():
    """Django for this process and the servers: as the demo runs, with DEBUG off; migrated, with its cache."""
    os.environ.update(DJANGO_SETTINGS_MODULE="config.settings.dev", DEBUG="false", STAFF_MFA_REQUIRED="false")
    # Forty people ask as fast as the server answers: more often than the API lets a person ask.
    os.environ.update(OPEN_PAGES_KEPT="true", MEMBER_API_REQUESTS_A_MINUTE="1000000")
    manage("migrate", "--verbosity", "0")
    manage("createcachetable", "--verbosity", "0")
    import django  # noqa: PLC0415

    django.setup()


def manage(*command):
    subprocess.run([sys.executable, "manage.py", *command], cwd=ROOT, check=True)


def build(units, notices):
    manage("build_bench_data", "--units", str(units), "--notices", str(notices))


if __name__ == "__main__":
    main()
