"""A site that people use while something breaks: a database that restarts, a row that is held, a worker that dies, a
deployment, a restart in the middle of an upload, a disk that is full.
"""

import os
import signal
import socket
import subprocess
import threading
import time

import psycopg2
import pytest

from tests.drills.cluster import Cluster
from tests.drills.holding import until
from tests.drills.site import APPLICANT, CLERK, TOKEN, Site, pass_seconds
from tests.files import pdf_bytes

PAGES = [
    ("/", None),
    ("/notices/", None),
    ("/portal/", CLERK),
    ("/portal/messages/", CLERK),
    ("/accounts/login/", None),
]
RECOVERED = 5  # seconds after which the site must be itself again
UPLOAD = "/portal/unit/documents/business_license/"


@pytest.fixture(scope="module")
def _site():
    with Cluster(fsync="off", max_connections=40) as cluster:
        site = Site(cluster)
        try:
            yield site
            site.stop()
            assert "All invariants hold." in site.manage("check_invariants")
        finally:
            site.stop(signal.SIGKILL)


@pytest.fixture
def site(_site):
    """Served anew for each drill; whatever was broken, every invariant holds after the last."""
    _site.start()
    yield _site
    _site.stop()


def failed(answers):
    return [answer for answer in answers if answer.status != 200]


def more(answers, number):
    """So many more answers have come in."""
    wanted = len(answers) + number
    until(lambda: len(answers) >= wanted)


def test_database_restarts_under_traffic(site):
    with site.traffic(PAGES, rate=10) as answers:
        more(answers, 20)
        broken_at = time.monotonic()
        site.cluster.restart("fast")
        back_at = time.monotonic()
        pass_seconds(RECOVERED + 3)
    assert {answer.status for answer in failed(answers)} <= {503}
    assert [answer for answer in failed(answers) if not broken_at - 1 < answer.ended < back_at + RECOVERED] == []
    assert all("<h1" in answer.words for answer in failed(answers))
    assert len(answers) - len(failed(answers)) > 50


def test_connections_of_the_site_are_ended_one_by_one(site):
    """As an administrator or a fail-over does; each costs one request at most, and the next has a new connection."""
    ended = 0
    with site.traffic(PAGES, rate=10) as answers:
        for _round in range(5):
            more(answers, 8)
            rows = site.sql(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid()"
            )
            ended += len(rows)
        more(answers, 10)
    assert ended > 0
    assert [answer for answer in failed(answers) if answer.status != 503] == []
    assert len(failed(answers)) <= ended
    assert failed(answers[-8:]) == []


def test_row_that_is_held_costs_whoever_wants_it_some_seconds_and_nobody_else(site):
    """A colleague's transaction hangs with the row for half a minute: others are told, after three seconds."""
    [(pk,)] = site.sql(
        "SELECT d.id FROM tracking_delivery d JOIN units_seat s ON s.unit_id = d.unit_id JOIN accounts_user u "
        "ON u.id = s.user_id WHERE u.phone = %s AND d.read_at IS NULL AND d.recalled_at IS NULL LIMIT 1",
        CLERK,
    )
    holder = psycopg2.connect(site.cluster.url("huiyuan_ops_site").replace("postgres:", "postgresql:"))
    try:
        with holder.cursor() as cursor:
            cursor.execute("SELECT 1 FROM tracking_delivery WHERE id = %s FOR UPDATE", [pk])
            refused = site.get(f"/portal/messages/{pk}/", CLERK)
            with site.traffic(PAGES, rate=5) as answers:
                more(answers, 10)
        holder.rollback()
    finally:
        holder.close()
    assert (refused.status, "他人正在处理" in refused.words) == (503, True)
    assert 2.5 < refused.ended - refused.began < 8
    assert failed(answers) == []
    assert site.get(f"/portal/messages/{pk}/", CLERK).status == 200


def test_killed_worker_of_gunicorn_takes_only_its_own_requests_along(site):
    with site.traffic(PAGES, rate=4) as answers:
        more(answers, 20)
        before = site.children()
        killed_at = time.monotonic()
        os.kill(before[0], signal.SIGKILL)
        until(lambda: len(set(site.children()) - set(before)) == 1, "no worker took its place")
        more(answers, 30)
    assert {answer.status for answer in failed(answers)} <= {0}
    assert [answer for answer in failed(answers) if not answer.began <= killed_at <= answer.ended] == []
    assert len([answer for answer in answers if answer.status == 200]) > 40


def test_migration_under_traffic(site):
    """The tables of the newest release are made while people work; the release before goes on writing its rows."""
    site.manage("migrate", "--verbosity", "0", "home", "0013")
    site.manage("migrate", "--verbosity", "0", "jobs", "0002")
    with site.traffic(PAGES, rate=5) as answers:
        more(answers, 5)
        site.manage("migrate", "--verbosity", "0", PGOPTIONS="-c lock_timeout=3s")
        more(answers, 10)
    assert failed(answers) == []
    site.sql(
        "INSERT INTO jobs_job (name, arguments, state, attempts, done, total, error, title, message, result, "
        "result_name, result_url, created_at, run_after, finished_at) VALUES ('drill.old', '{}', 'succeeded', 1, 0, 0, "
        "'', '', '', '', '', '', now(), now(), now())"
    )
    assert site.sql("SELECT recurring FROM jobs_job WHERE name = 'drill.old'") == [(False,)]


def test_migration_that_must_wait_gives_up_before_people_do(site):
    """Somebody's long transaction holds a table: without a limit the migration and then all its readers would queue."""
    holder = psycopg2.connect(site.cluster.url("huiyuan_ops_site").replace("postgres:", "postgresql:"))
    site.manage("migrate", "--verbosity", "0", "home", "0013")
    site.manage("migrate", "--verbosity", "0", "jobs", "0002")
    try:
        with holder.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM jobs_job")
            with site.traffic(PAGES, rate=5) as answers, pytest.raises(RuntimeError, match="lock timeout"):
                site.manage("migrate", "--verbosity", "0", PGOPTIONS="-c lock_timeout=1s")
        holder.rollback()
    finally:
        holder.close()
        site.manage("migrate", "--verbosity", "0")
    assert failed(answers) == []


# --- Uploads ---------------------------------------------------------------------------------------------------------
BOUNDARY = "drill"


def form(padding=3_500_000):
    """A licence so large that it waits in a file of its own until the form has been read."""
    content = pdf_bytes() + b"\n%" + b" " * padding + b"\n%%EOF"
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="licence.pdf"\r\n'
    return f"{head}Content-Type: application/pdf\r\n\r\n".encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


def upload(site, who=APPLICANT):
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return site.ask("POST", UPLOAD, who, form(), **kind)


def documents(site):
    return site.sql("SELECT count(*) FROM units_document")[0][0]


def begin_upload(site, body):
    """A browser on a slow line: half of the form has been sent."""
    line = socket.create_connection(("127.0.0.1", site.port), timeout=40)
    head = [f"POST {UPLOAD} HTTP/1.1", "Host: 127.0.0.1", f"Content-Length: {len(body)}", f"X-CSRFToken: {TOKEN}"]
    head += [f"Cookie: {site.cookies_of(APPLICANT)}", f"Content-Type: multipart/form-data; boundary={BOUNDARY}"]
    line.sendall("\r\n".join([*head, "Connection: close", "", ""]).encode() + body[: len(body) // 2])
    until(lambda: list(site.temporary.iterdir()), "the upload did not begin")
    return line


def finish_upload(line, body):
    """The status of the answer, 0 if the line was cut."""
    try:
        line.sendall(body[len(body) // 2 :])
        return int(line.makefile("rb").readline().split()[1])
    except (OSError, IndexError):
        return 0
    finally:
        line.close()


def left_behind_is_swept(site):
    """What a process that died has left in the folder for temporary files goes after a day."""
    for path in site.temporary.iterdir():
        os.utime(path, (time.time() - 90_000,) * 2)
    site.manage("shell", "-v0", "-c", "from config.upkeep import files; files.sweep_temporary()")
    assert list(site.temporary.iterdir()) == []


def test_restart_in_the_middle_of_an_upload(site):
    before, body = documents(site), form()
    line = begin_upload(site, body)
    ending = threading.Thread(target=site.stop)
    ending.start()
    until(lambda: site.get("/healthz").status == 0, "it still takes requests")
    came = finish_upload(line, body)
    ending.join()
    assert came in {200, 0}
    assert documents(site) == before + (came == 200)
    site.start()
    assert upload(site).status == 200
    left_behind_is_swept(site)


def test_death_in_the_middle_of_an_upload_leaves_no_row(site):
    before = documents(site)
    line = begin_upload(site, form())
    os.killpg(site.server.pid, signal.SIGKILL)
    site.server.wait()
    line.close()
    site.start()
    assert (documents(site), upload(site).status, documents(site)) == (before, 200, before + 1)
    assert len(list(site.temporary.iterdir())) == 1
    left_behind_is_swept(site)


@pytest.fixture
def full_disk(site):
    """A disk of one megabyte in the place that is named."""
    mounted = []

    def mount(path):
        path.mkdir(exist_ok=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", path], check=True)  # noqa: S607
        mounted.append(path)

    yield mount
    for path in mounted:
        subprocess.run(["umount", "--lazy", path], check=True)  # noqa: S607


@pytest.mark.parametrize("place", ["temporary", "files"])
def test_disk_is_full(site, full_disk, place):
    before = documents(site)
    full_disk(site.temporary if place == "temporary" else site.files / "documents")
    refused = upload(site)
    assert (refused.status, documents(site)) == (507, before)
    assert "存储空间不足" in refused.words
    assert [path for path in site.temporary.rglob("*") if path.is_file()] == []
    assert site.get("/portal/", CLERK).status == 200


def test_log_that_cannot_be_written_ends_nothing(site):
    site.stop()
    site.start(stderr=open("/dev/full", "wb"))  # noqa: SIM115 - closed by start
    answers = [site.get(path, who) for path, who in PAGES] + [site.get("/not-there/")]
    assert [answer.status for answer in answers] == [200] * len(PAGES) + [404]
