"""The demo association on a cluster of its own, served by gunicorn as in production, and people who ask for pages."""

import http.client
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.drills import seeded
from tests.drills.cluster import free_port
from tests.drills.holding import until

ROOT = Path(__file__).resolve().parents[2]
DATABASE = "huiyuan_ops_site"
CLERK, APPLICANT = "+8613811138111", "+8613811138116"
TOKEN = "d" * 32  # what a form carries against forgery, and its cookie
LOG_IN = """
from django.test import Client
from membership.accounts.models import User
client = Client()
client.force_login(User.objects.get(phone="{phone}"))
print("session", client.session.session_key)
"""


@dataclass(frozen=True)
class Answer:
    """What came of one request: status 0 is a connection that was cut or refused. Times are of the monotonic clock."""

    path: str
    status: int
    words: str
    began: float
    ended: float


class Site:
    """Its gunicorn can be started with other variables, told to end, and started again."""

    def __init__(self, cluster):
        self.cluster, self.port, self.server = cluster, free_port(), None
        self.files, self.temporary = cluster.home / "site-files", cluster.home / "temporary"
        self.temporary.mkdir()
        cluster.start()
        seeded.seed(cluster, DATABASE, self.files)
        own = {"WEB_BIND": f"127.0.0.1:{self.port}", "WEB_CONCURRENCY": "2", "DRILL_TEMP": str(self.temporary)}
        self.env = seeded.environment(cluster, DATABASE, self.files) | own
        self.sessions = {}

    def start(self, stderr=None, **variables):
        log = stderr or (self.cluster.home / "gunicorn.log").open("ab")
        command = [sys.executable, "-m", "gunicorn", "--config", "deploy/gunicorn.conf.py"]
        self.server = subprocess.Popen(
            command, cwd=ROOT, env=self.env | variables, stdout=log, stderr=log, start_new_session=True
        )
        log.close()
        until(lambda: self.get("/readyz").status == 200, "gunicorn does not serve")

    def stop(self, number=signal.SIGTERM):
        if self.server and self.server.poll() is None:
            os.kill(self.server.pid, number)
            self.server.wait(timeout=60)

    def children(self):
        """Process ids of the workers."""
        told = subprocess.run(
            ["ps", "--no-headers", "-o", "pid", "--ppid", str(self.server.pid)],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )
        return [int(pid) for pid in told.stdout.split()]

    def manage(self, *arguments, **variables):
        return seeded.manage(*arguments, env=self.env | variables)

    def sql(self, statement, *values):
        return self.cluster.sql(statement, *values, database=DATABASE)

    def cookies_of(self, phone):
        if phone not in self.sessions:
            said = self.manage("shell", "-v0", "-c", LOG_IN.format(phone=phone))
            self.sessions[phone] = said.split("session")[-1].strip()
        return f"sessionid={self.sessions[phone]}; csrftoken={TOKEN}"

    def get(self, path, who=None):
        return self.ask("GET", path, who)

    def ask(self, method, path, who=None, body=None, **headers):
        headers |= {"Cookie": self.cookies_of(who), "X-CSRFToken": TOKEN} if who else {}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=40)
        began = time.monotonic()
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            words = response.read().decode(errors="replace")
            return Answer(path, response.status, words, began, time.monotonic())
        except (OSError, http.client.HTTPException) as cut:
            return Answer(path, 0, repr(cut), began, time.monotonic())
        finally:
            connection.close()

    @contextmanager
    def traffic(self, paths, rate):
        """So many requests a second for the pages in turn, `paths` being (path, phone or None), while this lasts.

        What is given is filled with the answers; all are in when the block has ended.
        """
        answers, done, asking = [], threading.Event(), []
        for _path, who in paths:
            if who:
                self.cookies_of(who)

        def collect(path, who):
            answers.append(self.get(path, who))

        def tick():
            number = 0
            while not done.wait(1 / rate):
                thread = threading.Thread(target=collect, args=paths[number % len(paths)])
                thread.start()
                asking.append(thread)
                number += 1

        clock = threading.Thread(target=tick)
        clock.start()
        try:
            yield answers
        finally:
            done.set()
            clock.join()
            for thread in asking:
                thread.join()


def pass_seconds(seconds):
    """Let traffic flow for so long: what is looked at is what it meets, not how long it takes."""
    threading.Event().wait(seconds)
