"""A machine to deploy on, for some minutes: the project, a database, Redis, an object store, text messages."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import boto3
import psycopg2
from psycopg2 import sql

from config.management.commands.rundemo import answers
from config.processes import Program
from tests.bench.at_size.serving import HOST, free_port

ROOT = Path(__file__).resolve().parents[2]
NAME = "portal.example.org"
PRIVATE, PUBLIC = "portal-private", "portal-public"


class Machine:
    """Where the portal is deployed; `environment` is what stands in /etc/portal.env."""

    def __init__(self, stack):
        self.stack = stack
        self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-drill-")))
        self.tree, self.logs = self.folder / "portal", self.folder / "logs"
        self.logs.mkdir()
        self._copy_project()
        self.database_url = stack.enter_context(database())
        self.redis_port, self.aws_port, self.web_port = free_port(), free_port(), free_port()
        self.redis = self.start("redis", self._redis(), at=self.redis_port)
        self.aws_server = self.start(
            "aws", [sys.executable, "-m", "moto.server", "-p", str(self.aws_port)], at=self.aws_port
        )
        self._make_buckets()

    @property
    def aws(self):
        return f"http://{HOST}:{self.aws_port}"

    @property
    def environment(self):
        return {
            "DJANGO_SETTINGS_MODULE": "config.settings.production",
            "SECRET_KEY": "drill-Zt1Rb6Ny3Wc5Hd0Pf-Gs_Ju=Ea+Xo(Ti)Kq!Vz-7Qx4Lm8k9v2",
            "ALLOWED_HOSTS": NAME,
            "BASE_URL": f"https://{NAME}",
            "TRUSTED_PROXY_COUNT": "1",
            "DATABASE_URL": self.database_url,
            "REDIS_URL": f"redis://{HOST}:{self.redis_port}/0",
            "S3_PRIVATE_BUCKET": PRIVATE,
            "S3_PUBLIC_BUCKET": PUBLIC,
            "S3_ENDPOINT_URL": self.aws,
            "S3_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "drill",
            "AWS_SECRET_ACCESS_KEY": "drill",
            "AWS_DEFAULT_REGION": "us-east-1",
            "SMS_GATEWAY": "sns",
            "SNS_ENDPOINT_URL": self.aws,
            "EMAIL_URL": f"smtp://{HOST}:{free_port()}",  # nobody is there: no letter of the drill leaves
            "WEB_BIND": f"{HOST}:{self.web_port}",
        }

    def run(self, command, **environment):
        """One command of docs/deploy.md, in the copy of the project; ends the drill when it fails."""
        begun = subprocess.run(
            command, cwd=self.tree, env=self._env(environment), capture_output=True, text=True, check=False
        )
        if begun.returncode:
            raise SystemExit(f"{shlex.join(command)} failed:\n{begun.stdout}\n{begun.stderr}")
        return begun.stdout

    def start(self, name, command, *, at=None):
        """A program that stays until the drill is over, its words in a file; waits until it listens at the port."""
        log = self.stack.enter_context((self.logs / name).open("w"))
        both = ["sh", "-c", 'exec "$@" 2>&1', "sh", *map(str, command)]  # what it says and what it complains of
        program = Program(name, both, self._env({}), log, cwd=self.tree)
        program.start()
        self.stack.callback(program.end)
        while at and not answers(at):
            if not program.is_running:
                raise SystemExit(f"{name} ended at once:\n{self.said(name)}")
        return program

    def said(self, name):
        return (self.logs / name).read_text(encoding="utf-8")

    def unit(self, name, program):
        """Start what a systemd unit of deploy/systemd/ would start."""
        unit = (self.tree / "deploy" / "systemd" / name).read_text(encoding="utf-8")
        [command] = re.findall(r"^ExecStart=(.*)$", unit, re.MULTILINE)
        return self.start(program, shlex.split(command.replace("/srv/portal", str(self.tree))))

    def ask(self, statement, *values):
        """The rows of a query, past the site."""
        with self.connected() as cursor:
            cursor.execute(statement, values)
            return cursor.fetchall()

    @contextmanager
    def connected(self):
        """A cursor in a transaction of its own, which ends with the block."""
        connection = psycopg2.connect(self.database_url)
        try:
            with connection, connection.cursor() as cursor:
                yield cursor
        finally:
            connection.close()

    @property
    def store(self):
        return boto3.client(
            "s3", endpoint_url=self.aws, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
        )

    def _redis(self):
        return ["redis-server", "--port", self.redis_port, "--bind", HOST, "--save", "", "--appendonly", "no"]

    def restart_redis(self):
        self.redis = self.start("redis again", self._redis(), at=self.redis_port)

    def _env(self, more):
        """Nothing of our own settings gets in."""
        usual = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        ours = self.environment if hasattr(self, "redis") else {}
        return usual | ours | {"PYTHONUNBUFFERED": "1"} | more

    def _copy_project(self):
        """What git knows of, and nothing that lies about here: neither .env nor uploads nor collected files."""
        listed = subprocess.run(
            [shutil.which("git"), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
            cwd=ROOT,
            capture_output=True,
            check=True,
        )
        for name in filter(None, listed.stdout.decode().split("\0")):
            if (ROOT / name).is_file():
                (self.tree / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, self.tree / name)
        (self.tree / ".venv").symlink_to(ROOT / ".venv")

    def _make_buckets(self):
        for bucket in (PRIVATE, PUBLIC):
            self.store.create_bucket(Bucket=bucket)


@contextmanager
def database():
    """An empty database on the server of DATABASE_URL (default: the one of this machine); yields its address."""
    server = urlsplit(os.environ.get("DATABASE_URL") or f"postgres://root@{HOST}:5432/")
    name = f"portal_drill_{os.getpid()}"
    usual = psycopg2.connect(urlunsplit(server._replace(path="/postgres")))
    usual.autocommit = True
    try:
        with usual.cursor() as cursor:
            ours = sql.Identifier(name)
            cursor.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'").format(ours))
            # It lives for minutes: nobody waits for its disk.
            cursor.execute(sql.SQL("ALTER DATABASE {} SET synchronous_commit = off").format(ours))
            try:
                yield urlunsplit(server._replace(path=f"/{name}"))
            finally:
                cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(ours))
    finally:
        usual.close()


@contextmanager
def machine():
    with ExitStack() as stack:
        yield Machine(stack)
