"""`make drills`: every row of the fault matrix with the tests that prove it, and a table of what came of each.

Tests that stand elsewhere are called there. A row is red when one of its tests fails, is skipped or is not found.
"""

import sys
import time

import pytest

D, M, P = "tests/drills/", "tests/membership/", "tests/portal/"
ROWS = {
    "worker killed (-9) mid-task": [
        f"{D}test_workers.py::test_killed_between_two_effects_each_is_there_once",
        f"{D}test_workers.py::test_killed_after_the_message_has_left_it_leaves_no_second_time",
    ],
    "enqueue vs commit": [
        f"{D}test_workers.py::test_killed_before_it_committed_nothing_was_asked_for",
        f"{M}jobs/test_actions.py::test_rolled_back_change_leaves_no_job_and_no_task",
        f"{M}jobs/test_actions.py::test_waiting_job_that_no_worker_was_told_of_is_handed_over_again",
        f"{M}jobs/test_actions.py::test_schedulers_at_once_ask_once",
        f"{M}jobs/test_actions.py::test_twin_without_the_mark_asks_for_it_twice",
    ],
    "database connection dropped, restarted": [
        f"{D}test_site.py::test_database_restarts_under_traffic",
        f"{D}test_site.py::test_connections_of_the_site_are_ended_one_by_one",
    ],
    "database slow, lock held": [
        f"{D}test_site.py::test_row_that_is_held_costs_whoever_wants_it_some_seconds_and_nobody_else",
        "tests/config/test_outages.py::test_the_second_of_two_is_told_that_a_colleague_is_at_it",
    ],
    "SMS gateway down, slow, refusing": [f"{M}messaging/test_faults.py", f"{P}test_gateway_down.py"],
    "object store down; killed between object and row": [
        f"{D}test_object_store.py",
        f"{D}test_workers.py::test_killed_between_file_and_row_the_file_goes_after_a_day",
        "tests/config/test_outages.py::test_without_object_store_a_download_says_so",
        "tests/config/upkeep/test_files.py",
    ],
    "Redis down, slow, flushed": ["tests/config/test_caching.py"],
    "disk full": [
        f"{D}test_site.py::test_disk_is_full",
        f"{D}test_site.py::test_log_that_cannot_be_written_ends_nothing",
    ],
    "two staff act at once": [
        f"{M}units/test_races.py",
        f"{M}dues/test_desk_races.py",
        f"{M}dues/test_confirm_races.py",
    ],
    "duplicate submit, refresh, back": [
        f"{P}test_receipt_races.py",
        f"{P}test_dues_races.py",
        f"{P}api/test_repeats.py",
    ],
    "restart mid-upload": [
        f"{D}test_site.py::test_restart_in_the_middle_of_an_upload",
        f"{D}test_site.py::test_death_in_the_middle_of_an_upload_leaves_no_row",
    ],
    "migration under traffic": [
        f"{D}test_site.py::test_migration_under_traffic",
        f"{D}test_site.py::test_migration_that_must_wait_gives_up_before_people_do",
    ],
    "31 December, 1 January": [
        f"{D}test_clock.py::test_twelve_instants",
        f"{D}test_clock.py::test_who_paid_three_years_is_not_in_arrears_in_any_of_their_seconds",
        f"{M}dues/test_cases.py::test_renewals",
    ],
    "deadline passes while the form is open": [f"{P}test_receipt_deadline.py"],
    "clock set back": [
        f"{D}test_clock.py::test_no_code_revives_when_the_clock_is_set_back",
        f"{D}test_clock.py::test_no_session_revives_when_the_clock_is_set_back",
        f"{D}test_clock.py::test_order_of_the_trail_does_not_follow_the_clock",
    ],
    "a web worker dies": [f"{D}test_site.py::test_killed_worker_of_gunicorn_takes_only_its_own_requests_along"],
    "power loss, wrong delete": [f"{D}test_restore.py::test_restored_to_the_second"],
    "backup silently broken": [f"{D}test_restore.py::test_wal_that_was_cut_short_turns_it_red"],
}


class Verdicts:
    """What pytest tells of each test, gathered by node."""

    def __init__(self):
        self.outcomes, self.seconds = {}, {}

    def pytest_runtest_logreport(self, report):
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0) + report.duration
        if report.when == "call" or report.outcome != "passed":
            self.outcomes[report.nodeid] = report.outcome

    def of(self, wanted):
        """(verdict, seconds, number of tests) of the tests that a row names."""
        found = {name for name in self.outcomes for want in wanted if belongs(name, want)}
        missing = [want for want in wanted if not any(belongs(name, want) for name in found)]
        bad = [name for name in found if self.outcomes[name] != "passed"]
        verdict = "RED" if bad or missing else "green"
        return verdict, sum(self.seconds[name] for name in found), len(found)


def belongs(name, wanted):
    """Whether this test is the one that is wanted, in one of its variants, or stands in the wanted file."""
    return name == wanted or name.startswith((f"{wanted}::", f"{wanted}["))


def main():
    names = list(dict.fromkeys(name for wanted in ROWS.values() for name in wanted))
    verdicts, began = Verdicts(), time.monotonic()
    pytest.main(["-q", "-m", "", "-p", "no:cacheprovider", *names, *sys.argv[1:]], plugins=[verdicts])
    rows = {row: verdicts.of(wanted) for row, wanted in ROWS.items()}
    sys.stdout.write("\n")
    for row, (verdict, seconds, number) in rows.items():
        sys.stdout.write(f"{verdict:6}{seconds:8.1f} s {number:4} tests  {row}\n")
    red = [row for row, (verdict, _seconds, _number) in rows.items() if verdict != "green"]
    sys.stdout.write(f"{len(rows) - len(red)} of {len(rows)} rows green, {time.monotonic() - began:.0f} s\n")
    return bool(red)


if __name__ == "__main__":
    sys.exit(main())
