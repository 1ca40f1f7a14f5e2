"""Probes answer by any host, without TLS and without a session, and say which part fails."""

import pytest
from django.core.cache import cache
from django.core.files.storage import storages
from django.db import OperationalError, connection
from django.db.migrations.recorder import MigrationRecorder

from config.observation import probes
from membership.messaging.actions import post
from tests.factories import UnitFactory, notice
from tests.portal.conftest import deliver

pytestmark = pytest.mark.django_db

TOKEN = "a-long-token-of-the-collector"


@pytest.fixture(autouse=True)
def _fresh(settings, monkeypatch):
    monkeypatch.setattr(probes, "_seen", {"migrated": False})
    settings.SECURE_SSL_REDIRECT = True
    settings.ALLOWED_HOSTS = ["portal.example.org"]


def broken(*args, **kwargs):
    raise OperationalError("the server closed the connection; password=secret")


def readiness(client):
    answer = client.get("/readyz", headers={"host": "10.1.2.3:8000"})
    return answer.status_code, answer.json()


def test_alive_without_a_database(client, monkeypatch):
    monkeypatch.setattr(connection, "cursor", broken)
    answer = client.get("/healthz", headers={"host": "10.1.2.3:8000"})
    assert (answer.status_code, answer.content, answer.cookies) == (200, b"ok\n", {})
    assert "no-store" in answer["Cache-Control"]


def test_other_addresses_still_refuse_a_strange_host_and_plain_http(client):
    assert client.get("/", headers={"host": "10.1.2.3"}).status_code == 400
    assert client.get("/", headers={"host": "portal.example.org"}).status_code == 301


def test_ready_with_everything(client):
    assert readiness(client) == (200, {"status": "ready", "failing": [], "warnings": []})


def test_not_ready_without_the_database(client, monkeypatch):
    monkeypatch.setattr(connection, "cursor", broken)
    status, told = readiness(client)
    assert (status, told["failing"]) == (503, ["database", "migrations"])
    assert "secret" not in str(told)


def test_not_ready_before_its_migrations(client):
    MigrationRecorder.Migration.objects.filter(app="jobs", name="0003_scheduler").delete()
    assert readiness(client) == (503, {"status": "failing", "failing": ["migrations"], "warnings": []})


def test_not_ready_without_its_files(client, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setattr(storages["private"], "location", str(tmp_path / "file" / "private"))
    assert readiness(client) == (503, {"status": "failing", "failing": ["storage"], "warnings": []})


def test_cache_that_is_down_is_a_warning(client, monkeypatch):
    monkeypatch.setattr(cache, "set", broken)
    assert readiness(client) == (200, {"status": "ready", "failing": [], "warnings": ["cache"]})


def test_probes_are_only_read(client):
    assert [client.post(path).status_code for path in probes.PROBES] == [405] * 3


# --- Figures ---------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("header", [None, "Bearer", "Bearer ", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN])
@pytest.mark.parametrize("token", ["", TOKEN])
def test_figures_are_for_nobody_without_the_token(client, settings, header, token):
    settings.METRICS_TOKEN = token
    answer = client.get("/metrics", headers={"authorization": header} if header else {})
    assert (answer.status_code, answer.content) == (404, b"")


@pytest.mark.parametrize(
    ("networks", "address", "status"),
    [
        ([], "10.1.2.3", 404),
        (["10.0.0.0/8"], "10.1.2.3", 200),
        (["192.168.0.0/16", "10.1.2.3"], "10.1.2.3", 200),
        (["10.0.0.0/8"], "11.1.2.3", 404),
        (["10.0.0.0/8"], "", 404),
    ],
)
def test_figures_are_for_the_networks_named(client, settings, networks, address, status):
    settings.METRICS_FROM = networks
    answer = client.get("/metrics", REMOTE_ADDR=address, headers={"x-forwarded-for": "10.1.2.3"})
    assert answer.status_code == status


@pytest.fixture
def collected(client, settings):
    settings.METRICS_TOKEN = TOKEN
    settings.ALLOWED_HOSTS = ["testserver"]
    settings.SECURE_SSL_REDIRECT = False

    def collect():
        lines = client.get("/metrics", headers={"authorization": f"Bearer {TOKEN}"}).content.decode().splitlines()
        return dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))

    return collect


def test_requests_are_counted_by_view_and_never_by_address(client, collected):
    wanted = 'huiyuan_http_requests_total{method="GET",status="200",view="account_login"}'
    missed = 'huiyuan_http_requests_total{method="GET",status="404",view="home:attachment"}'
    before = collected()
    client.get("/accounts/login/?next=/portal/13811138111/")
    client.get("/notices/attachments/4711/")
    client.generic("MADEUP", "/accounts/login/")
    after = collected()
    grown = {name for name in after if name.startswith("huiyuan_http") and after[name] != before.get(name)}
    assert float(after[wanted]) == float(before.get(wanted, 0)) + 1
    assert float(after[missed]) == float(before.get(missed, 0)) + 1
    assert 'huiyuan_http_request_seconds_count{method="GET",view="account_login"}' in grown
    assert 'huiyuan_http_requests_total{method="other",status="405",view="account_login"}' in grown
    assert not [name for name in after if "4711" in name or "138111" in name]


def test_rooms_tell_what_waits(collected, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    page = notice(rules=[{"kind": "unit", "unit": UnitFactory(certified=True)}])
    deliver(page)
    post("sms", "unit_handed_over", "+8613811138111", unit="示范监理咨询有限公司")
    told = collected()
    assert told["huiyuan_database_up"] == "1.0"
    assert float(told['huiyuan_jobs{state="queued"}']) >= 1
    assert float(told["huiyuan_job_oldest_waiting_seconds"]) >= 0
    assert told['huiyuan_messages_24h{channel="sms",state="queued"}'] == "1.0"
    assert told['huiyuan_messages_24h{channel="sms",state="failed"}'] == "0.0"
    assert told["huiyuan_unread_deliveries"] == "1.0"
    assert "huiyuan_scheduler_silent_seconds" not in told


def test_figures_of_requests_are_told_without_a_database(collected, monkeypatch):
    monkeypatch.setattr(connection, "cursor", broken)
    told = collected()
    assert told["huiyuan_database_up"] == "0.0"
    assert "huiyuan_jobs" not in str(told)
