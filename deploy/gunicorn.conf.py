"""How gunicorn serves config.wsgi: `gunicorn --config deploy/gunicorn.conf.py`, run in the project.

What machines differ in is read from the environment (.env.example).
"""

import os
from pathlib import Path

import environ
from prometheus_client import multiprocess

env = environ.Env()
environ.Env.read_env(Path(__file__).resolve().parents[1] / ".env")

wsgi_app = "config.wsgi"
bind = env.str("WEB_BIND", default="127.0.0.1:8000")
workers = env.int("WEB_CONCURRENCY", default=2)
threads = env.int("WEB_THREADS", default=4)
worker_class = "gthread"
preload_app = True  # settings that are missing or unsafe end the start; workers share the memory of what is loaded
timeout = 60  # seconds; what takes longer is a job of the worker
graceful_timeout = 30  # seconds that a request under way gets when the process is asked to end
keepalive = 5
max_requests, max_requests_jitter = 5_000, 500
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108  a heartbeat waits for no disk
control_socket_disable = True

# No page waits longer for PostgreSQL: a statement ends after 10 s, the wait for a row that a colleague changes after
# 3 s. Only here: jobs and migrations take their time. Behind PgBouncer PGOPTIONS is empty (docs/deploy.md).
os.environ.setdefault("PGOPTIONS", "-c statement_timeout=10s -c lock_timeout=3s")


def child_exit(server, worker):
    """A worker that has ended is no longer among those whose figures count as of now."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.mark_process_dead(worker.pid)
