"""A PostgreSQL cluster of one drill: made, started, stopped and thrown away; as the user postgres when we are root."""

import os
import shutil
import socket
import subprocess
import tempfile
from pathlib import Path

import psycopg2

BIN = Path(os.environ.get("PG_BIN", "/usr/lib/postgresql/15/bin"))
PATIENCE = 120  # seconds for a program of PostgreSQL


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Cluster:
    """`home` holds everything of it; `run` runs programs as its owner."""

    def __init__(self, **settings):
        self.home = Path(tempfile.mkdtemp(prefix="drill-"))
        self.home.chmod(0o755)
        self.port, self.data = free_port(), self.home / "data"
        self.settings = settings
        if os.geteuid() == 0:
            shutil.chown(self.home, "postgres")
        self.run(BIN / "initdb", "-D", self.data, "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")

    def run(self, *command, check=True, **environment):
        """The finished process; with `check` it must end well."""
        words = [str(word) for word in command]
        if os.geteuid() == 0:
            words = ["runuser", "-u", "postgres", "--", *words]
        known = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "PGPORT": str(self.port), "PGHOST": "127.0.0.1"}
        known |= {"PGUSER": "postgres", "PG_BIN": str(BIN)} | environment
        done = subprocess.run(
            words, env=known, cwd=self.home, capture_output=True, text=True, timeout=PATIENCE, check=False
        )
        if check and done.returncode:
            raise RuntimeError(f"{words}: {done.stdout}{done.stderr}")
        return done

    def start(self, data=None, check=True, **settings):
        """Start it, on other data and with other settings if given."""
        options = {"port": self.port, "listen_addresses": "127.0.0.1", "unix_socket_directories": self.home}
        words = " ".join(f"-c {name}='{value}'" for name, value in (options | self.settings | settings).items())
        command = ["start", "-D", data or self.data, "--wait", "-t", "60", "-l", self.home / "log", "-o", words]
        # Its output goes nowhere: the server would keep the pipe open for as long as it lives.
        return self.run("sh", "-c", 'exec "$@" >/dev/null 2>&1', "sh", BIN / "pg_ctl", *command, check=check)

    def stop(self, mode="fast", data=None):
        return self.run(BIN / "pg_ctl", "stop", "-D", data or self.data, "-m", mode, "-w", check=False)

    def restart(self, mode="fast"):
        self.stop(mode)
        self.start()

    def url(self, database):
        return f"postgres://postgres@127.0.0.1:{self.port}/{database}"

    def sql(self, statement, *values, database="postgres"):
        """Run one statement by itself; the rows, if it has any."""
        connection = psycopg2.connect(host="127.0.0.1", port=self.port, user="postgres", dbname=database)
        connection.autocommit = True
        try:
            with connection.cursor() as cursor:
                cursor.execute(statement, values or None)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def log(self):
        path = self.home / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def remove(self):
        self.stop("immediate")
        shutil.rmtree(self.home, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *failure):
        self.remove()
