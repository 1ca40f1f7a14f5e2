"""The household of `make run`: what starts together ends together."""

import os
import signal
import subprocess
import sys

import pytest

from config import processes
from config.processes import Household, Program

WAIT_FOR_EVER = "import threading; threading.Event().wait()"
IGNORE_SIGTERM = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); "
WITH_CHILD = (
    "import subprocess, sys; child = subprocess.Popen([sys.executable, '-c', sys.argv[1]]);"
    "print('child started', flush=True); child.wait()"
)


@pytest.fixture(autouse=True)
def _look_often(monkeypatch):
    monkeypatch.setattr(processes, "LOOK_EVERY", 0.05)


def python(code, *arguments, stdout=None):
    return Program("child", [sys.executable, "-c", code, *arguments], stdout=stdout)


def close_pipe(program):
    program.process.stdout.close()


def test_end_of_main_program_ends_companions_and_gives_its_code():
    companion = python(WAIT_FOR_EVER)

    code = Household(python("raise SystemExit(3)"), [companion]).run()

    assert code == 3
    assert companion.process.returncode == -signal.SIGTERM


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_is_a_normal_end_and_handlers_are_put_back(number):
    before = signal.getsignal(number)
    main, companion = python(WAIT_FOR_EVER), python(WAIT_FOR_EVER)

    code = Household(main, [companion], on_look=lambda: os.kill(os.getpid(), number)).run()

    assert code == 0
    assert [main.is_running, companion.is_running] == [False, False]
    assert signal.getsignal(number) is before


def test_dead_companion_is_started_again():
    revived = []
    main = python(WAIT_FOR_EVER)
    companion = python("raise SystemExit(1)")

    def revival(program):
        revived.append(program)
        if len(revived) == 2:
            main.ask_to_end()

    Household(main, [companion], on_revival=revival).run()

    assert revived == [companion, companion]


def test_end_reaches_children_of_the_program():
    program = python(WITH_CHILD, WAIT_FOR_EVER, stdout=subprocess.PIPE)
    program.start()
    assert program.process.stdout.readline() == b"child started\n"

    program.end()

    # The child holds the pipe too: reading to the end returns only when it is gone.
    assert program.process.stdout.read() == b""
    close_pipe(program)


def test_program_that_does_not_listen_is_killed():
    program = python(IGNORE_SIGTERM + WAIT_FOR_EVER, stdout=subprocess.PIPE)
    program.start()
    assert program.process.stdout.readline() == b"ready\n"

    program.end(grace=0.05)
    close_pipe(program)

    assert program.process.returncode == -signal.SIGKILL


def test_end_of_a_program_that_never_started_is_nothing():
    program = python(WAIT_FOR_EVER)
    program.end()
    assert program.is_running is False
