"""Processes of a development machine: started together, revived when they die, ended together."""

import contextlib
import os
import signal
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

LOOK_EVERY = 1.0  # seconds between two looks at the children
GRACE = 10.0  # seconds that a child gets to finish what it is doing
QUICK_DEATH_PAUSE = 3  # looks to wait before a child that died is started again
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass
class Program:
    """One child process and how to start it again; it leads a group, so that its children end with it."""

    name: str
    command: list[str]
    environment: dict[str, str] | None = None
    stdout: int | IO | None = None
    cwd: Path | None = None
    process: subprocess.Popen | None = field(default=None, init=False)
    pause: int = field(default=0, init=False)
    was_asked_to_end: bool = field(default=False, init=False)

    def start(self):
        self.was_asked_to_end = False
        self.process = subprocess.Popen(  # noqa: S603  commands come from our own code
            self.command,
            env=self.environment,
            stdout=self.stdout,
            cwd=self.cwd,
            start_new_session=True,
        )

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def ask_to_end(self):
        """Ask once: a worker that is asked twice drops its task."""
        if self.process and not self.was_asked_to_end:
            self.was_asked_to_end = True
            self._send(signal.SIGTERM)

    def end(self, grace=GRACE):
        """Ask the process to end, wait for it, and leave nothing of its group behind."""
        if not self.process:
            return
        self.ask_to_end()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=grace)
        self._send(signal.SIGKILL)
        self.process.wait()

    def _send(self, number):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)


class Household:
    """A main program and its companions: lives as long as the main one, and revives a companion that died."""

    def __init__(self, main, companions=(), *, on_look=lambda: None, on_revival=lambda program: None):
        self.main = main
        self.companions = list(companions)
        self.on_look = on_look
        self.on_revival = on_revival
        self.is_ending = False

    def run(self):
        """Start everything, stay until the main program ends or a signal asks to stop; returns its exit code.

        Being asked to stop (Ctrl-C, a closed terminal) is a normal end: the code is 0.
        """
        previous = {number: signal.signal(number, self._end_on_signal) for number in ENDING_SIGNALS}
        try:
            for program in (self.main, *self.companions):
                program.start()
            return self._watch()
        finally:
            for program in (*self.companions, self.main):
                program.ask_to_end()
            for program in (*self.companions, self.main):
                program.end()
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _watch(self):
        while not self.is_ending:
            try:
                code = self.main.process.wait(timeout=LOOK_EVERY)
            except subprocess.TimeoutExpired:
                self.on_look()
                self._revive()
            else:
                return 0 if self.is_ending else code
        return 0

    def _revive(self):
        for program in self.companions:
            if self.is_ending or program.is_running:
                continue
            program.pause += 1
            if program.pause > QUICK_DEATH_PAUSE:
                program.pause = 0
                self.on_revival(program)
                program.start()

    def _end_on_signal(self, number, frame):
        self.is_ending = True
        self.main.ask_to_end()
